/** The numbers of rewritten weights, in float64, from those of the source. */
import { absurd, Bug } from '../../diagnostic/bug.ts';
import type { Graph, GraphWeight, WeightValue } from '../../graph/graph.ts';
import { elements, sameShape, tensor, zeros, type Tensor } from '../../numeric/tensor.ts';
import { partsFirst, partsOf, sourcesIn, sourceValue } from '../../graph/weights.ts';

/** A weight of the source by its path. */
export type Read = (path: string) => Tensor;

/** Every weight that the values of a graph read, in order of execution: the content of its weight file. */
export const sourceWeights = ({ nodes }: Graph): readonly GraphWeight[] => [
  ...sourcesIn(nodes.flatMap((n) => n.weights.map(sourceValue))).values(),
];

/** Expressions that occur in several places, such as the factors of a batch norm. */
const sharedIn = (weights: Iterable<GraphWeight>): ReadonlySet<WeightValue> => {
  const [seen, shared] = [new Set<WeightValue>(), new Set<WeightValue>()];
  const values = Array.from(weights).flatMap(({ value }) => value ?? []);
  for (const v of [...values, ...partsFirst(values).flatMap(partsOf)])
    (seen.has(v) ? shared : seen).add(v);
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

/** The product below a sum, which is not stored: that of two 1×1 kernels is large. */
const productIn = (
  v: WeightValue,
): Extract<WeightValue, { readonly tag: 'arithmetic' }> | undefined =>
  v.tag === 'sum' && v.of.tag === 'arithmetic' && v.of.sign === '*' ? v.of : undefined;

/** What must be computed before a value. */
export const operandsOf = (v: WeightValue): readonly WeightValue[] => partsOf(productIn(v) ?? v);

/** Each part is computed once, and kept until the last that reads it; what several weights share is kept longer. */
const evaluated = (
  whole: WeightValue,
  read: Read,
  shared: ReadonlySet<WeightValue>,
  known: Map<WeightValue, Tensor>,
): Tensor => {
  const order = partsFirst([whole], (v) => (known.has(v) ? [] : operandsOf(v)));
  const left = new Map<WeightValue, number>();
  for (const v of order)
    if (!known.has(v)) for (const part of operandsOf(v)) left.set(part, (left.get(part) ?? 0) + 1);
  const values = new Map<WeightValue, Tensor>();
  const valueOf = (v: WeightValue): Tensor => {
    const found = known.get(v) ?? values.get(v);
    if (found === undefined) throw new Bug('a part of a weight is not computed');
    return found;
  };
  for (const v of order) {
    if (known.has(v)) continue;
    const result = computed(v, read, valueOf);
    if (v.tag === 'source' && !sameShape(result.shape, v.shape))
      throw new Bug(`${v.weight.path} is [${result.shape}] and not [${v.shape}]`);
    (v.tag !== 'source' && shared.has(v) ? known : values).set(v, result);
    for (const part of operandsOf(v)) {
      left.set(part, left.get(part)! - 1);
      if (left.get(part) === 0) values.delete(part);
    }
  }
  return valueOf(whole);
};

const computed = (value: WeightValue, read: Read, of: (part: WeightValue) => Tensor): Tensor => {
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
    case 'sum': {
      const product = productIn(value);
      return product === undefined
        ? sum(of(value.of), value.axis, value.shape)
        : contracted(value, of(product.left), of(product.right), product.shape);
    }
    case 'concat':
      return concat(value.parts.map(of), value.axis, value.shape);
    default:
      return absurd(value);
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
