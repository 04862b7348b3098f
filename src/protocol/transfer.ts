/** Which layers go from one net, or file, to another: those of equal paths, all of them or the ones that are chosen. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Selection } from './recipe.ts';

/** A layer with weights; `path` is without the net that it is in. */
export type Weighted = {
  readonly path: string;
  readonly op: string;
  /** `kernel [3, 3, 64, 128]`, in an order that does not depend on how they were listed: `shapesOf` */
  readonly shapes: readonly string[];
};

/** The weights of a layer in words, those of more axes first: of several that differ, the kernel is named. */
export const shapesOf = (
  weights: readonly { readonly name: string; readonly shape: readonly number[] }[],
): readonly string[] =>
  weights
    .toSorted((a, b) => b.shape.length - a.shape.length || (a.name < b.name ? -1 : 1))
    .map(({ name, shape }) => `${name} [${shape.join(', ')}]`);

/** Why layers cannot go, and the choice that asks for it. */
export type Misfit<L, S> = { readonly selection: S | undefined } & (
  | { readonly tag: 'too few'; readonly has: number; readonly selection: S }
  | { readonly tag: 'no place'; readonly layer: L }
  /** `at` is the place among the shapes of the layer */
  | { readonly tag: 'shape'; readonly layer: L; readonly other: L; readonly at: number }
);

/** The first layer that has no counterpart of its path and shapes among others. */
export const misfitIn = <L extends Weighted, S>(
  needed: readonly L[],
  there: readonly L[],
  selection: S | undefined,
): Misfit<L, S> | undefined => {
  const byPath = new Map(there.map((layer) => [layer.path, layer]));
  for (const layer of needed) {
    const other = byPath.get(layer.path);
    if (other === undefined) return { tag: 'no place', layer, selection };
    const at = differenceOf(layer, other);
    if (at !== undefined) return { tag: 'shape', layer, other, at, selection };
  }
  return undefined;
};

/** The first place at which shapes differ. */
const differenceOf = ({ shapes: a }: Weighted, { shapes: b }: Weighted): number | undefined => {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, i) => i).find((i) => a[i] !== b[i]);
};

/**
 * The layers that go from `theirs`, in order of execution, to `own`: all, or those of the selections. The first of
 * several faults is given, for they follow from one another.
 */
export const layersTaken = <L extends Weighted, S extends Selection>(
  theirs: readonly L[],
  own: readonly L[],
  selections: readonly S[],
): Either<Misfit<L, S>, readonly L[]> => {
  const chosen = new Set<L>();
  for (const selection of selections.length === 0 ? [undefined] : selections) {
    const some = selection === undefined ? E.right(theirs) : chosenBy(selection, theirs);
    if (E.isLeft(some)) return some;
    const misfit = misfitIn(some.right, own, selection);
    if (misfit !== undefined) return E.left(misfit);
    some.right.forEach((layer) => chosen.add(layer));
  }
  return E.right(theirs.filter((layer) => chosen.has(layer)));
};

const chosenBy = <L extends Weighted, S extends Selection>(
  selection: S,
  theirs: readonly L[],
): Either<Misfit<L, S>, readonly L[]> => {
  const { end, count, operator } = selection;
  const all = theirs.filter(({ op }) => op === operator);
  if (count > all.length) return E.left({ tag: 'too few', has: all.length, selection });
  return E.right(end === 'first' ? all.slice(0, count) : all.slice(-count));
};

/** As in `first 4 conv; last 3 fc`. */
export const showSelections = (selections: readonly Selection[]): string =>
  selections.map(({ end, count, operator }) => `${end} ${count} ${operator}`).join('; ');

/** The choice of as many layers as fit: the first ones of each operator, or else the last ones. */
export const choiceThatFits = (
  theirs: readonly Weighted[],
  own: readonly Weighted[],
): readonly Selection[] => {
  const fits = (layer: Weighted): boolean => misfitIn([layer], own, undefined) === undefined;
  const length = (layers: readonly Weighted[]): number => {
    const end = layers.findIndex((layer) => !fits(layer));
    return end < 0 ? layers.length : end;
  };
  return [...new Set(theirs.map(({ op }) => op))].flatMap((operator): readonly Selection[] => {
    const all = theirs.filter(({ op }) => op === operator);
    const [first, last] = [length(all), length(all.toReversed())];
    if (first === 0 && last === 0) return [];
    return [
      first >= last
        ? { end: 'first', count: first, operator }
        : { end: 'last', count: last, operator },
    ];
  });
};
