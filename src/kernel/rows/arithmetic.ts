/** Arithmetic on single numbers, of two operands that broadcast or of one. */
import { normalBelow } from '../../numeric/normal.ts';
import { over, plus, scalar, scaled, squared, summedTo, times } from '../formulas.ts';
import { kernel, type Lowered } from '../kernel.ts';
import { at, each, filled } from '../loops.ts';
import { asFirst, fixed, of, sample, shapeOnly, value, type KernelRow } from '../row.ts';
import { broadcast } from '../shape.ts';

type Binary = 'AddV2' | 'Sub' | 'Mul' | 'RealDiv' | 'Pow';

/** The derivatives by a and b, where g is the gradient of y = f(a, b). */
type Slopes = (of: {
  readonly a: Lowered;
  readonly b: Lowered;
  readonly y: Lowered;
  readonly g: Lowered;
}) => readonly [a: Lowered, b: Lowered];

/** What was repeated to fit has as its gradient the sum over its repetitions. */
const binary = (f: (a: number, b: number) => number, slopes: Slopes): KernelRow<Binary> => ({
  operands: [value('a'), value('b')],
  results: ['y'],
  shapes: (_, [a, b]) => [broadcast(a, b)],
  reference: (_, [a, b]) => [
    filled(broadcast(a.shape, b.shape), (place) => f(at(a, place), at(b, place))),
  ],
  gradient: (_, { operands, results, gradients }) => {
    const [a, b] = [operands[0], operands[1]];
    const [byA, byB] = slopes({ a, b, y: results[0], g: gradients[0] });
    return [summedTo(byA, a), summedTo(byB, b)];
  },
  // bases and divisors are positive, so that every kernel is defined, and far from where it is not
  samples: [
    sample({}, of('positive', [2, 3, 5, 3]), of('positive', [2, 3, 5, 3])),
    sample({}, of('positive', [2, 3, 5, 3]), fixed([3], 'positive')),
    sample({}, of('positive', [2, 1, 1, 3]), of('positive', [2, 3, 1, 3])),
    sample({}, of('positive', [3, 7]), fixed([], 'positive')),
    sample({}, fixed([], 'positive'), fixed([2, 5], 'positive')),
  ],
});

export const addV2: KernelRow<'AddV2'> = binary(
  (a, b) => a + b,
  ({ g }) => [g, g],
);
export const sub: KernelRow<'Sub'> = binary(
  (a, b) => a - b,
  ({ g }) => [g, scaled(-1, g)],
);
export const mul: KernelRow<'Mul'> = binary(
  (a, b) => a * b,
  ({ a, b, g }) => [times(g, b), times(g, a)],
);
export const realDiv: KernelRow<'RealDiv'> = binary(
  (a, b) => a / b,
  ({ b, y, g }) => [over(g, b), scaled(-1, over(times(g, y), b))],
);
/** By b it is defined for positive a. */
export const pow: KernelRow<'Pow'> = binary(
  (a, b) => a ** b,
  ({ a, b, y, g }) => {
    const before = kernel({ op: 'Pow' }, a, plus(b, scalar(-1)));
    return [times(g, times(b, before)), times(g, times(y, kernel({ op: 'Log' }, a)))];
  },
);

/** y = x² */
export const square: KernelRow<'Square'> = {
  operands: [value('x')],
  results: ['y'],
  shapes: asFirst,
  reference: (_, [x]) => [each((n) => n * n)(x)],
  gradient: (_, { operands, gradients }) => [times(gradients[0], scaled(2, operands[0]))],
  samples: [sample({}, [2, 3, 5, 3]), sample({}, [3, 1])],
};

/** y = √x, of positive x */
export const sqrt: KernelRow<'Sqrt'> = {
  operands: [value('x')],
  results: ['y'],
  shapes: asFirst,
  reference: (_, [x]) => [each(Math.sqrt)(x)],
  gradient: (_, { results, gradients }) => [over(gradients[0], scaled(2, results[0]))],
  samples: [sample({}, of('positive', [2, 3, 5, 3])), sample({}, of('positive', [3, 1]))],
  training: true,
};

/** y = 2/√π ∫₀ˣ e^(−t²) dt, which is 2 Φ(x√2) − 1 with Φ of the normal distribution. */
export const erf: KernelRow<'Erf'> = {
  operands: [value('x')],
  results: ['y'],
  shapes: asFirst,
  reference: (_, [x]) => [each((n) => 2 * normalBelow(n * Math.SQRT2) - 1)(x)],
  gradient: (_, { operands, gradients }) => {
    const density = kernel({ op: 'Exp' }, scaled(-1, squared(operands[0])));
    return [times(gradients[0], scaled(2 / Math.sqrt(Math.PI), density))];
  },
  samples: [sample({}, [2, 3, 5, 3]), sample({}, of('negative', [3, 7]))],
};

/** y = ln(1 + e^x), as max(0, x) + ln(1 + e^−|x|), which does not overflow. */
export const softplus: KernelRow<'Softplus'> = {
  operands: [value('x')],
  results: ['y'],
  shapes: asFirst,
  reference: (_, [x]) => [each((n) => Math.max(0, n) + Math.log1p(Math.exp(-Math.abs(n))))(x)],
  gradient: (_, { operands, gradients }) => [
    times(gradients[0], kernel({ op: 'Sigmoid' }, operands[0])),
  ],
  samples: [sample({}, [2, 3, 5, 3]), sample({}, of('negative', [3, 7]))],
};

/** 1 wherever x is, whatever it is. */
export const onesLike: KernelRow<'OnesLike'> = {
  operands: [shapeOnly('x')],
  results: ['y'],
  shapes: asFirst,
  reference: (_, [x]) => [filled(x.shape, () => 1)],
  gradient: () => [undefined],
  samples: [sample({}, [2, 3, 5, 1]), sample({}, [3, 7])],
};

/** y = e^x */
export const exp: KernelRow<'Exp'> = {
  operands: [value('x')],
  results: ['y'],
  shapes: asFirst,
  reference: (_, [x]) => [each(Math.exp)(x)],
  gradient: (_, { results, gradients }) => [times(gradients[0], results[0])],
  samples: [sample({}, [2, 3, 5, 3]), sample({}, of('negative', [3, 7]))],
};

/** y = ln x, of positive x */
export const log: KernelRow<'Log'> = {
  operands: [value('x')],
  results: ['y'],
  shapes: asFirst,
  reference: (_, [x]) => [each(Math.log)(x)],
  gradient: (_, { operands, gradients }) => [over(gradients[0], operands[0])],
  samples: [sample({}, of('positive', [2, 3, 5, 3])), sample({}, of('positive', [3, 1]))],
};
