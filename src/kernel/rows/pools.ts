/** Windows without weights. */
import type { KernelOf } from '../kernel.ts';
import { value, type KernelRow } from '../row.ts';
import { windowsAlong } from '../shape.ts';

type Pool = 'MaxPool' | 'AvgPool';

const pool: KernelRow<Pool> = {
  operands: [value('x')],
  shapes: ({ window, strides, padding }: KernelOf<Pool>, [x]) => {
    const along = (axis: 0 | 1): number =>
      windowsAlong(x[axis + 1], window[axis], strides[axis], padding);
    return [[x[0], along(0), along(1), x[3]]];
  },
};

/** The largest number of each window, channel by channel. */
export const maxPool: KernelRow<'MaxPool'> = pool;

/** The average of the numbers of each window that lie in the map. */
export const avgPool: KernelRow<'AvgPool'> = pool;
