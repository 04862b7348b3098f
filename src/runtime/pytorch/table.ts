/**
 * Tables of pairs, as `weights import --from pytorch` prints them and `--map` takes them back: a line for each pair,
 * `N/conv1 = features.0` or `N/conv1/kernel = features.0.weight`, what follows `#` left out; or the JSON of `--json`.
 * `-` in place of a layer leaves a tensor of the file out, and all that lies below its name.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import type { RandomAccess } from '../data/bytes.ts';
import { isObject, parseObject, quoted } from '../data/json.ts';
import { textOf } from '../data/text.ts';
import type { TensorInfo } from '../store/safetensors.ts';
import type { Pair } from './pair.ts';

/** A line: a layer or a weight, and a module or a tensor. */
export type Line = {
  readonly path: string;
  readonly name: string;
  /** its place in the file, for messages: `line 3` */
  readonly at: string;
};

export type Table = {
  readonly path: string; // of the file
  readonly pairs: readonly Line[];
  readonly leftOut: readonly Line[];
};

/** The table that says nothing. */
export const noTable: Table = { path: '', pairs: [], leftOut: [] };

const mostBytes = 4 * 2 ** 20;

const malformed = (path: string, what: string): Diagnostic =>
  error('E0522', startOf(path), `the table of weights in \`${path}\` is malformed: ${what}`, {
    notes: ['a line is `LAYER = MODULE`, such as `N/conv1 = features.0`; `#` begins a comment'],
  });

const linesIn = (text: string): Either<string, readonly Line[]> => {
  const found: Line[] = [];
  for (const [i, whole] of text.split(/\r\n|\n|\r/).entries()) {
    const line = whole.replace(/(^|\s)#.*$/, '').trim();
    if (line === '') continue;
    const [, path, name] = /^(\S+)\s*=\s*(\S.*)$/.exec(line) ?? [];
    if (path === undefined || name === undefined) return E.left(`line ${i + 1} is ${quoted(line)}`);
    found.push({ path, name, at: `line ${i + 1}` });
  }
  return E.right(found);
};

const isList = (x: unknown): x is readonly unknown[] => Array.isArray(x);

/** The lines of the JSON that `--json` prints, as far as they say which weight is which tensor. */
const linesOfJson = (json: string): Either<string, readonly Line[]> => {
  const object = parseObject(json);
  if (E.isLeft(object)) return E.left(`it ${object.left}`);
  const { pairs, leftOut } = object.right;
  if (!isList(pairs)) return E.left('it has no `pairs`');
  const found: Line[] = [];
  for (const [i, pair] of pairs.entries()) {
    const weights = isObject(pair) ? pair['weights'] : undefined;
    if (!isList(weights)) return E.left(`pair ${i + 1} has no \`weights\``);
    for (const weight of weights) {
      const { path, tensor } = isObject(weight) ? weight : {};
      if (typeof path !== 'string' || typeof tensor !== 'string')
        return E.left(`pair ${i + 1} has a weight without \`path\` and \`tensor\``);
      found.push({ path, name: tensor, at: `pair ${i + 1}` });
    }
  }
  const out = isList(leftOut) ? leftOut.filter((name) => typeof name === 'string') : [];
  return E.right([...found, ...out.map((name) => ({ path: '-', name, at: '`leftOut`' }))]);
};

const twice = (lines: readonly Line[], key: (line: Line) => string): string | undefined => {
  const seen = new Map<string, Line>();
  for (const line of lines) {
    const before = seen.get(key(line));
    if (before !== undefined)
      return before.at === line.at
        ? `${line.at} has ${quoted(key(line))} twice`
        : `${before.at} and ${line.at} both have ${quoted(key(line))}`;
    seen.set(key(line), line);
  }
  return undefined;
};

/** The table in a file (E0001, E0522). */
export const tableIn = (file: RandomAccess): Either<Diagnostic, Table> => {
  const { path } = file;
  const text = textOf(file, mostBytes, (what) => malformed(path, what));
  if (E.isLeft(text)) return text;
  const lines = text.right.trimStart().startsWith('{')
    ? linesOfJson(text.right)
    : linesIn(text.right);
  if (E.isLeft(lines)) return E.left(malformed(path, lines.left));
  const pairs = lines.right.filter((line) => line.path !== '-');
  const leftOut = lines.right.filter((line) => line.path === '-');
  const fault = twice(pairs, (line) => line.path) ?? twice(lines.right, (line) => line.name);
  return fault === undefined ? E.right({ path, pairs, leftOut }) : E.left(malformed(path, fault));
};

/** How a pair was found, in words. */
const remark = ({ by, alike }: Pair): string => {
  switch (by) {
    case 'shape':
      return '';
    case 'table':
      return '# from the table';
    case 'order':
      return `# by order, one of ${alike} alike`;
    case 'guess':
      return `# a guess, one of ${alike} alike`;
  }
};

/** The table as rows of cells, which `tableIn` reads again. */
export const rowsOf = (
  pairs: readonly Pair[],
  leftOut: readonly TensorInfo[],
  prefix: string,
): readonly (readonly string[])[] => [
  ...pairs.flatMap((pair): readonly (readonly string[])[] => {
    const { slot, module, taken } = pair;
    const named = taken.every(({ slot: { name }, tensor }) => {
      const short = tensor.name.slice(prefix.length);
      return short === `${module}.${name}`;
    });
    if (named && module !== '') return [[slot.layer, `= ${module}`, remark(pair)]];
    return taken.map(({ slot: { weight }, tensor }) => [
      weight.path,
      `= ${tensor.name.slice(prefix.length)}`,
      remark(pair),
    ]);
  }),
  ...leftOut.map(({ name }) => ['-', `= ${name}`, '# left out']),
];
