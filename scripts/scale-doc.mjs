// Writes the tables of docs/scale.md, from bench/scale.ts. test/docs/scale.test.ts fails while they are out of date.
import { readFile, writeFile } from 'node:fs/promises';
import { exportsOf, inRoot } from './sources.mjs';

const { withTables } = await exportsOf('bench/scale.ts');
const page = inRoot('docs/scale.md');
process.chdir(inRoot('.'));
await writeFile(page, withTables(await readFile(page, 'utf8')));
