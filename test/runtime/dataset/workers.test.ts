import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../src/runtime/batches/loader.ts';
import { batchesOf, drawn, setOf, withLoader } from './sets.ts';

const settings: Partial<Settings> = {
  input: { order: 'rgb', scale: 1 / 255, mean: 'data', std: 'data' },
  augment: [
    { tag: 'rescale', from: 18, to: 24 },
    { tag: 'crop', size: { h: 16, w: 16 }, pad: 1 },
    { tag: 'flip' },
    { tag: 'rgb_shift', deviation: 0.1 },
  ],
  batch: 7,
};

describe('workers', () => {
  it.each([1, 4])('%i give the bits that none gives', async (workers) => {
    const set = await drawn(30, 9);
    const made = (count: number) =>
      withLoader(set, { ...settings, workers: count }, async (loader) => ({
        measured: loader.measured,
        training: await batchesOf(loader.training(2, 0)),
        validation: await batchesOf(loader.validation()),
      }));
    const here = await made(0);
    expect(here.training).toHaveLength(5);
    expect(await made(workers)).toEqual(here);
  });

  it('say which pictures cannot be read', async () => {
    const bytes = { tag: 'whole', path: '/nowhere/a.png', length: 3 } as const;
    await withLoader(setOf([{ tag: 'encoded', bytes }]), { workers: 1 }, async (loader) => {
      expect(await batchesOf(loader.training(0, 0))).toEqual([]);
      expect(loader.broken()).toEqual([{ name: '0.png', reason: 'it does not exist' }]);
    });
  });

  it('pass on what should never happen', async () => {
    const bytes = { tag: 'block', block: 3, start: 0, length: 3 } as const;
    await withLoader(setOf([{ tag: 'encoded', bytes }]), { workers: 1 }, async (loader) => {
      await expect(batchesOf(loader.training(0, 0))).rejects.toThrow('no block 3');
    });
  });
});
