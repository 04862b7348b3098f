/** Before all tests: Node 20 runs no TypeScript, so what threads run is built. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export const setup = (): void => {
  const script = "import { buildThreads } from './scripts/build.mjs'; await buildThreads();";
  const cwd = join(import.meta.dirname, '..');
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd });
};
