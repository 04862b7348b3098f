/** Builds a graph layer by layer, for instances of rules. */
import * as E from 'fp-ts/lib/Either.js';
import type { Graph, GraphNode, ValueId } from '../../graph/graph.ts';
import type { Args } from '../../ops/params.ts';
import type { Row } from '../../ops/table.ts';
import { shapeOf, type TensorType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';

/** A graph that grows layer by layer. */
export type DraftGraph = {
  readonly type: (id: ValueId) => TensorType;
  /** undefined when the layer does not take its inputs, or nothing would be left of the map */
  readonly add: (row: Row, args: Args, inputs: readonly ValueId[]) => ValueId | undefined;
  readonly done: (outputs: Graph['outputs']) => Graph;
};

/** A graph without layers, none of whose maps has more than `room` numbers; layers are numbered and named in order. */
export const draftGraph = (
  net: string,
  input: TensorType,
  span: Span,
  room: number,
): DraftGraph => {
  const nodes: GraphNode[] = [];
  const counts = new Map<string, number>();
  const type = (id: ValueId): TensorType => nodes[id - 1]?.output ?? input;
  const pathOf = (row: Row): string => {
    const n = (counts.get(row.name) ?? 0) + 1;
    counts.set(row.name, n);
    return `${net}/${/\d$/.test(row.name) ? `${row.name}_` : row.name}${n}`;
  };
  return {
    type,
    add: (row, args, inputs) => {
      const types = inputs.map(type);
      const shape = row.shape(args, types);
      if (E.isLeft(shape) || shape.right.conditions.length > 0) return undefined;
      const { type: output } = shape.right;
      const dims = shapeOf(output, 1);
      if (dims === undefined || dims.some((n) => n < 1)) return undefined;
      if (dims.reduce((a, b) => a * b, 1) > room) return undefined;
      const id = nodes.length + 1;
      const path = pathOf(row);
      const weights = row
        .weights(args, types)
        .map((spec) => ({ path: `${path}/${spec.name}`, spec }));
      const placed = { id, op: row.name, args, inputs, inputTypes: types, output };
      nodes.push({ ...placed, path, weights, span });
      return id;
    },
    done: (outputs) => ({ net, input: { id: 0, type: input }, nodes, outputs }),
  };
};
