/** The pictures that a run began with, a line for each, so that a resume can name those that are others. */
import * as E from 'fp-ts/lib/Either.js';
import { plural, thousands } from '../../numeric/figures.ts';
import { anObject, aText, decoded, oneOf } from '../data/decode.ts';
import type { Pictured } from '../batches/dataset.ts';
import { readText } from '../files/texts.ts';
import { malformedRun } from './record.ts';

/** The name of the file. */
export const picturesFile = 'pictures.jsonl';

/** The list as a run keeps it. */
export const picturesText = (pictures: readonly Pictured[]): string =>
  pictures.map((picture) => `${JSON.stringify(picture)}\n`).join('');

const pictured = anObject<Pictured>({
  part: oneOf(['train', 'validation']),
  key: aText,
  label: aText,
  sum: aText,
});

/** More than so many lines have. */
const mostBytes = 2 ** 28;

/** The list that a run has kept; nothing where there is none, or a damaged one. */
export const picturesIn = (folder: string): readonly Pictured[] => {
  const text = readText(`${folder}/${picturesFile}`, mostBytes, (what) =>
    malformedRun(folder, what),
  );
  if (E.isLeft(text)) return [];
  const lines = text.right.split('\n').slice(0, -1);
  const read = lines.map((line) => decoded(line, pictured));
  // a damaged list does not say what is new
  return read.every(E.isRight) ? read.map((one) => one.right) : [];
};

/** A set as a message compares it with another. */
export type Contents = {
  readonly classes: readonly string[];
  readonly pictures: readonly Pictured[];
};

/** A picture that both sets have, as it was and as it is. */
type Both = { readonly was: Pictured; readonly is: Pictured };

/** What may differ between a picture as it was and as it is, in words for one and for several. */
const changes: readonly {
  readonly differs: (both: Both) => boolean;
  readonly one: string;
  readonly many: string;
}[] = [
  {
    differs: ({ was, is }) => was.sum !== is.sum,
    one: 'has other bytes',
    many: 'have other bytes',
  },
  {
    differs: ({ was, is }) => was.label !== is.label,
    one: 'has another label',
    many: 'have other labels',
  },
  {
    differs: ({ was, is }) => was.part !== is.part,
    one: 'is in the other part',
    many: 'are in the other part',
  },
];

/** What became of a set, in lines for a message; none where all is the same, or no picture is listed. */
export const pictureDifference = (before: Contents, after: Contents): readonly string[] => {
  if (before.pictures.length === 0 || after.pictures.length === 0) return [];
  const classes = comings(before.classes, after.classes, ['class', 'classes']);
  const [old, now] = [before, after].map(
    ({ pictures }) => new Map(pictures.map((picture) => [picture.key, picture])),
  );
  const both = after.pictures.flatMap((is): readonly Both[] => {
    const was = old?.get(is.key);
    return was === undefined ? [] : [{ was, is }];
  });
  const changed = changes.flatMap(({ differs, one, many }) => {
    const found = both.filter(differs).map(({ is }) => is.key);
    return line(found, ['picture', 'pictures'], [one, many]);
  });
  const keys = (all: ReadonlyMap<string, Pictured> | undefined): readonly string[] => [
    ...(all?.keys() ?? []),
  ];
  return [...classes, ...changed, ...comings(keys(old), keys(now), ['picture', 'pictures'])];
};

type Words = readonly [one: string, many: string];

/** Which names are gone, and which are new. */
const comings = (
  before: readonly string[],
  after: readonly string[],
  what: Words,
): readonly string[] => {
  const [old, now] = [new Set(before), new Set(after)];
  return [
    ...line(
      before.filter((name) => !now.has(name)),
      what,
      ['is gone', 'are gone'],
    ),
    ...line(
      after.filter((name) => !old.has(name)),
      what,
      ['is new', 'are new'],
    ),
  ];
};

/** Names that are said of each kind of change. */
const mostNamed = 3;

/** `2 pictures are gone: crow/1.jpg, crow/2.jpg` */
const line = (names: readonly string[], what: Words, became: Words): readonly string[] => {
  if (names.length === 0) return [];
  const named = names.slice(0, mostNamed).map((name) => `\`${name}\``);
  const more = names.length - named.length;
  const rest = more === 0 ? '' : ` and ${thousands(more)} more`;
  const verb = names.length === 1 ? became[0] : became[1];
  return [`${plural(names.length, ...what)} ${verb}: ${named.join(', ')}${rest}`];
};
