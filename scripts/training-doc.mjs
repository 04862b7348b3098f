// Writes docs/training.md, from its marker on, from the table of clauses. test/protocol/document.test.ts fails while it is out of date.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'netc-'));
try {
  const outfile = join(folder, 'document.mjs');
  await build({
    entryPoints: [join(root, 'src/protocol/document.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'warning',
  });
  const { withReference } = await import(pathToFileURL(outfile).href);
  const page = join(root, 'docs/training.md');
  await writeFile(page, withReference(await readFile(page, 'utf8')));
} finally {
  await rm(folder, { recursive: true });
}
