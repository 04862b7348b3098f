// Writes docs/passes.md and docs/passes/*.svg from passes/*.net. test/docs/passes.test.ts fails while they are out
// of date.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportsOf, inRoot } from './sources.mjs';

const { declared, drawingOf, passesPage, passTable, ruleSvg } = await exportsOf(
  'src/diagram/rule.ts',
  'src/rewrite/document.ts',
  'src/rewrite/passes.ts',
);
const docs = inRoot('docs');
const all = declared(passTable, (file) => ({
  path: `passes/${file}`,
  text: readFileSync(inRoot(`passes/${file}`), 'utf8'),
}));
await rm(join(docs, 'passes'), { recursive: true, force: true });
await mkdir(join(docs, 'passes'));
for (const { source, declaration } of all)
  for (const rule of declaration.rules)
    await writeFile(
      join(docs, drawingOf(declaration.name.text, rule.name.text)),
      ruleSvg(rule, source.text),
    );
await writeFile(join(docs, 'passes.md'), passesPage(all));
