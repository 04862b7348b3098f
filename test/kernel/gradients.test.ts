/** The gradient of each kernel is what its reference does when an operand is moved a little. */
import { describe, expect, it } from 'vitest';
import type { Lowered } from '../../src/kernel/kernel.ts';
import { isBatched, kernelRow, kernelTable, operandOf } from '../../src/kernel/table.ts';
import { elements, tensor, type Tensor } from '../../src/numeric/tensor.ts';
import { numbers } from '../lower/graphs.ts';
import { differentiated, evaluator, type Known } from './expressions.ts';
import { kernelCases, kernelNames, referenceOf, type KernelCase } from './samples.ts';

const randomLike = ({ shape }: Tensor, seed: number): Tensor =>
  tensor(shape, numbers(elements(shape), seed));

const product = (a: Tensor, b: Tensor): number =>
  a.data.reduce((sum, number, i) => sum + number * b.data[i]!, 0);

/** Some loss of the results: the sum of each number times that of a random direction. */
const lossOf = (c: KernelCase, directions: readonly Tensor[]): number =>
  referenceOf(c).reduce((sum, result, i) => sum + product(result, directions[i]!), 0);

const moved = (c: KernelCase, operand: number, place: number, by: number): KernelCase => ({
  ...c,
  operands: c.operands.map((t, i) =>
    i === operand ? { ...t, data: t.data.map((n, k) => (k === place ? n + by : n)) } : t,
  ),
});

const step = 2 ** -17;

/** The derivative of the loss by one number; undefined at a kink, where it has two. */
const slope = (
  c: KernelCase,
  directions: readonly Tensor[],
  operand: number,
  place: number,
): number | undefined => {
  const [before, here, after] = [-step, 0, step].map((by) =>
    lossOf(moved(c, operand, place, by), directions),
  );
  const [left, right] = [(here! - before!) / step, (after! - here!) / step];
  const central = (after! - before!) / (2 * step);
  return Math.abs(right - left) > 1e-2 * (1 + Math.abs(central)) ? undefined : central;
};

/** Every number of a small operand, and some of a large one. */
const placesOf = (count: number): readonly number[] =>
  Array.from({ length: Math.min(count, 60) }, (_, i) =>
    Math.floor((i * count) / Math.min(count, 60)),
  );

type Derived = {
  readonly case: KernelCase;
  readonly directions: readonly Tensor[];
  readonly gradients: readonly (Known | undefined)[];
};

const derive = (c: KernelCase): Derived => {
  const { gradient } = kernelRow(c.kernel);
  if (gradient === 'none') throw new Error(`${c.title} has no gradient`);
  const results = referenceOf(c);
  const directions = results.map((t, i) => randomLike(t, 31 + i));
  const made = [results, directions].flatMap((all) =>
    all.map((of, i): Known => ({ tensor: of, batched: isBatched(c.kernel, c.batched, i) })),
  );
  const given = [...c.operands.map((of, i) => ({ tensor: of, batched: c.batched[i]! })), ...made];
  const expressions = gradient(c.kernel, differentiated(c.operands.length, results.length));
  expect(expressions.length, c.title).toBe(c.operands.length);
  const value = evaluator(given);
  return {
    case: c,
    directions,
    gradients: expressions.map((e) => (e === undefined ? undefined : value(e))),
  };
};

const derivable = kernelNames.filter((op) => kernelTable[op].gradient !== 'none');

const cases = derivable.flatMap((op) => kernelCases(op).map((c) => ({ title: c.title, case: c })));

describe('the gradient', () => {
  it.each(cases)('of $title', ({ case: c }) => {
    const derived = derive(c);
    derived.gradients.forEach((gradient, operand) => {
      const { shape, data } = c.operands[operand]!;
      if (operandOf(c.kernel, operand).of === 'shape') expect(gradient).toBeUndefined();
      if (gradient !== undefined) {
        expect(gradient.tensor.shape).toEqual(shape);
        expect(gradient.batched).toBe(c.batched[operand]);
      }
      let compared = 0;
      for (const place of placesOf(data.length)) {
        const expected = slope(c, derived.directions, operand, place);
        if (expected === undefined) continue;
        compared++;
        const found = gradient?.tensor.data[place] ?? 0;
        const off = Math.abs(found - expected) / (1 + Math.abs(expected));
        expect(off, `operand ${operand}, number ${place}: ${found}, ${expected}`).toBeLessThan(
          1e-6,
        );
      }
      const ties = c.operands[operand]!.data.every(Number.isInteger);
      if (!ties) expect(compared).toBeGreaterThan(0);
    });
  });

  it('is there for every kernel that an operator lowers to', () => {
    const without = kernelNames.filter((op) => !derivable.includes(op));
    expect(without).toEqual([
      'BatchNormGrad',
      'MaxPoolGrad',
      'LRNGrad',
      'Pointwise',
      'ConcatV2Grad',
    ]);
  });
});

