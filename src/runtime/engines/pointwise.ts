/** Arithmetic in one pass over numbers, where a backend has a memory for it; and kernel by kernel elsewhere. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Arithmetic, ArithmeticStep, Term } from '../../kernel/kernel.ts';
import { entries, entry, type Calling, type Entry } from './call.ts';
import { after } from './compose.ts';
import type { RegistryName } from './registry-shapes.ts';
import { sumOver } from './means.ts';

/** Their names in the registry. */
const registered = {
  AddV2: 'Add',
  Sub: 'Sub',
  Mul: 'Multiply',
  RealDiv: 'RealDiv',
  Square: 'Square',
  Sqrt: 'Sqrt',
} as const satisfies { readonly [Op in Arithmetic]: RegistryName };
type Name = (typeof registered)[Arithmetic];

/** The index of the last step that reads what a step makes, by step. */
const lastReaders = (steps: readonly ArithmeticStep[]): ReadonlyMap<number, number> =>
  new Map(
    steps.flatMap(({ of }, index) =>
      of.flatMap((term) => (term.tag === 'step' ? [[term.index, index] as const] : [])),
    ),
  );

/** What each step makes, of which `results` stay. */
const stepByStep = (
  steps: readonly ArithmeticStep[],
  results: readonly number[],
  on: Calling<Name>,
): readonly TensorInfo[] => {
  const made: TensorInfo[] = [];
  const lasts = lastReaders(steps);
  const numbers = new Map<number, TensorInfo>();
  const number = (value: number): TensorInfo => {
    const tensor = numbers.get(value) ?? on.constant([], Float32Array.of(value));
    numbers.set(value, tensor);
    return tensor;
  };
  const read = (term: Term): TensorInfo => {
    if (term.tag === 'number') return number(term.value);
    return term.tag === 'operand' ? on.operand(term.index) : made[term.index]!;
  };
  steps.forEach(({ op, of }, index) => {
    const [a, b] = of.map(read);
    const inputs: { readonly [name: string]: TensorInfo } =
      b === undefined ? { x: a! } : { a: a!, b };
    const spent = made.filter((_, i) => lasts.get(i) === index && !results.includes(i));
    made.push(after(on, on.run(registered[op], inputs, {}), ...spent));
  });
  return results.map((index) => made[index]!);
};

export const pointwise: Entry<'Pointwise'> = entries(Object.values(registered), (kernel, on) => {
  const { computeAll, products, shapes, results } = on;
  if (computeAll === undefined || products === undefined)
    return stepByStep(kernel.steps, kernel.results, on);
  const operands = shapes.map((_, i) => on.operand(i));
  return computeAll(results, operands, (outs, numbers) =>
    products.pointwise(kernel, outs, numbers),
  );
});

/** The sum of squares of one operand. */
const ofOne = (on: Calling<'Square' | 'Sum'>, index: number): TensorInfo => {
  const squares = on.run('Square', { x: on.operand(index) }, {});
  return after(on, sumOver(on, squares, [...on.shapes[index]!.keys()]), squares);
};

export const sumOfSquares: Entry<'SumOfSquares'> = entry(['Square', 'Sum', 'Add'], (_, on) => {
  const { computeAll, products, shapes } = on;
  if (computeAll !== undefined && products !== undefined) {
    const operands = shapes.map((_shape, i) => on.operand(i));
    const [sum] = computeAll([[]], operands, ([out], all) => {
      out![0] = all.reduce((squares, x) => squares + products.sumOfSquares(x), 0);
    });
    return sum!;
  }
  return shapes.slice(1).reduce(
    (sum, _shape, i) => {
      const more = ofOne(on, i + 1);
      return after(on, on.run('Add', { a: sum, b: more }, {}), sum, more);
    },
    ofOne(on, 0),
  );
});
