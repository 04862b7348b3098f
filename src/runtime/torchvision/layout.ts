/**
 * PyTorch's order of numbers and netc's. Every kernel of PyTorch's is read as [out, in, h, w]: a matrix has
 * a 1 × 1 window; one behind `flatten` sees the whole map, as PyTorch flattens [c, h, w] and netc [h, w, c];
 * and a depthwise convolution sees one channel, its multiplier lying in `out`. netc's is then [h, w, in, out].
 */
import type { GraphNode, Graph } from '../../graph/graph.ts';
import { rowOf } from '../../ops/table.ts';
import { extentOf, type TensorType } from '../../ops/types.ts';

/** The four lengths of a kernel. */
export type Oihw = readonly [out: number, into: number, h: number, w: number];

export type Layout = {
  /** as PyTorch has it */
  readonly shape: readonly number[];
  /** the lengths of a kernel that must be transposed; absent for a vector */
  readonly oihw?: Oihw;
};

/** The map that a vector was flattened from, if one was. */
const flattened = (graph: Graph, id: number): TensorType | undefined => {
  const node = graph.nodes.find((n) => n.id === id);
  if (node === undefined) return undefined;
  const [from = 0] = node.inputs;
  const row = rowOf(node.op);
  if (row.makesVector === 'numbers')
    return graph.nodes.find((n) => n.id === from)?.output ?? graph.input.type;
  return row.elementwise ? flattened(graph, from) : undefined;
};

/** How the layer's kernel lies in PyTorch, or undefined when torchvision has no such layer. */
const kernelLayout = (
  graph: Graph,
  node: GraphNode,
  own: readonly number[],
): Layout | undefined => {
  const [a = 1, b = 1, c = 1, d = 1] = own;
  switch (rowOf(node.op).torchKernel) {
    case '[out, in, h, w]':
      return { shape: [d, c, a, b], oihw: [d, c, a, b] };
    case '[out, 1, h, w]':
      return { shape: [c * d, 1, a, b], oihw: [c * d, 1, a, b] };
    case '[out, in]': {
      const map = flattened(graph, node.inputs[0] ?? 0);
      if (map?.tag !== 'map' || typeof map.c !== 'number')
        return { shape: [b, a], oihw: [b, a, 1, 1] };
      return { shape: [b, a], oihw: [b, map.c, extentOf(map.h) ?? 1, extentOf(map.w) ?? 1] };
    }
    case undefined:
      return undefined;
  }
};

export const layoutOf = (
  graph: Graph,
  node: GraphNode,
  own: readonly number[],
): Layout | undefined => (own.length > 1 ? kernelLayout(graph, node, own) : { shape: own });

/** Calls back with the places of each number: `torch` in [out, in, h, w], `net` in [h, w, in, out]. */
const each = ([o, i, h, w]: Oihw, move: (torch: number, net: number) => void): void => {
  const window = h * w;
  for (let place = 0; place < window; place++)
    for (let into = 0; into < i; into++) {
      const net = (place * i + into) * o;
      const torch = into * window + place;
      for (let out = 0; out < o; out++) move(out * i * window + torch, net + out);
    }
};

/** From PyTorch's order to netc's. */
export const toNet = ({ oihw }: Layout, torch: Float32Array): Float32Array => {
  if (oihw === undefined) return torch;
  const net = new Float32Array(torch.length);
  each(oihw, (from, to) => {
    net[to] = torch[from]!;
  });
  return net;
};

/** And back. */
export const toTorch = ({ oihw }: Layout, net: Float32Array): Float32Array => {
  if (oihw === undefined) return net;
  const torch = new Float32Array(net.length);
  each(oihw, (to, from) => {
    torch[to] = net[from]!;
  });
  return torch;
};
