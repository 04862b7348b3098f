/** Windows without weights, and their gradients. */
import { sameShape, zeros } from '../../numeric/tensor.ts';
import { kernel as applied, type KernelOf } from '../kernel.ts';
import { eachTap, windowsOver, type Windows } from '../loops.ts';
import { of, sample, shapeOnly, value, type KernelRow } from '../row.ts';
import { misfit, type Shape } from '../shape.ts';

type Pool = Omit<KernelOf<'MaxPool' | 'AvgPool'>, 'op'>;

const windowsOf = (pool: Pool): Windows => ({
  window: pool.window,
  strides: pool.strides,
  dilations: [1, 1],
  padding: pool.padding,
});

const pool: Pick<
  KernelRow<'MaxPool' | 'AvgPool'>,
  'operands' | 'results' | 'shapes' | 'samples'
> = {
  operands: [value('x')],
  results: ['y'],
  shapes: (kernel, [x]) => [[x[0], ...windowsOver(windowsOf(kernel), x), x[3]]],
  samples: [
    sample({ window: [2, 2], strides: [2, 2], padding: 'VALID' }, [2, 5, 7, 3]),
    sample({ window: [3, 3], strides: [2, 2], padding: 'SAME' }, of('negative', [2, 6, 5, 3])),
    sample({ window: [3, 2], strides: [1, 1], padding: 'SAME' }, of('negative', [3, 5, 4, 1])),
    sample({ window: [1, 1], strides: [2, 3], padding: 'VALID' }, [2, 5, 7, 3]),
    sample({ window: [2, 2], strides: [3, 3], padding: 'VALID' }, of('negative', [2, 8, 7, 1])),
    sample({ window: [3, 3], strides: [2, 2], padding: 'VALID' }, of('ties', [3, 7, 7, 3])),
    sample({ window: [3, 3], strides: [2, 2], padding: 'SAME' }, of('rectified', [2, 8, 7, 3])),
  ],
};

/** y[o, i] is the largest x[s·o + k − p, i] inside the map, over k. */
export const maxPool: KernelRow<'MaxPool'> = {
  ...pool,
  reference: (kernel, [x]) => {
    const channels = x.shape[3];
    const y = zeros([x.shape[0], ...windowsOver(windowsOf(kernel), x.shape), channels]);
    y.data.fill(-Infinity);
    eachTap(windowsOf(kernel), x.shape, (to, from) => {
      for (let i = 0; i < channels; i++)
        y.data[to * channels + i] = Math.max(
          y.data[to * channels + i],
          x.data[from * channels + i],
        );
    });
    return [y];
  },
  gradient: ({ window, strides, padding }, { operands, gradients }) => [
    applied({ op: 'MaxPoolGrad', window, strides, padding }, operands[0], gradients[0]),
  ],
};

/** y[o, i] is the average of the x[s·o + k − p, i] inside the map, over k: what SAME adds does not count. */
export const avgPool: KernelRow<'AvgPool'> = {
  ...pool,
  reference: (kernel, [x]) => {
    const channels = x.shape[3];
    const y = zeros([x.shape[0], ...windowsOver(windowsOf(kernel), x.shape), channels]);
    const counts = new Float64Array(y.data.length / channels);
    eachTap(windowsOf(kernel), x.shape, (to, from) => {
      counts[to]++;
      for (let i = 0; i < channels; i++) y.data[to * channels + i] += x.data[from * channels + i];
    });
    return [
      { shape: y.shape, data: y.data.map((sum, i) => sum / counts[Math.floor(i / channels)]) },
    ];
  },
  gradient: ({ window, strides, padding }, { operands, gradients }) => [
    applied({ op: 'AvgPoolGrad', window, strides, padding }, operands[0], gradients[0]),
  ],
};

const poolGradient = {
  results: ['dx'],
  shapes: (kernel: Pool, [x, dy]: readonly Shape[]): readonly Shape[] => [
    sameShape([x[0], ...windowsOver(windowsOf(kernel), x), x[3]], dy) ? x : misfit,
  ],
  training: true,
} as const;

const gradientSamples: KernelRow<'MaxPoolGrad' | 'AvgPoolGrad'>['samples'] = [
  sample({ window: [2, 2], strides: [2, 2], padding: 'VALID' }, [2, 5, 7, 3], [2, 2, 3, 3]),
  sample(
    { window: [3, 3], strides: [2, 2], padding: 'SAME' },
    of('negative', [2, 6, 5, 3]),
    [2, 3, 3, 3],
  ),
  sample({ window: [3, 2], strides: [1, 1], padding: 'SAME' }, [3, 5, 4, 1], [3, 5, 4, 1]),
  sample({ window: [1, 1], strides: [2, 3], padding: 'VALID' }, [2, 5, 7, 3], [2, 3, 3, 3]),
  sample({ window: [2, 2], strides: [3, 3], padding: 'VALID' }, [2, 8, 7, 1], [2, 3, 2, 1]),
  sample({ window: [2, 2], strides: [3, 3], padding: 'SAME' }, [2, 7, 8, 1], [2, 3, 3, 1]),
  sample(
    { window: [3, 3], strides: [2, 2], padding: 'VALID' },
    of('ties', [3, 7, 7, 3]),
    [3, 3, 3, 3],
  ),
  sample(
    { window: [3, 3], strides: [1, 1], padding: 'SAME' },
    of('ties', [2, 3, 4, 1]),
    [2, 3, 4, 1],
  ),
  sample(
    { window: [3, 3], strides: [2, 2], padding: 'SAME' },
    of('rectified', [2, 8, 7, 3]),
    [2, 4, 4, 3],
  ),
];

/** dx[u, i] = Σ dy[o, i] over the windows o whose largest x is x[u, i]: of several, the first in row-major order. */
export const maxPoolGrad: KernelRow<'MaxPoolGrad'> = {
  ...poolGradient,
  operands: [value('x'), value('dy')],
  reference: (kernel, [x, dy]) => {
    const channels = x.shape[3];
    const dx = zeros(x.shape);
    const largest = new Int32Array(dy.data.length).fill(-1); // the pixel, for each window and channel
    eachTap(windowsOf(kernel), x.shape, (to, from) => {
      for (let i = 0; i < channels; i++) {
        const before = largest[to * channels + i];
        const at = from * channels + i;
        if (before < 0 || x.data[at] > x.data[before]) largest[to * channels + i] = at;
      }
    });
    largest.forEach((at, i) => (dx.data[at] += dy.data[i]));
    return [dx];
  },
  gradient: 'none',
  samples: gradientSamples,
};

/** dx[u, i] = Σ dy[o, i] / n[o] over the windows o that see u, where n[o] counts what o sees of the map. */
export const avgPoolGrad: KernelRow<'AvgPoolGrad'> = {
  ...poolGradient,
  operands: [shapeOnly('x'), value('dy')],
  reference: (kernel, [x, dy]) => {
    const channels = x.shape[3];
    const dx = zeros(x.shape);
    const counts = new Float64Array(dy.data.length / channels);
    eachTap(windowsOf(kernel), x.shape, (to) => counts[to]++);
    eachTap(windowsOf(kernel), x.shape, (to, from) => {
      for (let i = 0; i < channels; i++)
        dx.data[from * channels + i] += dy.data[to * channels + i] / counts[to];
    });
    return [dx];
  },
  gradient: ({ window, strides, padding }, { gradients }) => [
    undefined,
    applied({ op: 'AvgPool', window, strides, padding }, gradients[0]),
  ],
  samples: gradientSamples,
};
