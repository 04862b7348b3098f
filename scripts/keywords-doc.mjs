// Writes docs/keywords.md from the tables in src/manual. test/manual/manual.test.ts fails while it is out of date.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'netc-'));
try {
  const outfile = join(folder, 'document.mjs');
  await build({
    entryPoints: [join(root, 'src/manual/document.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'warning',
  });
  const { keywordsPage } = await import(pathToFileURL(outfile).href);
  await writeFile(join(root, 'docs/keywords.md'), keywordsPage());
} finally {
  await rm(folder, { recursive: true });
}