/** The numbers that must be there when the way back begins. */
const keeps = (c: KernelCase): string => {
  const { gradient, operands, results } = kernelRow(c.kernel);
  if (gradient === 'none') return 'no gradient';
  const of = differentiated(c.operands.length, results.length);
  const names = new Map<Lowered, string>([
    ...of.operands.map((l, i) => [l, operands[i]?.name ?? operands.at(-1)!.name] as const),
    ...of.results.map((l, i) => [l, results[i]!] as const),
  ]);
  const kept = new Set<string>();
  const visit = (l: Lowered): void => {
    if (l.tag === 'result') visit(l.of);
    if (l.tag !== 'kernel') return;
    l.inputs.forEach((input, i) => {
      const name = names.get(input);
      if (name === undefined) visit(input);
      else if (operandOf(l.kernel, i).of === 'value') kept.add(name);
    });
  };
  for (const expression of gradient(c.kernel, of)) if (expression !== undefined) visit(expression);
  return [...kept].sort().join(' ') || 'nothing';
};

it('keeps the least that will do', () => {
  const table = kernelNames.map((op) => `${op}: ${keeps(kernelCases(op)[0]!)}`);
  expect(`\n${table.join('\n')}\n`).toMatchInlineSnapshot(`
    "
    Conv2D: filter x
    DepthwiseConv2dNative: filter x
    Conv2DBackpropInput: dy filter
    MatMul: a b
    BiasAdd: nothing
    Fused: filter x y
    Relu: y
    Relu6: y
    LeakyRelu: y
    Sigmoid: y
    Tanh: y
    Softmax: y
    MaxPool: x
    AvgPool: nothing
    Mean: nothing
    BatchNorm: gamma mean variance x
    BatchNormGrad: no gradient
    FusedBatchNormV3: gamma mean variance x
    LRN: x
    PadV2: nothing
    PadSame: nothing
    Reshape: nothing
    Slice: nothing
    ConcatV2: nothing
    AddV2: nothing
    Sub: nothing
    Mul: a b
    RealDiv: b y
    Pow: a b y
    Square: x
    OnesLike: nothing
    Erf: x
    Softplus: x
    ResizeNearestNeighbor: nothing
    ResizeBilinear: nothing
    Exp: y
    Log: x
    Conv2DBackpropInputV2: dy filter
    Conv2DBackpropFilterV2: dy x
    DepthwiseConv2dNativeBackpropInput: dy filter
    DepthwiseConv2dNativeBackpropFilter: dy x
    MaxPoolGrad: no gradient
    AvgPoolGrad: nothing
    LRNGrad: no gradient
    ResizeBilinearGrad: nothing
    LogSoftmax: y
    ReluGrad: y
    Sqrt: y
    Pointwise: no gradient
    Sum: nothing
    SumOfSquares: x
    Spread: nothing
    Count: nothing
    BroadcastTo: nothing
    SumTo: nothing
    ReshapeLike: nothing
    SliceGrad: nothing
    PadV2Grad: nothing
    PadSameGrad: nothing
    ConcatV2Grad: no gradient
    "
  `);
});

describe('the first of several largest in row-major order', () => {
  const pool = { window: [2, 2], strides: [2, 2], padding: 'VALID' } as const;
  const gradient = (...x: readonly number[]): readonly number[] => {
    const [dx] = kernelTable.MaxPoolGrad.reference(
      { op: 'MaxPoolGrad', ...pool },
      [tensor([1, 2, 2, 1], x), tensor([1, 1, 1, 1], [5])],
      [true, true],
    );
    return [...dx!.data];
  };

  it('has the gradient of a maximum pool', () => {
    expect(gradient(0, 0, 0, 0)).toEqual([5, 0, 0, 0]);
    expect(gradient(-3, -1, -1, -2)).toEqual([0, 5, 0, 0]);
    expect(gradient(-4, -3, -2, -2)).toEqual([0, 0, 5, 0]);
    expect(gradient(1, 2, 3, 4)).toEqual([0, 0, 0, 5]);
  });
});
