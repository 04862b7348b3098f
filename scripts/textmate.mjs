// Writes editors/vscode/syntaxes/net.tmLanguage.json from the tables of the language. test/editor/textmate.test.ts fails
// while it is out of date.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = await mkdtemp(join(tmpdir(), 'netc-'));
try {
  const outfile = join(folder, 'textmate.mjs');
  await build({
    entryPoints: [join(root, 'src/editor/textmate.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'warning',
  });
  const { textmateGrammar } = await import(pathToFileURL(outfile).href);
  await writeFile(join(root, 'editors/vscode/syntaxes/net.tmLanguage.json'), textmateGrammar());
} finally {
  await rm(folder, { recursive: true });
}
