// Writes what the grammar for tree-sitter has from the tables of the language: its words, and what its nodes are coloured
// as. test/editor/tree-sitter.test.ts fails while that is out of date.
import { writeFile } from 'node:fs/promises';
import { exportsOf, inRoot } from './sources.mjs';

const { treeSitterFiles } = await exportsOf('src/editor/tree-sitter.ts');
for (const [path, text] of treeSitterFiles()) await writeFile(inRoot(`editors/${path}`), text);
