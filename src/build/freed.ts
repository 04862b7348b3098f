/**
 * Graphs whose input passes have opened: a head that held the size of the image may be gone. The input then promises
 * every size of its form, as a written type does, so the form is what the layers take.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Graph } from '../graph/graph.ts';
import { retyped } from '../graph/retype.ts';
import { freeAxis, mapType, type MapType, type MaybeAxis } from '../ops/types.ts';
import { affine, type Sizes } from '../size/sizes.ts';
import { admissibleSizes } from './admissible.ts';

/** The same net for images of every size, if its layers allow that; `fc_to_conv` makes such nets. */
export const freed = (graph: Graph): E.Either<Diagnostic, Graph> => {
  const { type } = graph.input;
  return type.tag === 'map'
    ? retyped(graph, mapType(freeAxis('h'), freeAxis('w'), type.c))
    : E.right(graph);
};

/** `h`, or `4*h` where only every fourth size is taken; undefined for a set that no form describes. */
const axisOf = (variable: string, taken: Sizes): MaybeAxis | undefined => {
  if (taken.tag !== 'from' || taken.residues.length !== 1) return undefined;
  const { lo, modulus } = taken;
  // the largest constant for which the form has every size that is taken
  return { variable, size: affine(modulus, ((lo - 1) % modulus) + 1 - modulus) };
};

/** The sizes that the layers take, as far as a type can state them; the declared size elsewhere. */
const opened = (declared: MapType, free: Graph): MapType => {
  const taken = admissibleSizes(free);
  const axis = (name: 'h' | 'w'): MaybeAxis =>
    (taken && axisOf(name, taken[name])) ?? declared[name];
  return mapType(axis('h'), axis('w'), declared.c);
};

/** Frees the size as far as the passes made that possible; otherwise the declared size stays. */
export const freedByPasses = (before: Graph, after: Graph): Graph => {
  const { type } = after.input;
  if (type.tag !== 'map' || E.isRight(freed(before))) return after;
  const free = freed(after);
  return E.isLeft(free)
    ? after
    : E.getOrElse(() => after)(retyped(after, opened(type, free.right)));
};
