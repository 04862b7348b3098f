/**
 * Clauses that `--set` gives: a whole one, `batch=32`, or one argument of it, `optimizer.rate=0.01`. They become clauses
 * of a recipe in a file that netc writes for itself, and what is said of places in that file is said of the options.
 */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Form } from '../../protocol/form.ts';
import { startOf, type Span } from '../../syntax/source.ts';
import { between, joined, spliced, type Piece, type Woven } from './woven.ts';

/** An option: what it sets, and where its parts stand among all options. */
type Option = {
  readonly word: string;
  readonly argument: string | undefined;
  readonly value: string;
  /** of the word, the argument and the value, in all options one below the other */
  readonly at: { readonly word: number; readonly argument: number; readonly value: number };
};

/** The path of the options in messages. */
export const optionsPath = '--set';

/**
 * The word may be two, as in `init from`, and the value may end in one pair of braces; those in quotes do not count. An
 * argument stands behind a point.
 */
const form =
  /^(\s*)([a-z_]+(?: +[a-z_]+)?)(?:\.([A-Za-z_]\w*))?(\s*=\s*)((?:"[^"\n\r]*(?:"|$)|[^\n\r{}"])+(?:\{(?:"[^"\n\r]*"|[^\n\r{}"])*\}\s*)?)$/;

const optionIn = (text: string, start: number): Option | undefined => {
  const [, blank = '', word = '', argument, , value = ''] = form.exec(text) ?? [];
  if (word === '') return undefined;
  const at = {
    word: start + blank.length,
    argument: start + blank.length + word.length + 1,
    value: start + text.length - value.length,
  };
  return { word, argument, value, at };
};

const noClause = (text: string): Diagnostic =>
  error('E0961', startOf(optionsPath), `\`${text}\` is not a clause`, {
    notes: [
      'write it as `--set batch=32`, `--set optimizer.rate=1e-3` or `--set "optimizer=adam(rate = 1e-3)"`',
    ],
  });

const noArgument = ({ word, argument, value }: Option): Diagnostic =>
  error('E0961', startOf(optionsPath), `\`${word}\` has no argument \`${argument}\``, {
    notes: [`set the whole clause: \`--set ${word}=${value}\``],
  });

/** The clauses that there are, with their forms. */
type Table = {
  readonly [word: string]: {
    readonly forms: readonly Pick<Form<unknown>, 'name' | 'params' | 'others'>[];
  };
};

/** Where a bracket that is opened at `open` is closed, or the end of the text. */
const closing = (text: string, open: number): number => {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    if (text[i] === '"') i = Math.max(i, text.indexOf('"', i + 1));
    else if ('([{'.includes(text[i]!)) depth++;
    else if (')]}'.includes(text[i]!) && --depth === 0) return i;
  }
  return text.length;
};

/** Where an argument ends that begins at `from`: before a `,` or the bracket around it. */
const endOfArgument = (text: string, from: number): number => {
  for (let i = from; i < text.length; i++) {
    if ('([{'.includes(text[i]!)) i = closing(text, i);
    else if (text[i] === '"') i = Math.max(i, text.indexOf('"', i + 1));
    else if (',)'.includes(text[i]!)) return i;
  }
  return text.length;
};

/** The clause with one argument set: in place of its value, or behind the others of the form that takes it. */
const withArgument = (table: Table, clause: Woven, option: Option): Woven | undefined => {
  const { word, argument = '', value, at } = option;
  const { text } = clause;
  const named = joined([
    { text: argument, pieces: [{ from: 0, to: argument.length, at: at.argument }] },
    { text: ' = ', pieces: [] },
    { text: value, pieces: [{ from: 0, to: value.length, at: at.value }] },
  ]);
  const given = new RegExp(`(?<![\\w."])${argument}\\s*=\\s*(?=\\S)`).exec(text);
  if (given !== null) {
    const end = endOfArgument(text, given.index + given[0].length);
    return spliced(clause, given.index, end, named);
  }
  const forms = (table[word]?.forms ?? []).map((f) => ({
    takes: f.params.some(({ name }) => name === argument) || f.others !== undefined,
    found: new RegExp(`(?<![\\w."])${f.name}(?![\\w"])`).exec(text),
  }));
  const written = forms.filter(({ found }) => found !== null);
  const found = (written.find(({ takes }) => takes) ?? written[0])?.found;
  if (found === undefined || found === null) return undefined;
  const behind = found.index + found[0].length;
  if (text[behind] !== '(') return spliced(clause, behind, behind, between('(', named, ')'));
  const end = closing(text, behind);
  const isEmpty = text.slice(behind + 1, end).trim() === '';
  return spliced(clause, end, end, between(isEmpty ? '' : ', ', named, ''));
};

/** The clauses of a recipe, and where in the options a place of them stands. */
export type SetClauses = {
  readonly text: string;
  readonly pieces: readonly Piece[];
  /** all options, one below the other */
  readonly options: string;
};

/** The clauses that options give, over those of a recipe by their words (E0961); `table` has all that there are. */
export const clausesSet = (
  table: Table,
  set: readonly string[],
  recipe: { readonly [word: string]: string },
): Or<Diagnostic, SetClauses> => {
  const lines: { readonly word: string; clause: Woven; readonly at: number }[] = [];
  let start = 0;
  for (const text of set) {
    const option = optionIn(text, start);
    if (option === undefined) return Either.left(noClause(text));
    start += text.length + 1;
    const { word, argument, value, at } = option;
    if (argument === undefined) {
      const pieces = [{ from: 0, to: value.length, at: at.value }];
      lines.push({ word, clause: { text: value, pieces }, at: at.word });
      continue;
    }
    const before = lines.find((line) => line.word === word);
    const clause = before?.clause ?? { text: recipe[word] ?? '', pieces: [] };
    const changed = withArgument(table, clause, option);
    // of a word that is unknown the checker says which are near
    if (changed === undefined && word in table) return Either.left(noArgument(option));
    const made = changed ?? { text: value, pieces: [] };
    if (before !== undefined) before.clause = made;
    else lines.push({ word, clause: made, at: at.word });
  }
  const all = lines.map(({ word, clause, at }) =>
    joined([
      { text: '  ', pieces: [] },
      { text: word, pieces: [{ from: 0, to: word.length, at }] },
      { text: ' ', pieces: [] },
      clause,
      { text: '\n', pieces: [] },
    ]),
  );
  return Either.right({ ...joined(all), options: set.join('\n') });
};

/** A place in the clauses, `from` being where they begin, as a place in the options. */
export const inOptions = (
  { pieces, options }: SetClauses,
  from: number,
  { start, end }: Span,
): Span => {
  const found = (place: number, atEnd: boolean): number | undefined => {
    const piece = pieces.find((p) =>
      atEnd ? p.from < place && place <= p.to : p.from <= place && place < p.to,
    );
    return piece && piece.at + place - piece.from;
  };
  const [first, last] = [found(start - from, false), found(end - from, true)];
  const before = pieces.findLast((p) => p.from <= start - from) ?? pieces[0];
  // what stands between the parts of an option is a matter of all of it
  const [lineStart, lineEnd] = lineAround(options, first ?? last ?? before?.at ?? 0);
  const at = first ?? lineStart;
  return { path: optionsPath, start: at, end: Math.max(at, last ?? lineEnd) };
};

const lineAround = (text: string, at: number): readonly [number, number] => {
  const end = text.indexOf('\n', at);
  return [text.lastIndexOf('\n', at - 1) + 1, end < 0 ? text.length : end];
};
