// Writes the table of docs/editor.md from src/server/features.ts. test/server/document.test.ts fails while it is out of
// date.
import { readFile, writeFile } from 'node:fs/promises';
import { exportsOf, inRoot } from './sources.mjs';

const { withTable } = await exportsOf('src/server/document.ts');
const page = inRoot('docs/editor.md');
await writeFile(page, withTable(await readFile(page, 'utf8')));
