/** The place of netc itself: pages, examples and passes are found from the package root, bundled or not. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Bug } from '../../diagnostic/bug.ts';

const find = (folder: string): string => {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Bug('no package.json above the program');
  return find(parent);
};

/** The package root; `dist` and `src/cli` both lie below it. */
const home = (): string => find(dirname(fileURLToPath(import.meta.url)));

/** A path inside the folder that netc was installed in. */
export const inHome = (...path: readonly string[]): string => join(home(), ...path);

/** The version in `package.json`; `unknown` if there is none. */
export const version = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(inHome('package.json'), 'utf8'));
  const found =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest && manifest.version;
  return typeof found === 'string' ? found : 'unknown';
};
