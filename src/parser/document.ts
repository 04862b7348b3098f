/** docs/habits.md, written from the table of habits. */
import { diagnosticsOf } from '../diagnostic/checked.ts';
import { parse } from './parse.ts';
import { habits } from './text/habits/habits.ts';
import type { KnownWords } from './text/habits/walk.ts';

const opening = `# Habits

<!-- Written by scripts/habits-doc.mjs from the table in src/parser/text/habits. Do not edit. -->

What people write by habit from other languages, or by mistake. netc reports each habit once, with a fix, and goes on
with what was meant, so that one slip is one message.

| written | meant | message |
| --- | --- | --- |
`;

/** The whole page. Its messages come from parsing the examples, for which words have to be `known`. */
export const habitsPage = (known: KnownWords): string => {
  const rows = habits.map(({ example: [written, meant] }) => {
    const found = diagnosticsOf(parse({ path: 'example.net', text: written }, known));
    const messages = found.map(({ message }) => message).join('; ');
    return `| \`${written}\` | \`${meant}\` | ${messages} |\n`;
  });
  return opening + rows.join('');
};
