// Writes docs/habits.md and docs/elsewhere.md from the tables of habits and of words of other frameworks.
// test/parser/habits.test.ts and test/typecheck/foreign-names.test.ts fail while they are out of date.
import { writeFile } from 'node:fs/promises';
import { exportsOf, inRoot } from './sources.mjs';

const { elsewherePage, habitsPage, operatorWords } = await exportsOf(
  'src/ops/elsewhere/document.ts',
  'src/ops/words.ts',
  'src/parser/document.ts',
);
await writeFile(inRoot('docs/habits.md'), habitsPage(operatorWords));
await writeFile(inRoot('docs/elsewhere.md'), elsewherePage());
