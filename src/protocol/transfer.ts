/** Which layers go from one net, or file, to another: those of equal paths, all of them or the ones that are chosen. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { selectedBy, type Miss, type Selectable, type Selection } from './selection.ts';

/** A layer with its weights. */
export type Weighted = Selectable & {
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
  | { readonly tag: 'miss'; readonly miss: Miss; readonly selection: S }
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
    const some = selection === undefined ? E.right(theirs) : selectedBy(selection, theirs);
    if (E.isLeft(some)) return E.left({ tag: 'miss', miss: some.left, selection: selection! });
    const misfit = misfitIn(some.right, own, selection);
    if (misfit !== undefined) return E.left(misfit);
    some.right.forEach((layer) => chosen.add(layer));
  }
  return E.right(theirs.filter((layer) => chosen.has(layer)));
};

/** The choice of as many layers as fit: all but the last of an operator, or the first ones of each, or the last. */
export const choiceThatFits = (
  theirs: readonly Weighted[],
  own: readonly Weighted[],
): readonly Selection[] => {
  const fits = (layer: Weighted): boolean => misfitIn([layer], own, undefined) === undefined;
  const length = (layers: readonly Weighted[]): number => {
    const end = layers.findIndex((layer) => !fits(layer));
    return end < 0 ? layers.length : end;
  };
  const unfit = theirs.filter((layer) => !fits(layer));
  const [{ op } = { op: '' }] = unfit;
  const count = unfit.length;
  const last = theirs.filter((layer) => layer.op === op).slice(-count);
  if (count > 0 && count < theirs.length && last.every((layer) => unfit.includes(layer)))
    return [{ others: true, tag: 'count', end: 'last', count, operator: op }];
  return [...new Set(theirs.map((layer) => layer.op))].flatMap((operator): readonly Selection[] => {
    const all = theirs.filter((layer) => layer.op === operator);
    const [first, last] = [length(all), length(all.toReversed())];
    if (first === 0 && last === 0) return [];
    return [
      first >= last
        ? { others: false, tag: 'count', end: 'first', count: first, operator }
        : { others: false, tag: 'count', end: 'last', count: last, operator },
    ];
  });
};
