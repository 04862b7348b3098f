// Writes docs/habits.md and docs/elsewhere.md from the tables of habits and of words of other frameworks.
// test/parser/habits.test.ts and test/typecheck/foreign-names.test.ts fail while they are out of date.
import { writeFile } from 'node:fs/promises';
import { exportsOf, inRoot } from './sources.mjs';

const { elsewherePage, habitsPage, windowed } = await exportsOf(
  'src/ops/elsewhere/document.ts',
  'src/ops/windowed.ts',
  'src/parser/document.ts',
);
await writeFile(inRoot('docs/habits.md'), habitsPage(windowed));
await writeFile(inRoot('docs/elsewhere.md'), elsewherePage());
