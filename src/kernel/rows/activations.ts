/** Functions of single numbers that stand between products; softmax is of the numbers of one pixel. */
import { zeros, type Tensor } from '../../numeric/tensor.ts';
import { minus, scalar, squared, times } from '../formulas.ts';
import { kernel, type Lowered } from '../kernel.ts';
import { each } from '../loops.ts';
import { asFirst, of, sample, value, type KernelRow } from '../row.ts';

const ofX = { operands: [value('x')], results: ['y'], shapes: asFirst } as const;

const samples = [
  sample({}, [2, 3, 5, 3]),
  sample({}, of('negative', [3, 7])),
  sample({}, of('ties', [2, 1])),
];

/** dy where x is positive, and below·dy elsewhere, at 0 too, as PyTorch has it */
const passed = (dy: Lowered, x: Lowered, below = 0): Lowered =>
  kernel({ op: 'ReluGrad', below }, dy, x);

const lastAxis = [-1];

/** Each pixel's numbers, with the largest taken off, under a function of them: no power of e overflows. */
const eachPixel = (x: Tensor, of: (numbers: Float64Array) => Float64Array): Tensor => {
  const channels = x.shape[x.shape.length - 1];
  const y = zeros(x.shape);
  for (let first = 0; first < x.data.length; first += channels) {
    const numbers = x.data.subarray(first, first + channels);
    const most = numbers.reduce((a, b) => Math.max(a, b));
    y.data.set(of(numbers.map((n) => n - most)), first);
  }
  return y;
};

const sumOfPowers = (numbers: Float64Array): number =>
  numbers.reduce((sum, n) => sum + Math.exp(n), 0);

/** y = max(0, x) */
export const relu: KernelRow<'Relu'> = {
  ...ofX,
  reference: (_, [x]) => [each((n) => Math.max(0, n))(x)],
  gradient: (_, { results, gradients }) => [passed(gradients[0], results[0])],
  samples,
  fuses: 'activation',
};

/** y = min(6, max(0, x)) */
export const relu6: KernelRow<'Relu6'> = {
  ...ofX,
  reference: (_, [x]) => [each((n) => Math.min(6, Math.max(0, n)))(x)],
  gradient: (_, { results, gradients }) => {
    const y = results[0];
    return [passed(passed(gradients[0], y), minus(scalar(6), y))];
  },
  samples,
  fuses: 'activation',
};

/** y = x for x ≥ 0, alpha·x below */
export const leakyRelu: KernelRow<'LeakyRelu'> = {
  ...ofX,
  reference: ({ alpha }, [x]) => [each((n) => (n < 0 ? alpha * n : n))(x)],
  // y has the sign of x, unless alpha turns it
  gradient: ({ alpha }, { operands, results, gradients }) => [
    passed(gradients[0], alpha < 0 ? operands[0] : results[0], alpha),
  ],
  samples: [
    sample({ alpha: 0.3 }, [2, 3, 5, 3]),
    sample({ alpha: 0 }, of('negative', [3, 7])),
    sample({ alpha: -0.5 }, [2, 5]),
  ],
  fuses: 'activation',
};

/** y = 1 / (1 + e^−x) */
export const sigmoid: KernelRow<'Sigmoid'> = {
  ...ofX,
  reference: (_, [x]) => [each((n) => 1 / (1 + Math.exp(-n)))(x)],
  gradient: (_, { results, gradients }) => {
    const y = results[0];
    return [times(gradients[0], times(y, minus(scalar(1), y)))];
  },
  samples,
  fuses: 'activation',
};

/** Which no fused kernel has. */
export const tanh: KernelRow<'Tanh'> = {
  ...ofX,
  reference: (_, [x]) => [each(Math.tanh)(x)],
  gradient: (_, { results, gradients }) => [
    times(gradients[0], minus(scalar(1), squared(results[0]))),
  ],
  samples,
};

/** y[…, i] = e^x[…, i] / Σ e^x[…, j]; the largest x is subtracted first, which changes nothing but overflow. */
export const softmax: KernelRow<'Softmax'> = {
  ...ofX,
  reference: (_, [x]) => [
    eachPixel(x, (scores) => {
      const sum = sumOfPowers(scores);
      return scores.map((score) => Math.exp(score) / sum);
    }),
  ],
  // dx[…, i] = y[…, i] · (dy[…, i] − Σ dy[…, j] · y[…, j])
  gradient: (_, { results, gradients }) => {
    const [y, dy] = [results[0], gradients[0]];
    const sum = kernel({ op: 'Sum', axes: lastAxis }, times(dy, y));
    return [times(y, minus(dy, kernel({ op: 'Spread', axes: lastAxis }, sum, y)))];
  },
  samples,
};

/** y[…, i] = x[…, i] − ln Σ e^x[…, j], with the largest x taken off first: ln of a softmax that may be 0. */
export const logSoftmax: KernelRow<'LogSoftmax'> = {
  ...ofX,
  reference: (_, [x]) => [
    eachPixel(x, (scores) => {
      const rest = Math.log(sumOfPowers(scores));
      return scores.map((score) => score - rest);
    }),
  ],
  // dx[…, i] = dy[…, i] − e^y[…, i] · Σ dy[…, j]
  gradient: (_, { results, gradients }) => {
    const [y, dy] = [results[0], gradients[0]];
    const sum = kernel({ op: 'Sum', axes: lastAxis }, dy);
    const spread = kernel({ op: 'Spread', axes: lastAxis }, sum, y);
    return [minus(dy, times(kernel({ op: 'Exp' }, y), spread))];
  },
  samples,
  training: true,
};

/** dx = dy for y > 0, and below·dy elsewhere: what relu and its like do to a gradient. */
export const reluGrad: KernelRow<'ReluGrad'> = {
  operands: [value('dy'), value('y')],
  results: ['dx'],
  shapes: asFirst,
  reference: ({ below }, [dy, y]) => [
    { shape: dy.shape, data: dy.data.map((g, i) => (y.data[i] > 0 ? g : below * g)) },
  ],
  gradient: (own, { operands, gradients }) => [kernel(own, gradients[0], operands[1]), undefined],
  samples: [
    sample({ below: 0 }, [2, 3, 5, 3], of('rectified', [2, 3, 5, 3])),
    sample({ below: 0.3 }, [3, 7], of('ties', [3, 7])),
    sample({ below: -0.5 }, [2, 1], of('negative', [2, 1])),
  ],
  training: true,
};
