// Writes docs/habits.md and docs/elsewhere.md from the tables of habits and of words of other frameworks.
// test/parser/habits.test.ts and test/typecheck/foreign-names.test.ts fail while they are out of date.
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
    export { elsewherePage } from './src/ops/elsewhere/document.ts';
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
  const { elsewherePage, habitsPage, windowed } = await import(pathToFileURL(outfile).href);
  await writeFile(join(root, 'docs/habits.md'), habitsPage(windowed));
  await writeFile(join(root, 'docs/elsewhere.md'), elsewherePage());
} finally {
  await rm(folder, { recursive: true });
}
