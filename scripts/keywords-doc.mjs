// Writes docs/keywords.md from the tables in src/manual. test/manual/manual.test.ts fails while it is out of date.
import { writeFile } from 'node:fs/promises';
import { exportsOf, inRoot } from './sources.mjs';

const { keywordsPage } = await exportsOf('src/manual/document.ts');
await writeFile(inRoot('docs/keywords.md'), keywordsPage());
