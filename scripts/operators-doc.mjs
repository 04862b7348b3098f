// Writes docs/operators.md from the operator table. test/ops/document.test.ts fails while it is out of date.
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
    entryPoints: [join(root, 'src/ops/document.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'warning',
  });
  const { operatorsPage } = await import(pathToFileURL(outfile).href);
  await writeFile(join(root, 'docs/operators.md'), operatorsPage());
} finally {
  await rm(folder, { recursive: true });
}
