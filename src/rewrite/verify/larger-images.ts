/**
 * Rules that make a size free: the left side takes one size of a map, as `flatten` before a head does, and the right
 * side every larger one. What it gives for those is the mean over windows of the first size of what the left side gives
 * for each; a softmax at the end is left for after the mean. Here the windows are computed one by one.
 */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { Graph, GraphNode } from '../../graph/graph.ts';
import { interpret } from '../../graph/interpret.ts';
import { freed } from '../../build/freed.ts';
import { retyped } from '../../graph/retype.ts';
import { elements, tensor, type Tensor } from '../../numeric/tensor.ts';
import { isExtent } from '../../ops/parts/args.ts';
import { flattening } from '../../ops/roles.ts';
import { rowOf } from '../../ops/table.ts';
import { extentOf, image } from '../../ops/types.ts';
import { rewrittenWeights } from '../match/weight-values.ts';
import type { Choices } from './choices.ts';
import type { Numbers } from './random-weights.ts';

/** Both results for a larger image. */
type OnLarger = { readonly input: Tensor; readonly expected: Tensor; readonly found: Tensor };

/** Undefined when the rule frees no size, or takes no image that is so much larger. */
export const onLargerImage = (
  before: Graph,
  after: Graph,
  choose: Choices,
  numbers: Numbers,
): OnLarger | undefined => {
  const { type } = before.input;
  if (type.tag !== 'map' || typeof type.c !== 'number') return undefined;
  if (E.isRight(freed(before)) || E.isLeft(freed(after))) return undefined;
  const [h, w] = [type.h, type.w].map((axis) => (axis === 'unknown' ? 1 : (extentOf(axis) ?? 1)));
  if (h === undefined || w === undefined) return undefined;
  const large = [h + choose.of(1, 2, 4), w + choose.of(1, 0, 2, 3)] as const;
  const wide = retyped(after, image(...large, type.c));
  if (E.isLeft(wide)) return undefined;
  const input = numbers.image([1, ...large, type.c]);
  const found = outputOf(wide.right, input, rewrittenWeights(after, numbers.weight));
  const { scores, last } = beforeSoftmax(before);
  const [down, right] = [strideOf(before, 'h'), strideOf(before, 'w')];
  const each: Tensor[] = [];
  for (let y = 0; y + h <= large[0]; y += down)
    for (let x = 0; x + w <= large[1]; x += right)
      each.push(outputOf(scores, windowAt(input, y, x, h, w), numbers.weight));
  const mean = meanOf(each);
  return {
    input,
    found,
    expected: last === undefined ? mean : rowOf(last.op).reference(last.args, [mean], {}),
  };
};

const outputOf = (graph: Graph, input: Tensor, weight: (path: string) => Tensor): Tensor => {
  const [main] = graph.outputs;
  const found = main && interpret({ ...graph, outputs: [main] }, input, weight).get(main.name);
  if (found === undefined) throw new Bug(`${graph.net} has no output`);
  return { ...found, shape: [1, elements(found.shape)] };
};

/** The net up to a softmax that only `flatten` follows, and that softmax. */
const beforeSoftmax = (
  graph: Graph,
): { readonly scores: Graph; readonly last: GraphNode | undefined } => {
  const [main] = graph.outputs;
  const byId = new Map(graph.nodes.map((n) => [n.id, n]));
  let last = main && byId.get(main.id);
  while (last !== undefined && last.op === flattening.name) last = byId.get(last.inputs[0]!);
  if (main === undefined || last === undefined || rowOf(last.op).sumsToOne !== true)
    return { scores: graph, last: undefined };
  return { scores: { ...graph, outputs: [{ ...main, id: last.inputs[0]! }] }, last };
};

/** How far apart the windows lie that neighbouring pixels before the head see. */
const strideOf = ({ nodes }: Graph, axis: 'h' | 'w'): number =>
  nodes.reduce((product, { args }) => {
    const stride = args['stride'];
    return stride !== undefined && typeof stride === 'object' && isExtent(stride)
      ? product * stride[axis]
      : product;
  }, 1);

const windowAt = (
  { shape, data }: Tensor,
  top: number,
  left: number,
  h: number,
  w: number,
): Tensor => {
  const [, , width, c] = shape as [number, number, number, number];
  const rows = Array.from({ length: h }, (_, y) => {
    const from = ((top + y) * width + left) * c;
    return [...data.subarray(from, from + w * c)];
  });
  return tensor([1, h, w, c], rows.flat());
};

const meanOf = (all: readonly Tensor[]): Tensor => {
  const [first] = all;
  if (first === undefined) throw new Bug('no window fits');
  const sums = all.reduce(
    (sum, { data }) => sum.map((x, i) => x + (data[i] ?? 0)),
    new Float64Array(first.data.length),
  );
  return tensor(
    first.shape,
    sums.map((x) => x / all.length),
  );
};
