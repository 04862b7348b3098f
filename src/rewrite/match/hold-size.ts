/** What a rule has made for one size alone stands behind a layer that takes no other. */
import { Bug } from '../../diagnostic/bug.ts';
import type { GraphNode } from '../../graph/graph.ts';
import { optionalCount } from '../../ops/parts/args.ts';
import type { Args } from '../../ops/params.ts';
import { holdingSize } from '../../ops/roles.ts';
import { extentOf, type TensorType } from '../../ops/types.ts';
import type { LiveGraph } from './live-graph.ts';
import type { Match } from './match.ts';

/** An axis of a map. */
export type Axis = 'h' | 'w';

const [height, width] = holdingSize.params;
const parameters = [
  ['h', height!.name],
  ['w', width!.name],
] as const;

/** The axes along which a layer takes one size alone, because it says so. */
export const heldBy = ({ op, args }: GraphNode): readonly Axis[] =>
  op === holdingSize.name
    ? parameters.flatMap(([axis, name]) => (optionalCount(args, name) === undefined ? [] : [axis]))
    : [];

/** Puts that layer behind what the match reads, so whoever else reads it sees the same value; it may be there already. */
export const hold = (
  live: LiveGraph,
  axes: readonly Axis[],
  { env }: Match,
  [first]: readonly GraphNode[],
): void => {
  const entry = env.values.get(0);
  if (entry === undefined || first === undefined) throw new Bug('a size without a map');
  const maker = live.node(entry);
  const there = maker === undefined ? [] : heldBy(maker);
  const missing = axes.filter((axis) => !there.includes(axis));
  const [reader] = live.inOrder(live.readers(entry));
  if (missing.length === 0 || reader === undefined) return;
  const type = live.type(entry);
  const id = live.freshId();
  live.redirect(entry, id);
  live.insert(
    {
      id,
      op: holdingSize.name,
      args: sizesOf(type, missing),
      inputs: [entry],
      inputTypes: [type],
      output: type,
      path: `${first.path}/${holdingSize.name}`,
      span: first.span,
      weights: [],
    },
    reader.id,
  );
};

const sizesOf = (type: TensorType, axes: readonly Axis[]): Args =>
  Object.fromEntries(
    parameters.map(([axis, name]) => [
      name,
      type.tag === 'map' && axes.includes(axis) ? extentOf(type[axis]) : undefined,
    ]),
  );
