/** Whether a layer can stand, once its shape rule has spoken: what is wrong with numbers that are fixed. */
import type { Condition, Typing } from './row.ts';
import { extentOf, type MapType, type MaybeAxis } from './types.ts';

/** Why it cannot: two branches of a join differ in size, or nothing is left of the map. */
export type Refusal =
  | { readonly tag: 'apart'; readonly condition: Condition }
  | { readonly tag: 'empty'; readonly map: MapType };

const isApart = ({ first, other }: Condition): boolean => {
  const [a, b] = [extentOf(first), extentOf(other)];
  return a !== undefined && b !== undefined && a !== b;
};

const isNothing = (axis: MaybeAxis): boolean => (extentOf(axis) ?? 1) < 1;

/** The first refusal; undefined when the layer stands, as far as its sizes are fixed. */
export const standing = ({ type, conditions }: Typing): Refusal | undefined => {
  const condition = conditions.find(isApart);
  if (condition !== undefined) return { tag: 'apart', condition };
  return type.tag === 'map' && (isNothing(type.h) || isNothing(type.w))
    ? { tag: 'empty', map: type }
    : undefined;
};
