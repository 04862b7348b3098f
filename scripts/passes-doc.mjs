// Writes docs/passes.md and docs/passes/*.svg from passes/*.net. test/docs/passes.test.ts fails while they are out
// of date.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'netc-passes-'));
const bundle = path.join(folder, 'passes.mjs');
try {
  await build({
    stdin: {
      contents: `
        export { ruleSvg } from './src/diagram/rule.ts';
        export { declared, drawingOf, passesPage } from './src/rewrite/document.ts';
        export { passTable } from './src/rewrite/passes.ts';`,
      resolveDir: root,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: bundle,
    logLevel: 'warning',
  });
  const { declared, drawingOf, passesPage, passTable, ruleSvg } = await import(
    pathToFileURL(bundle).href
  );
  const docs = path.join(root, 'docs');
  const all = declared(passTable, (file) => ({
    path: `passes/${file}`,
    text: fs.readFileSync(path.join(root, 'passes', file), 'utf8'),
  }));
  fs.rmSync(path.join(docs, 'passes'), { recursive: true, force: true });
  fs.mkdirSync(path.join(docs, 'passes'));
  for (const { source, declaration } of all)
    for (const rule of declaration.rules)
      fs.writeFileSync(
        path.join(docs, drawingOf(declaration.name.text, rule.name.text)),
        ruleSvg(rule, source.text),
      );
  fs.writeFileSync(path.join(docs, 'passes.md'), passesPage(all));
} finally {
  fs.rmSync(folder, { recursive: true });
}
