/** The images that a rewritten graph takes with its weights: heights and widths are freed, and every layer
 * narrows what may come in, as `typecheck/admissible.ts` does for the source. */
import * as E from 'fp-ts/lib/Either.js';
import type { Graph, ValueId } from '../lower/graph.ts';
import { rowOf } from '../ops/table.ts';
import { freeAxis, mapType, type MaybeAxis, type TensorType } from '../ops/types.ts';
import { agree, atLeast, both, everything, type Sizes, type TooLong } from '../typecheck/sizes.ts';

export type AdmissibleSizes = { readonly h: Sizes; readonly w: Sizes };

/** Undefined when the input is no map, or sizes repeat too rarely to be followed. */
export const admissibleSizes = (graph: Graph): AdmissibleSizes | undefined => {
  const { type: declared } = graph.input;
  if (declared.tag !== 'map') return undefined;
  const free = mapType(freeAxis('h'), freeAxis('w'), declared.c);
  const types = new Map<ValueId, TensorType>([[graph.input.id, free]]);
  const given = new Map<ValueId, TensorType>([[graph.input.id, declared]]);
  const sets: { h: Sizes; w: Sizes } = { h: everything, w: everything };
  let followed = true;
  const narrow = (axis: 'h' | 'w', to: E.Either<TooLong, Sizes>): void => {
    const met = E.isLeft(to) ? to : both(sets[axis], to.right);
    if (E.isLeft(met)) followed = false;
    else sets[axis] = met.right;
  };
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((id) => types.get(id) ?? free);
    given.set(node.id, node.type);
    const shape = rowOf(node.op).shape(node.args, inputs);
    if (E.isLeft(shape)) {
      const [freed] = inputs;
      const before = given.get(node.inputs[0] ?? graph.input.id);
      // a head keeps the map that its weights were made for
      if (shape.left.tag === 'free' && freed?.tag === 'map' && before?.tag === 'map')
        for (const axis of ['h', 'w'] as const) narrow(axis, same(freed[axis], before[axis]));
      else if (shape.left.tag === 'too long') followed = false;
      types.set(node.id, node.type);
      continue;
    }
    const { type, conditions } = shape.right;
    for (const { axis, first, other } of conditions) narrow(axis, same(first, other));
    if (type.tag === 'map')
      for (const axis of ['h', 'w'] as const) {
        const size = type[axis];
        if (size !== 'unknown') narrow(axis, E.right(atLeast(size.size, 1)));
      }
    types.set(node.id, type);
  }
  return followed ? sets : undefined;
};

const same = (a: MaybeAxis, b: MaybeAxis): E.Either<TooLong, Sizes> =>
  a === 'unknown' || b === 'unknown' ? E.right(everything) : agree(a.size, b.size);
