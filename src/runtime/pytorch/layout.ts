/**
 * PyTorch's order of numbers and netc's. Every kernel of PyTorch's is read as [out, in, h, w]: a matrix has
 * a 1 × 1 window; one behind `flatten` sees the whole map, as PyTorch flattens [c, h, w] and netc [h, w, c];
 * a depthwise convolution sees one channel, its multiplier lying in `out`; and a transposed convolution has `in`
 * where others have `out`. netc's is then [h, w, in, out].
 */
import type { GraphNode } from '../../graph/graph.ts';
import { rowOf } from '../../ops/table.ts';
import type { Order } from './flattened.ts';

/** The four lengths of a kernel. */
export type Oihw = readonly [out: number, into: number, h: number, w: number];

export type Layout = {
  /** as PyTorch has it */
  readonly shape: readonly number[];
  /**
   * the lengths of a kernel that must be transposed; several where parts of a vector come from several maps: they are
   * side by side in PyTorch's rows. Absent where both orders are one.
   */
  readonly pieces?: readonly Oihw[];
};

const kernel = (...oihw: Oihw): Layout => ({ shape: oihw, pieces: [oihw] });

/** How the layer's kernel lies in PyTorch, or undefined when PyTorch has no such layer. */
const kernelLayout = (
  node: GraphNode,
  order: Order | undefined,
  own: readonly number[],
): Layout | undefined => {
  const [a = 1, b = 1, c = 1, d = 1] = own;
  switch (rowOf(node.op).torchKernel) {
    case '[out, in, h, w]':
    case '[in, out, h, w]':
      return kernel(d, c, a, b);
    case '[out, 1, h, w]':
      return kernel(c * d, 1, a, b);
    case '[out, in]':
      return order && { shape: [b, a], pieces: order.map(([i, h, w]) => [b, i, h, w]) };
    case undefined:
      return undefined;
  }
};

/** Whether a weight has a number for each one of the vector that comes in. */
const goesAlong = ({ op, output, inputTypes: [type] }: GraphNode, length: number): boolean =>
  output.tag === 'vector' &&
  rowOf(op).projects === undefined &&
  type?.tag === 'vector' &&
  type.c === length;

const vectorLayout = (
  node: GraphNode,
  order: Order | undefined,
  shape: readonly number[],
): Layout | undefined => {
  if (!goesAlong(node, shape[0] ?? 0)) return { shape };
  if (order?.every(([, h, w]) => h * w === 1) === true) return { shape };
  return order && { shape, pieces: order.map(([i, h, w]) => [1, i, h, w]) };
};

/** How a weight of such a shape lies in PyTorch; `order` is that of what comes into the layer. */
export const layoutOf = (
  node: GraphNode,
  order: Order | undefined,
  own: readonly number[],
): Layout | undefined =>
  own.length > 1 ? kernelLayout(node, order, own) : vectorLayout(node, order, own);

/** Calls back with the places of each number: `torch` in [out, in, h, w], `net` in [h, w, in, out]. */
const each = (pieces: readonly Oihw[], move: (torch: number, net: number) => void): void => {
  const row = pieces.reduce((sum, [, i, h, w]) => sum + i * h * w, 0);
  let before = 0;
  for (const [o, i, h, w] of pieces) {
    const window = h * w;
    for (let place = 0; place < window; place++)
      for (let into = 0; into < i; into++) {
        const net = (before + place * i + into) * o;
        const torch = before + into * window + place;
        for (let out = 0; out < o; out++) move(out * row + torch, net + out);
      }
    before += i * window;
  }
};

/** The bits of numbers: moved as such, those that are not numbers stay as they are too. */
const bitsOf = (numbers: Float32Array): Uint32Array =>
  new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);

/** From PyTorch's order to netc's. */
export const toNet = ({ pieces }: Layout, torch: Float32Array): Float32Array => {
  if (pieces === undefined) return torch;
  const net = new Float32Array(torch.length);
  const [from, to] = [bitsOf(torch), bitsOf(net)];
  each(pieces, (a, b) => {
    to[b] = from[a]!;
  });
  return net;
};

/** And back. */
export const toTorch = ({ pieces }: Layout, net: Float32Array): Float32Array => {
  if (pieces === undefined) return net;
  const torch = new Float32Array(net.length);
  const [to, from] = [bitsOf(torch), bitsOf(net)];
  each(pieces, (a, b) => {
    to[a] = from[b]!;
  });
  return torch;
};
