// Writes docs/habits.md from the table of habits. test/parser/habits.test.ts fails while it is out of date.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'netc-'));
try {
  const outfile = join(folder, 'document.mjs');
  const contents = `
    export { windowed } from './src/ops/windowed.ts';
    export { habitsPage } from './src/parser/document.ts';`;
  await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'warning',
  });
  const { habitsPage, windowed } = await import(pathToFileURL(outfile).href);
  await writeFile(join(root, 'docs/habits.md'), habitsPage(windowed));
} finally {
  await rm(folder, { recursive: true });
}
