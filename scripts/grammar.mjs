// Writes grammar/net.ebnf from the parser. `test/parser/parse.test.ts` fails while it is out of date.
import { build } from 'esbuild';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.resolve(import.meta.dirname, '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'netc-grammar-'));
const bundle = path.join(folder, 'ebnf.mjs');
try {
  await build({
    entryPoints: [path.join(root, 'src/parser/grammar/ebnf.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: bundle,
    logLevel: 'warning',
  });
  const { grammarText } = await import(pathToFileURL(bundle).href);
  fs.writeFileSync(path.join(root, 'grammar/net.ebnf'), grammarText());
} finally {
  fs.rmSync(folder, { recursive: true });
}
