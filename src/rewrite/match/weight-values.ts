/** The numbers of rewritten weights, in float64, from those of the source. */
import { absurd, Bug } from '../../diagnostic/bug.ts';
import type { Graph, GraphWeight, WeightValue } from '../../graph/graph.ts';
import { elements, sameShape, tensor, zeros, type Tensor } from '../../numeric/tensor.ts';
import { sourceValue } from '../../graph/weights.ts';

/** A weight of the source by its path. */
export type Read = (path: string) => Tensor;

/** The weights of the source that expressions read, by path, in the order in which they are met. */
const sourcesIn = (values: readonly WeightValue[]): ReadonlyMap<string, GraphWeight> => {
  const found = new Map<string, GraphWeight>();
  const seen = new Set<WeightValue>();
  const visit = (v: WeightValue): void => {
    if (seen.has(v)) return;
    seen.add(v);
    if (v.tag === 'source') found.set(v.weight.path, v.weight);
    partsOf(v).forEach(visit);
  };
  values.forEach(visit);
  return found;
};

/** Every weight that the values of a graph read, in order of execution: the content of its weight file. */
export const sourceWeights = ({ nodes }: Graph): readonly GraphWeight[] => [
  ...sourcesIn(nodes.flatMap((n) => n.weights.map(sourceValue))).values(),
];

/** The paths that one value reads, each once. */
export const sourcesOf = (value: WeightValue): readonly string[] => [...sourcesIn([value]).keys()];

const partsOf = (v: WeightValue): readonly WeightValue[] => {
  switch (v.tag) {
    case 'source':
    case 'constant':
      return [];
    case 'arithmetic':
      return [v.left, v.right];
    case 'concat':
      return v.parts;
    default:
      return [v.of];
  }
};

/** Expressions that occur in several places, such as the factors of a batch norm. */
const sharedIn = (weights: Iterable<GraphWeight>): ReadonlySet<WeightValue> => {
  const [seen, shared] = [new Set<WeightValue>(), new Set<WeightValue>()];
  const visit = (v: WeightValue): void => {
    if (seen.has(v)) shared.add(v);
    else {
      seen.add(v);
      partsOf(v).forEach(visit);
    }
  };
  for (const { value } of weights) if (value !== undefined) visit(value);
  return shared;
};

/** The weights of a graph by path, computed on demand; only shared parts are kept. */
export const rewrittenWeights = (graph: Graph, read: Read): Read => {
  const known = new Map<WeightValue, Tensor>();
  const weights = new Map(graph.nodes.flatMap((n) => n.weights).map((w) => [w.path, w]));
  const shared = sharedIn(weights.values());
  return (path) => {
    const value = weights.get(path)?.value;
    return value === undefined ? read(path) : evaluated(value, read, shared, known);
  };
};

/** A part that several weights share is computed once. */
const evaluated = (
  v: WeightValue,
  read: Read,
  shared: ReadonlySet<WeightValue>,
  known: Map<WeightValue, Tensor>,
): Tensor => {
  const before = known.get(v);
  if (before !== undefined) return before;
  const result = computed(v, (part) => evaluated(part, read, shared, known));
  if (v.tag !== 'source' && shared.has(v)) known.set(v, result);
  if (v.tag === 'source') {
    if (!sameShape(result.shape, v.shape))
      throw new Bug(`${v.weight.path} is [${result.shape}] and not [${v.shape}]`);
  }
  return result;

  function computed(value: WeightValue, of: (part: WeightValue) => Tensor): Tensor {
    switch (value.tag) {
      case 'source':
        return read(value.weight.path);
      case 'constant':
        return tensor(value.shape, new Float64Array(elements(value.shape)).fill(value.value));
      case 'arithmetic':
        return arithmetic(value, of(value.left), of(value.right));
      case 'sqrt':
        return { shape: value.shape, data: of(value.of).data.map(Math.sqrt) };
      case 'reshape':
        return { shape: value.shape, data: of(value.of).data };
      case 'transpose':
        return transpose(of(value.of), value.order, value.shape);
      case 'sum':
        return value.of.tag === 'arithmetic' && value.of.sign === '*'
          ? contracted(value, of(value.of.left), of(value.of.right), value.of.shape)
          : sum(of(value.of), value.axis, value.shape);
      case 'concat':
        return concat(value.parts.map(of), value.axis, value.shape);
      default:
        return absurd(value);
    }
  }
};

