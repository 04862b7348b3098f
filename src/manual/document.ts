/** Entries of the manual as Markdown, and docs/keywords.md. */
import { declarations } from './declarations.ts';
import type { Entry } from './entry.ts';
import { expressions } from './expressions.ts';
import { names } from './names.ts';
import { signs } from './signs.ts';

const block = (program: string): string => ['```net', program, '```'].join('\n');

/** The address of a heading in a page on GitHub. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');

/** An entry without its heading; `folder` leads from the reader to docs/. */
export const entryText = ({ doc, examples, more }: Entry): string =>
  [
    doc,
    ...examples.map(block),
    `More in [docs/language.md](language.md#${anchorOf(more)}), under ${more}.`,
  ].join('\n\n');

const opening = `# Keywords, signs and names

<!-- Written by scripts/keywords-doc.mjs from the tables in src/manual. Do not edit. -->

What is not an operator ([operators.md](operators.md)) or a pass ([passes.md](passes.md)). \`netc explain WORD\` prints
the same.
`;

const chapters: readonly (readonly [title: string, entries: readonly Entry[]])[] = [
  ['Declarations', declarations],
  ['In declarations', expressions],
  ['Signs', signs],
  ['Built-in names', names],
];

const section = (entry: Entry): string => {
  const called = entry.names.map((name) => `\`${name}\``).join(', ');
  return `### ${called}\n\n\`${entry.form}\`\n\n${entryText(entry)}`;
};

/** The page, in Markdown. */
export const keywordsPage = (): string => {
  const sections = chapters.flatMap(([title, entries]) => [`## ${title}`, ...entries.map(section)]);
  return `${[opening.trimEnd(), ...sections].join('\n\n')}\n`;
};
