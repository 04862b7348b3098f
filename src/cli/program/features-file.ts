/** The file of features: arrays `x` and `y` of both parts, and the names of the classes, in one `.npz`. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { toBytes } from '../../runtime/data/numbers.ts';
import type { Chunks } from '../../runtime/data/bytes.ts';
import { writeFileAtomically } from '../../runtime/disk/files.ts';
import { newSpool, type Spool } from '../../runtime/disk/spool.ts';
import { npzChunks, type NpzEntry } from '../../runtime/files/npz.ts';
import { npyHeader, npyOfLabels, npyOfStrings } from '../../runtime/store/npy.ts';

/** A part of the data while it comes. */
export type Collected = {
  /** adds the values of some pictures, and their labels (E0509) */
  readonly add: (values: Float32Array, labels: Iterable<number>) => Or<Diagnostic, void>;
  readonly count: () => number;
  /** pictures of the parts before */
  readonly before: number;
};

/** What comes of all parts. The numbers lie beside the file until it is written. */
export type Collection = {
  /** `` or `_validation`, as the names of its arrays end (E0509) */
  readonly part: (ending: string) => Or<Diagnostic, Collected>;
  /** writes the file, and says what is in it (E0509, E0511) */
  readonly write: (classes: readonly string[]) => Or<Diagnostic, readonly string[]>;
  readonly drop: () => void;
};

type Kept = { readonly ending: string; readonly spool: Spool; readonly labels: number[] };

/** A collection of values of this shape, for the file at `path`. */
export const newCollection = (
  path: string,
  shape: readonly number[],
): Or<Diagnostic, Collection> => {
  const parts: Kept[] = [];
  return Either.right({
    part: (ending) =>
      Either.map((spool: Spool): Collected => {
        const before = parts.reduce((sum, { labels }) => sum + labels.length, 0);
        const labels: number[] = [];
        parts.push({ ending, spool, labels });
        return {
          add: (values, own) => {
            labels.push(...own);
            return spool.add(toBytes(values));
          },
          count: () => labels.length,
          before,
        };
      })(newSpool(path)),
    write: (classes) => {
      const entries = [
        ...parts.flatMap((part) => entriesOf(part, shape)),
        whole('classes', npyOfStrings(classes)),
      ];
      return Either.map(() => [
        ...parts.map(
          ({ ending, labels }) =>
            `${path}: x${ending} [${[labels.length, ...shape].join(', ')}], y${ending} [${labels.length}]`,
        ),
        `${path}: classes [${classes.length}]`,
      ])(writeFileAtomically(path, npzChunks(entries)));
    },
    drop: () => parts.forEach(({ spool }) => spool.drop()),
  });
};

const whole = (name: string, bytes: Uint8Array): NpzEntry => ({
  ...{ name, size: bytes.length },
  chunks: [Either.right(bytes)],
});

const entriesOf = (
  { ending, spool, labels }: Kept,
  shape: readonly number[],
): readonly NpzEntry[] => {
  const header = npyHeader([labels.length, ...shape]);
  return [
    {
      name: `x${ending}`,
      size: header.length + spool.size(),
      chunks: behind(header, spool.chunks()),
    },
    whole(`y${ending}`, npyOfLabels(labels)),
  ];
};

function* behind(header: Uint8Array, chunks: Chunks): Generator<Or<Diagnostic, Uint8Array>> {
  yield Either.right(header);
  yield* chunks;
}
