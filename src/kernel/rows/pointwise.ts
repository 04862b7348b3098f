/** Arithmetic on single numbers that is done in one pass over them. */
import { sameShape, type Tensor } from '../../numeric/tensor.ts';
import type { Arithmetic, ArithmeticStep, Kernel, KernelOf, Term } from '../kernel.ts';
import { fixed, of, sample, value, type KernelRow } from '../row.ts';
import { misfit, type Shape } from '../shape.ts';
import { addV2, mul, realDiv, sqrt, square, sub } from './arithmetic.ts';

/** The rows of the kernels that it does at once. */
export const arithmeticRows: { readonly [Op in Arithmetic]: KernelRow<Op> } = {
  AddV2: addV2,
  Sub: sub,
  Mul: mul,
  RealDiv: realDiv,
  Square: square,
  Sqrt: sqrt,
};

/** One kernel that does these steps, of which some make its results. */
export const pointwiseOf = (
  steps: readonly ArithmeticStep[],
  results: readonly number[],
): KernelOf<'Pointwise'> => ({ op: 'Pointwise', steps, results });

export const isPointwise = (k: Kernel): k is KernelOf<'Pointwise'> => k.op === 'Pointwise';

/** What each step makes, one after the other: of operands, of numbers, and of what steps before it made. */
const going = <A>(
  { steps, results }: Pick<KernelOf<'Pointwise'>, 'steps' | 'results'>,
  operands: readonly A[],
  number: (value: number) => A,
  make: (op: Arithmetic, of: readonly A[]) => A,
): readonly A[] => {
  const made: A[] = [];
  const read = (term: Term): A =>
    term.tag === 'number'
      ? number(term.value)
      : (term.tag === 'operand' ? operands : made)[term.index];
  for (const { op, of } of steps) made.push(make(op, of.map(read)));
  return results.map((index) => made[index]);
};

const shapeOf = <Op extends Arithmetic>(op: KernelOf<Op>, shapes: readonly Shape[]): Shape =>
  arithmeticRows[op.op].shapes(op, shapes, [])[0];

const computed = <Op extends Arithmetic>(op: KernelOf<Op>, operands: readonly Tensor[]): Tensor =>
  arithmeticRows[op.op].reference(op, operands, [])[0];

const operand = (index: number): Term => ({ tag: 'operand', index });
const made = (index: number): Term => ({ tag: 'step', index });
const number = (value: number): Term => ({ tag: 'number', value });

/** μ·x + y and x − η·that: how a velocity moves a weight. */
const momentum: readonly ArithmeticStep[] = [
  { op: 'Mul', of: [operand(0), number(0.9)] },
  { op: 'AddV2', of: [made(0), operand(1)] },
  { op: 'Mul', of: [made(1), operand(2)] },
  { op: 'Sub', of: [operand(0), made(2)] },
];

/** Every operation, and numbers on either side. */
const every: readonly ArithmeticStep[] = [
  { op: 'Square', of: [operand(0)] },
  { op: 'Sqrt', of: [operand(1)] },
  { op: 'AddV2', of: [number(1.5), made(1)] },
  { op: 'RealDiv', of: [made(0), made(2)] },
  { op: 'Sub', of: [number(0.25), made(3)] },
];

/** The results of some steps. All have one shape; an operand has it too, or is a single number for all. */
export const pointwise: KernelRow<'Pointwise'> = {
  operands: [{ ...value('x'), many: true }],
  results: ['y'],
  count: ({ results }) => results.length,
  shapes: (kernel, operands) => {
    const shapes = going<Shape>(
      kernel,
      operands,
      () => [],
      (op, of) => shapeOf({ op }, of),
    );
    const fits = (shape: Shape): boolean => shape.length === 0 || sameShape(shape, shapes[0]);
    return shapes.map((shape) =>
      operands.every(fits) && sameShape(shape, shapes[0]) ? shape : misfit,
    );
  },
  reference: (kernel, operands) =>
    going<Tensor>(
      kernel,
      operands,
      (n) => ({ shape: [], data: Float64Array.of(n) }),
      (op, of) => computed({ op }, of),
    ),
  // an update of weights, behind all gradients
  gradient: 'none',
  samples: [
    sample({ steps: momentum, results: [1, 3] }, [2, 3, 5, 3], [2, 3, 5, 3], fixed([])),
    sample({ steps: momentum, results: [3] }, [3, 2], [3, 2], [3, 2]),
    sample({ steps: every, results: [4, 2, 1] }, [5, 3], of('positive', [5, 3])),
    sample({ steps: every, results: [4] }, fixed([16]), fixed([], 'positive')),
    sample({ steps: every, results: [0, 4] }, fixed([1]), fixed([1], 'positive')),
  ],
  training: true,
};
