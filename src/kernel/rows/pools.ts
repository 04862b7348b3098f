/** Windows without weights. */
import { zeros } from '../../numeric/tensor.ts';
import type { KernelOf } from '../kernel.ts';
import { eachTap, windowsOver, type Windows } from '../loops.ts';
import { of, sample, value, type KernelRow } from '../row.ts';

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
};
