/** Functions of single numbers that stand between products; softmax is of the numbers of one pixel. */
import { zeros } from '../../numeric/tensor.ts';
import { each } from '../loops.ts';
import { asFirst, of, sample, value, type KernelRow } from '../row.ts';

const ofX = { operands: [value('x')], results: ['y'], shapes: asFirst } as const;

const samples = [
  sample({}, [2, 3, 5, 3]),
  sample({}, of('negative', [3, 7])),
  sample({}, of('ties', [2, 1])),
];

/** y = max(0, x) */
export const relu: KernelRow<'Relu'> = {
  ...ofX,
  reference: (_, [x]) => [each((n) => Math.max(0, n))(x)],
  samples,
  fuses: 'activation',
};

/** y = min(6, max(0, x)) */
export const relu6: KernelRow<'Relu6'> = {
  ...ofX,
  reference: (_, [x]) => [each((n) => Math.min(6, Math.max(0, n)))(x)],
  samples,
  fuses: 'activation',
};

/** y = x for x ≥ 0, alpha·x below */
export const leakyRelu: KernelRow<'LeakyRelu'> = {
  ...ofX,
  reference: ({ alpha }, [x]) => [each((n) => (n < 0 ? alpha * n : n))(x)],
  samples: [sample({ alpha: 0.3 }, [2, 3, 5, 3]), sample({ alpha: 0 }, of('negative', [3, 7]))],
  fuses: 'activation',
};

/** y = 1 / (1 + e^−x) */
export const sigmoid: KernelRow<'Sigmoid'> = {
  ...ofX,
  reference: (_, [x]) => [each((n) => 1 / (1 + Math.exp(-n)))(x)],
  samples,
  fuses: 'activation',
};

/** Which no fused kernel has. */
export const tanh: KernelRow<'Tanh'> = {
  ...ofX,
  reference: (_, [x]) => [each(Math.tanh)(x)],
  samples,
};

/** y[…, i] = e^x[…, i] / Σ e^x[…, j]; the largest x is subtracted first, which changes nothing but overflow. */
export const softmax: KernelRow<'Softmax'> = {
  ...ofX,
  reference: (_, [x]) => {
    const channels = x.shape[x.shape.length - 1];
    const y = zeros(x.shape);
    for (let first = 0; first < x.data.length; first += channels) {
      const scores = x.data.subarray(first, first + channels);
      const most = scores.reduce((a, b) => Math.max(a, b), -Infinity);
      const powers = scores.map((score) => Math.exp(score - most));
      const sum = powers.reduce((a, b) => a + b, 0);
      powers.forEach((power, i) => (y.data[first + i] = power / sum));
    }
    return [y];
  },
  samples,
};
