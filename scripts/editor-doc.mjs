// Writes the table of docs/editor.md from src/server/features.ts. test/server/document.test.ts fails while it is out of date.
import { readFile, rm, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'docs/editor.md');
const folder = await mkdtemp(join(tmpdir(), 'netc-'));
try {
  const outfile = join(folder, 'document.mjs');
  await build({
    entryPoints: [join(root, 'src/server/document.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'warning',
  });
  const { withTable } = await import(pathToFileURL(outfile).href);
  await writeFile(page, withTable(await readFile(page, 'utf8')));
} finally {
  await rm(folder, { recursive: true });
}
