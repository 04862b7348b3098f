/** The class names of a net: a list in a text file, which is then stored in a weight file. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { plural } from '../../numeric/figures.ts';
import { startOf } from '../../syntax/source.ts';
import type { RandomAccess } from '../data/bytes.ts';
import { quoted } from '../data/json.ts';
import { textOf } from '../data/text.ts';

/** In the order of the outputs. Two may have one name: ImageNet has two kinds of `crane`. */
export type Classes = readonly string[];

/** The name under which a weight file's metadata has them. */
export const classesKey = 'netc.classes';

/** A list in JSON, which `classesOfMetadata` reads. */
export const encodeClasses = (classes: Classes): string => JSON.stringify(classes);

/** The limit of SAFETY for a source file. */
const mostBytes = 4 * 2 ** 20;
const longest = 1_000; // characters of a name

/** The fault of a name, which continues "it …". */
const unfit = (name: string): string | undefined => {
  if (name === '') return 'is empty';
  if (name.length > longest)
    return `has ${name.length} characters, but a name may have at most ${longest}`;
  if (name.includes('\t')) return 'has a tab: one name a line, and nothing else';
  if (/\p{Cc}/u.test(name)) return 'has a control character';
  // U+2028 and U+2029 end a line for some readers of names and not for others
  return /[\p{Zl}\p{Zp}]/u.test(name) ? 'has a line separator' : undefined;
};

const malformed = (path: string, what: string, ...notes: readonly string[]): Diagnostic =>
  error('E0520', startOf(path), `the class names in \`${path}\` are malformed: ${what}`, { notes });

/** Whether the text is JSON: some lists of class names are a list or an object. */
const isJson = (text: string): boolean => {
  try {
    return /^\s*[[{]/.test(text) && typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
};

const rule = 'a file of class names has one name a line, in the order of the outputs';

const otherCount = (
  path: string,
  classes: Classes,
  net: { readonly name: string; readonly outputs: number },
): Diagnostic => {
  const [first = ''] = classes;
  const shifted = classes.length === net.outputs + 1 && /^background$/i.test(first);
  return error(
    'E0521',
    startOf(path),
    `\`${path}\` has ${plural(classes.length, 'class name')}, but \`${net.name}\` has ${plural(net.outputs, 'output')}`,
    {
      notes: shifted
        ? [`without the first name, ${quoted(first)}, the numbers would agree`]
        : [rule],
    },
  );
};

/**
 * The names in a file, one a line, in UTF-8, for a net of so many outputs (E0001, E0520, E0521). Spaces around names, a byte
 * order mark, the kind of line ends and empty lines at the end do not matter.
 */
export const classesIn = (
  file: RandomAccess,
  net: { readonly name: string; readonly outputs: number },
): Either<Diagnostic, Classes> => {
  const { path } = file;
  const text = textOf(file, mostBytes, (what) => malformed(path, what, rule));
  if (E.isLeft(text)) return text;
  const names = text.right
    .trimEnd()
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim());
  if (names.length === 1 && names[0] === '')
    return E.left(malformed(path, 'the file has no names', rule));
  if (isJson(text.right)) return E.left(malformed(path, 'the file is JSON', rule));
  const wrong = names.findIndex((name) => unfit(name) !== undefined);
  if (wrong >= 0) return E.left(malformed(path, `line ${wrong + 1} ${unfit(names[wrong]!)}`, rule));
  return names.length === net.outputs ? E.right(names) : E.left(otherCount(path, names, net));
};

const listIn = (json: string): Classes | undefined => {
  try {
    const value: unknown = JSON.parse(json);
    if (!Array.isArray(value)) return undefined;
    const names = value.filter((name): name is string => typeof name === 'string');
    const sound = names.length === value.length && names.every((n) => unfit(n) === undefined);
    return sound ? names : undefined;
  } catch {
    return undefined;
  }
};

/** The number of class names in a weight file's metadata, and the first of them, for any net. */
export const glimpse = (
  json: string,
): { readonly count: number; readonly first: Classes } | undefined => {
  const names = listIn(json);
  return names && { count: names.length, first: names.slice(0, 3) };
};

/** The class names of a weight file, if it has any: as many as the net has outputs (E0504). */
export const classesOfMetadata = (
  path: string,
  metadata: ReadonlyMap<string, string>,
  outputs: number,
): Either<Diagnostic, Classes | undefined> => {
  const json = metadata.get(classesKey);
  if (json === undefined) return E.right(undefined);
  const classes = listIn(json);
  if (classes?.length === outputs) return E.right(classes);
  const what =
    classes === undefined
      ? 'is not a list of names'
      : `has ${plural(classes.length, 'name')} for ${plural(outputs, 'output')}`;
  const message = `the weight file \`${path}\` is malformed: its \`${classesKey}\` ${what}`;
  return E.left(
    error('E0504', startOf(path), message, {
      notes: ['`netc weights label --classes FILE` attaches others'],
    }),
  );
};