/** The steps of `t` along the axes of `shape`, to which it is broadcast; 0 along an axis where it is repeated. */
const stridesIn = (t: Tensor, shape: readonly number[]): readonly number[] =>
  shape.map((_, i) => {
    const axis = i - shape.length + t.shape.length;
    if (axis < 0 || t.shape[axis] === 1) return 0;
    return elements(t.shape.slice(axis + 1));
  });

/** Calls `at` for every place of `shape` in order, with the places in two tensors of those steps. */
const walk = (
  shape: readonly number[],
  a: readonly number[],
  b: readonly number[],
  at: (i: number, j: number) => void,
): void => {
  const last = shape.length - 1;
  const along = (axis: number, i: number, j: number): void => {
    const [n, da, db] = [shape[axis]!, a[axis]!, b[axis]!];
    if (axis === last) for (let k = 0; k < n; k++) at(i + k * da, j + k * db);
    else for (let k = 0; k < n; k++) along(axis + 1, i + k * da, j + k * db);
  };
  if (last < 0) at(0, 0);
  else along(0, 0, 0);
};

const operations = {
  '+': (a: number, b: number): number => a + b,
  '-': (a: number, b: number): number => a - b,
  '*': (a: number, b: number): number => a * b,
  '/': (a: number, b: number): number => a / b,
} as const;

const arithmetic = (
  { sign, shape }: Extract<WeightValue, { readonly tag: 'arithmetic' }>,
  left: Tensor,
  right: Tensor,
): Tensor => {
  const out = zeros(shape);
  const f = operations[sign];
  let place = 0;
  walk(shape, stridesIn(left, shape), stridesIn(right, shape), (i, j) => {
    out.data[place++] = f(left.data[i]!, right.data[j]!);
  });
  return out;
};

/** The sum along an axis of a product, without storing the product: that of two 1×1 kernels is large. */
const contracted = (
  { axis, shape }: Extract<WeightValue, { readonly tag: 'sum' }>,
  left: Tensor,
  right: Tensor,
  whole: readonly number[],
): Tensor => {
  const out = zeros(shape);
  const [a, b] = [stridesIn(left, whole), stridesIn(right, whole)];
  const [n, da, db] = [whole[axis]!, a[axis]!, b[axis]!];
  const others = (steps: readonly number[]): readonly number[] =>
    steps.filter((_, i) => i !== axis);
  let place = 0;
  walk(shape, others(a), others(b), (i, j) => {
    let total = 0;
    for (let k = 0; k < n; k++) total += left.data[i + k * da]! * right.data[j + k * db]!;
    out.data[place++] = total;
  });
  return out;
};

const transpose = (t: Tensor, order: readonly number[], shape: readonly number[]): Tensor => {
  const steps = order.map((axis) => elements(t.shape.slice(axis + 1)));
  const out = zeros(shape);
  let place = 0;
  walk(shape, steps, steps, (i) => {
    out.data[place++] = t.data[i]!;
  });
  return out;
};

const sum = (t: Tensor, axis: number, shape: readonly number[]): Tensor => {
  const out = zeros(shape);
  const inner = elements(t.shape.slice(axis + 1));
  const n = t.shape[axis]!;
  t.data.forEach((value, i) => {
    const to = Math.floor(i / (inner * n)) * inner + (i % inner);
    out.data[to] = out.data[to]! + value;
  });
  return out;
};

const concat = (parts: readonly Tensor[], axis: number, shape: readonly number[]): Tensor => {
  const out = zeros(shape);
  const width = (t: { readonly shape: readonly number[] }): number => elements(t.shape.slice(axis));
  const whole = width(out);
  let from = 0;
  for (const t of parts) {
    const n = width(t);
    for (let row = 0; row * n < t.data.length; row++)
      out.data.set(t.data.subarray(row * n, (row + 1) * n), row * whole + from);
    from += n;
  }
  return out;
};
