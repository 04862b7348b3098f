// Writes docs/operators.md from the operator table. test/ops/document.test.ts fails while it is out of date.
import { writeFile } from 'node:fs/promises';
import { exportsOf, inRoot } from './sources.mjs';

const { operatorsPage } = await exportsOf('src/ops/document.ts');
await writeFile(inRoot('docs/operators.md'), operatorsPage());
