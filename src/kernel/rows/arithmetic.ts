/** Arithmetic on single numbers, of two operands that broadcast or of one. */
import { normalBelow } from '../../numeric/normal.ts';
import { at, each, filled } from '../loops.ts';
import { asFirst, fixed, of, sample, shapeOnly, value, type KernelRow } from '../row.ts';
import { broadcast } from '../shape.ts';

type Binary = 'AddV2' | 'Sub' | 'Mul' | 'RealDiv' | 'Pow';

const binary = (f: (a: number, b: number) => number): KernelRow<Binary> => ({
  operands: [value('a'), value('b')],
  results: ['y'],
  shapes: (_, [a, b]) => [broadcast(a, b)],
  reference: (_, [a, b]) => [
    filled(broadcast(a.shape, b.shape), (place) => f(at(a, place), at(b, place))),
  ],
  // bases and divisors are positive, so that every kernel is defined, and far from where it is not
  samples: [
    sample({}, of('positive', [2, 3, 5, 3]), of('positive', [2, 3, 5, 3])),
    sample({}, of('positive', [2, 3, 5, 3]), fixed([3], 'positive')),
    sample({}, of('positive', [2, 1, 1, 3]), of('positive', [2, 3, 1, 3])),
    sample({}, of('positive', [3, 7]), fixed([], 'positive')),
    sample({}, fixed([], 'positive'), fixed([2, 5], 'positive')),
  ],
});

export const addV2: KernelRow<'AddV2'> = binary((a, b) => a + b);
export const sub: KernelRow<'Sub'> = binary((a, b) => a - b);
export const mul: KernelRow<'Mul'> = binary((a, b) => a * b);
export const realDiv: KernelRow<'RealDiv'> = binary((a, b) => a / b);
export const pow: KernelRow<'Pow'> = binary((a, b) => a ** b);

/** y = x² */
export const square: KernelRow<'Square'> = {
  operands: [value('x')],
  results: ['y'],
  shapes: asFirst,
  reference: (_, [x]) => [each((n) => n * n)(x)],
  samples: [sample({}, [2, 3, 5, 3]), sample({}, [3, 1])],
};

/** y = 2/√π ∫₀ˣ e^(−t²) dt, which is 2 Φ(x√2) − 1 with Φ of the normal distribution. */
export const erf: KernelRow<'Erf'> = {
  operands: [value('x')],
  results: ['y'],
  shapes: asFirst,
  reference: (_, [x]) => [each((n) => 2 * normalBelow(n * Math.SQRT2) - 1)(x)],
  samples: [sample({}, [2, 3, 5, 3]), sample({}, of('negative', [3, 7]))],
};

/** y = ln(1 + e^x), where no e^x overflows. */
export const softplus: KernelRow<'Softplus'> = {
  operands: [value('x')],
  results: ['y'],
  shapes: asFirst,
  reference: (_, [x]) => [each((n) => Math.max(n, 0) + Math.log1p(Math.exp(-Math.abs(n))))(x)],
  samples: [sample({}, [2, 3, 5, 3]), sample({}, of('negative', [3, 7]))],
};

/** 1 wherever x is, whatever it is. */
export const onesLike: KernelRow<'OnesLike'> = {
  operands: [shapeOnly('x')],
  results: ['y'],
  shapes: asFirst,
  reference: (_, [x]) => [filled(x.shape, () => 1)],
  samples: [sample({}, [2, 3, 5, 1]), sample({}, [3, 7])],
};
