// Writes docs/training.md, from its marker on, from the table of clauses. test/protocol/document.test.ts fails while it
// is out of date.
import { readFile, writeFile } from 'node:fs/promises';
import { exportsOf, inRoot } from './sources.mjs';

const { withReference } = await exportsOf('src/protocol/document.ts');
const page = inRoot('docs/training.md');
await writeFile(page, withReference(await readFile(page, 'utf8')));
