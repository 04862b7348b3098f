/** The clauses as text: pages of the manual, and the reference of docs/training.md. */
import { clauses, measureClauses } from './clauses.ts';
import type { Form, ParamInfo } from './form.ts';
import type { Row } from './row.ts';

/** What is shown of a row. */
type Shown = Pick<Row<never>, 'doc' | 'forms' | 'example' | 'takes'>;

/** A clause with the declaration that it belongs to. */
export type ClauseEntry = {
  readonly of: 'train' | 'eval';
  readonly word: string;
  readonly row: Shown;
};

const entries = (
  of: ClauseEntry['of'],
  table: { readonly [word: string]: Shown },
): readonly ClauseEntry[] => Object.entries(table).map(([word, row]) => ({ of, word, row }));

/** Every clause, those of `train` first; `data` is one of both, and stands there once. */
export const allClauses: readonly ClauseEntry[] = [
  ...entries('train', clauses),
  ...entries('eval', measureClauses).filter(({ word }) => !(word in clauses)),
];

const block = (...lines: readonly string[]): string => ['```', ...lines, '```'].join('\n');

const declared = ({ name, fallback }: ParamInfo): string => {
  if (fallback === undefined) return name;
  return fallback.text === undefined ? `${name}?` : `${name} = ${fallback.text}`;
};

const takes = ({ takes: { is, bounds } }: ParamInfo): string =>
  bounds === undefined || is.includes(bounds) ? is : `${is}, ${bounds}`;

const asked = ({ params, others }: Form<unknown>): readonly ParamInfo[] => [
  ...params,
  ...(others === undefined ? [] : [others]),
];

/** `sgd(rate = 0.001, momentum = 0, …)` */
const signature = (form: Form<unknown>): string => {
  const all = asked(form);
  return all.length === 0 ? form.name : `${form.name}(${all.map(declared).join(', ')})`;
};

/** The section of a form without its heading: its signature, an example, its formula, its parameters. */
export const formText = (word: string, form: Form<unknown>): string => {
  const rows = asked(form).map((p) => `| \`${declared(p)}\` | ${p.doc} | ${takes(p)} |`);
  const table =
    rows.length === 0
      ? []
      : [['| parameter | is | takes |', '| --- | --- | --- |', ...rows].join('\n')];
  return [block(signature(form)), block(`${word} ${form.example}`), form.doc, ...table].join(
    '\n\n',
  );
};

/** The section of a clause without its heading and its forms. */
export const clauseText = ({ word, row }: ClauseEntry): string => {
  const kinds = row.forms.map(({ name }) => `\`${name}\``).join(', ');
  const has = kinds === '' ? `It takes ${row.takes}.` : `It has the forms ${kinds}.`;
  return [block(`${word} ${row.example}`), row.doc, has].join('\n\n');
};

const section = (entry: ClauseEntry): string =>
  [
    `### ${entry.word}`,
    clauseText(entry),
    ...entry.row.forms.map((form) => `#### ${form.name}\n\n${formText(entry.word, form)}`),
  ].join('\n\n');

/** The line of docs/training.md behind which the reference stands. */
const marker =
  '<!-- What follows is written by scripts/training-doc.mjs from the table in src/protocol. Do not edit it. -->';

const opening = `## Every clause

A clause is a line: a word, then its values between \`;\`. Words of clauses are not reserved. Numbers may be written with
names of the file, \`rate = lr/10\`. A form without arguments needs no parentheses, and paper notation fills the first
parameter: \`crop-224\` is \`crop(size = 224)\`. All clauses but \`data\` may be left out.`;

/** The reference, in Markdown. */
const trainingReference = (): string => {
  const of = (tag: ClauseEntry['of']): readonly string[] =>
    allClauses.filter((entry) => entry.of === tag).map(section);
  const parts = [
    opening,
    'Clauses of `train`:',
    ...of('train'),
    'Clauses of `eval`, beside `data`:',
    ...of('eval'),
  ];
  return `${parts.join('\n\n')}\n`;
};

/** The page with its reference written anew. */
export const withReference = (page: string): string => {
  const at = page.indexOf(marker);
  const own = at < 0 ? `${page.trimEnd()}\n\n` : page.slice(0, at);
  return `${own}${marker}\n\n${trainingReference()}`;
};
