/** What the outputs of a net are called: a list in a text file, which a weight file then carries along. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { plural } from '../../numeric/figures.ts';
import { startOf } from '../../syntax/source.ts';
import { quoted } from '../data/json.ts';
import { readText } from '../data/text.ts';

/** In the order of the outputs. Two may have one name: ImageNet has two kinds of `crane`. */
export type Classes = readonly string[];

/** The name under which a weight file's metadata has them. */
export const classesKey = 'netc.classes';

/** A list in JSON, which `classesOfMetadata` reads. */
export const encodeClasses = (classes: Classes): string => JSON.stringify(classes);

/** The limit of SAFETY for a source file. */
const mostBytes = 4 * 2 ** 20;
const longest = 1_000; // characters of a name

/** What is wrong with a name, to go on from "it …". */
const unfit = (name: string): string | undefined => {
  if (name === '') return 'is empty';
  if (name.length > longest)
    return `has ${name.length} characters, but a name may have at most ${longest}`;
  if (name.includes('\t')) return 'has a tab: one name a line, and nothing else';
  if (/\p{Cc}/u.test(name)) return 'has a control character';
  // U+2028 and U+2029 end a line for some who read names, and none for others
  return /[\p{Zl}\p{Zp}]/u.test(name) ? 'has a line separator' : undefined;
};

const malformed = (path: string, what: string, ...notes: readonly string[]): Diagnostic =>
  error('E0520', startOf(path), `the class names in \`${path}\` are malformed: ${what}`, { notes });

/** A list or an object, as some lists of names come. */
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
 * Reads one name a line, in UTF-8, for a net of so many outputs (E0001, E0520, E0521). Spaces around names,
 * a byte order mark, the line ends of any system and empty lines at the end mean nothing.
 */
export const readClasses = (
  path: string,
  net: { readonly name: string; readonly outputs: number },
): Either<Diagnostic, Classes> => {
  const text = readText(path, mostBytes, (what) => malformed(path, what, rule));
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

/** How many class names a weight file's metadata has, and the first of them, whatever net they are for. */
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
