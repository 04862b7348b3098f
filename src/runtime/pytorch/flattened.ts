/**
 * In which order the numbers of vectors lie. PyTorch flattens [c, h, w], and netc [h, w, c]; what keeps a vector's order
 * hands it on to the layers behind.
 */
import type { Graph, GraphNode, ValueId } from '../../graph/graph.ts';
import { rowOf } from '../../ops/table.ts';
import { extentOf, type TensorType } from '../../ops/types.ts';

/** The lengths of a map that was flattened; numbers that never were a map are channels of one pixel. */
export type Piece = readonly [c: number, h: number, w: number];

/** The maps that a vector was made of, one behind the other. */
export type Order = readonly Piece[];

const channelsOf = (type: TensorType | undefined): number =>
  type !== undefined && type.tag !== 'unknown' && typeof type.c === 'number' ? type.c : 1;

const plain = (type: TensorType): Order => [[channelsOf(type), 1, 1]];

/** Whether PyTorch has the numbers in netc's order. */
const isPlain = (order: Order): boolean => order.every(([, h, w]) => h === 1 && w === 1);

const ofMap = (type: TensorType): Order =>
  type.tag === 'map'
    ? [[channelsOf(type), extentOf(type.h) ?? 1, extentOf(type.w) ?? 1]]
    : plain(type);

const isSame = (a: Order, b: Order): boolean => a.join(';') === b.join(';');

/** What a layer that keeps the order of its inputs gives, or undefined if they differ. */
const kept = (node: GraphNode, inputs: readonly Order[]): Order | undefined => {
  const [first = [], ...others] = inputs;
  if (rowOf(node.op).stacks === true) return inputs.flat();
  if (inputs.every(isPlain)) return plain(node.output);
  const sameLength = node.inputTypes.every((t) => channelsOf(t) === channelsOf(node.output));
  return sameLength && others.every((order) => isSame(first, order)) ? first : undefined;
};

const made = (node: GraphNode, inputs: readonly (Order | undefined)[]): Order | undefined => {
  const row = rowOf(node.op);
  const [type = node.output] = node.inputTypes;
  if (row.makesVector === 'numbers') return ofMap(type);
  if (row.makesVector === 'means' || row.projects === 'vector') return plain(node.output);
  const known = inputs.filter((order) => order !== undefined);
  return known.length < inputs.length ? undefined : kept(node, known);
};

/** The orders of the vectors of a graph; undefined where PyTorch’s order is not one of netc’s in pieces. */
export const ordersOf = ({ input, nodes }: Graph): ReadonlyMap<ValueId, Order | undefined> => {
  const orders = new Map<ValueId, Order | undefined>([[input.id, plain(input.type)]]);
  for (const node of nodes) {
    const isMap = node.output.tag !== 'vector';
    const inputs = node.inputs.map((id) => orders.get(id));
    orders.set(node.id, isMap ? plain(node.output) : made(node, inputs));
  }
  return orders;
};
