/** The bundles of the extension for VS Code (editors/vscode/bundles.mjs), as texts. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const extension = join(import.meta.dirname, '../../editors/vscode');

/** One of the bundles of editors/vscode/bundles.mjs, as a text. */
export const bundled = (name: 'worker' | 'web' | 'desktop', file: string): string => {
  const out = mkdtempSync(join(tmpdir(), 'netc-bundle-'));
  const code = `import { build } from 'esbuild'; import { ${name} } from './bundles.mjs';
await build({ ...${name}, outdir: process.argv[1] });`;
  try {
    execFileSync(process.execPath, ['--input-type=module', '-e', code, out], { cwd: extension });
    return readFileSync(join(out, file), 'utf8');
  } finally {
    rmSync(out, { recursive: true });
  }
};
