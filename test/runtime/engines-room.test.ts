/**
 * wasm has 4 GiB and a malloc that says no by returning 0, where its kernels then write: the backend alone
 * gives wrong numbers. Slow and large, hence only in `npm run test:deep`.
 */
import { expect, it } from 'vitest';
import { withCalls } from '../lower/engines.ts';

it.runIf(process.env['NETC_DEEP'] !== undefined)('wasm says that its memory is used up', () =>
  withCalls('wasm', (wasm) => {
    const value = wasm.upload({ shape: [1, 1], data: Float32Array.of(1) });
    const gibibyte = 2 ** 28;
    const grow = (): unknown =>
      wasm.call(
        {
          op: 'PadV2',
          paddings: [
            [0, 0],
            [0, gibibyte - 1],
          ],
          value: 0,
        },
        [{ shape: [1, 1], batched: true, value }],
        [[1, gibibyte]],
      );
    for (let i = 0; i < 3; i++) grow();
    expect(grow).toThrow(RangeError);
  }),
);
