/** Passes over numbers in WebAssembly: step by step what the kernels of the same names round to, and nothing beside. */
import { describe, expect, it } from 'vitest';
import type { Arithmetic, ArithmeticStep, KernelOf, Term } from '../../../src/kernel/kernel.ts';
import { zeros } from '../../../src/numeric/tensor.ts';
import { bench, numbers } from './memory.ts';

const operand = (index: number): Term => ({ tag: 'operand', index });
const made = (index: number): Term => ({ tag: 'step', index });

/** √(a² + 3) / (b − 0.1·c), of which c is one number. */
const steps: readonly ArithmeticStep[] = [
  { op: 'Square', of: [operand(0)] },
  { op: 'AddV2', of: [made(0), { tag: 'number', value: 3 }] },
  { op: 'Sqrt', of: [made(1)] },
  { op: 'Mul', of: [{ tag: 'number', value: 0.1 }, operand(2)] },
  { op: 'Sub', of: [operand(1), made(3)] },
  { op: 'RealDiv', of: [made(2), made(4)] },
];
const kernel: KernelOf<'Pointwise'> = { op: 'Pointwise', steps, results: [5, 1, 4] };

const rounded: { readonly [Op in Arithmetic]: (a: number, b: number) => number } = {
  AddV2: (a, b) => Math.fround(a + b),
  Sub: (a, b) => Math.fround(a - b),
  Mul: (a, b) => Math.fround(a * b),
  RealDiv: (a, b) => Math.fround(a / b),
  Square: (a) => Math.fround(a * a),
  Sqrt: (a) => Math.fround(Math.sqrt(a)),
};

/** What the steps make of single numbers. */
const following = (operands: readonly number[]): readonly number[] => {
  const all: number[] = [];
  const read = (term: Term): number =>
    term.tag === 'number'
      ? Math.fround(term.value)
      : (term.tag === 'operand' ? operands : all)[term.index]!;
  for (const { op, of } of steps) {
    const [a = NaN, b = NaN] = of.map(read);
    all.push(rounded[op](a, b));
  }
  return kernel.results.map((index) => all[index]!);
};

const lengths = [1, 2, 3, 4, 5, 7, 8, 9, 31, 1000] as const;

describe.each(lengths)('over %i numbers', (n) => {
  it('makes of each what its kernels make, bit for bit', () => {
    const { products, put, made: within } = bench();
    const [a, b, c] = [numbers([n], 'a'), numbers([n], 'b'), numbers([1], 'c')];
    const from = [a, b, c].map(put);
    const others = kernel.results.slice(1).map(() => put(zeros([n])));
    const first = within([n], (out) =>
      products.pointwise(
        kernel,
        [out, ...others.map((array) => array())],
        from.map((array) => array()),
      ),
    );
    const expected = Array.from(a.data, (number, i) => following([number, b.data[i]!, c.data[0]!]));
    [first, ...others.map((array) => array())].forEach((result, i) =>
      expect(result).toEqual(Float32Array.from(expected, (all) => all[i]!)),
    );
  });

  it('adds up squares in float64', () => {
    const { products, put } = bench();
    const x = numbers([n], 'x');
    const [large, broken] = [x, x].map((t) => ({ ...t, data: t.data.slice() }));
    large!.data[n - 1] = 3e38;
    broken!.data[n - 1] = NaN;
    const sum = x.data.reduce((all, number) => all + number * number, 0);
    const rest = sum - x.data[n - 1]! ** 2;
    expect(products.sumOfSquares(put(x)())).toBeCloseTo(sum, 9);
    expect(products.sumOfSquares(put(large!)())).toBe(Math.fround(3e38) ** 2 + rest);
    expect(products.sumOfSquares(put(broken!)())).toBeNaN();
  });
});

it('reads nothing behind the last number', () => {
  const { products, putLast } = bench();
  const x = numbers([7], 'x');
  const array = putLast(x);
  const half: KernelOf<'Pointwise'> = {
    ...{ op: 'Pointwise', results: [0] },
    steps: [{ op: 'Mul', of: [operand(0), { tag: 'number', value: 0.5 }] }],
  };
  products.pointwise(half, [array()], [array()]);
  expect(array()).toEqual(Float32Array.from(x.data, (number) => number / 2));
  expect(products.sumOfSquares(array())).toBeCloseTo(
    x.data.reduce((all, number) => all + number ** 2 / 4, 0),
    9,
  );
});

it('tells numbers apart that look alike', () => {
  const { products, put } = bench();
  const x = { shape: [1], data: Float64Array.of(1) };
  const [array, out] = [put(x), put(zeros([1]))];
  const of = (steps: readonly ArithmeticStep[]): number => {
    const pass: KernelOf<'Pointwise'> = { op: 'Pointwise', steps, results: [steps.length - 1] };
    products.pointwise(pass, [out()], [array()]);
    return out()[0]!;
  };
  const number = (value: number): Term => ({ tag: 'number', value });
  const over = (value: number): number => of([{ op: 'RealDiv', of: [operand(0), number(value)] }]);
  expect([0, -0, Infinity, -Infinity].map(over)).toEqual([Infinity, -Infinity, 0, -0]);
  // both zeros in one pass: 1/0 + 1/−0
  const both: readonly ArithmeticStep[] = [
    { op: 'RealDiv', of: [operand(0), number(0)] },
    { op: 'RealDiv', of: [operand(0), number(-0)] },
    { op: 'AddV2', of: [made(0), made(1)] },
  ];
  expect(of(both)).toBeNaN();
});
