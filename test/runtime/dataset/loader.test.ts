import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Address } from '../../../src/runtime/batches/address.ts';
import { openLoader } from '../../../src/runtime/dataset/load.ts';
import { batchesOf, drawn, plain, sampleOf, setOf, withLoader } from './sets.ts';

const shape = (index: number): Address => ({
  tag: 'drawn',
  drawing: { size: 16, shape: 0, purpose: 'test', index, clutter: 0 },
});
const missing: Address = {
  tag: 'encoded',
  bytes: { tag: 'whole', path: '/nowhere/a.png', length: 3 },
};

describe('an epoch', () => {
  it('has each picture once, in an order drawn from seed and epoch, and a last smaller batch', async () => {
    const orders = await withLoader(await drawn(11), {}, (loader) =>
      Promise.all([0, 1, 0].map((epoch) => batchesOf(loader.training(epoch, 0)))),
    );
    const [first, second, again] = orders.map((batches) => batches.flatMap((b) => [...b.indices]));
    expect(orders[0]!.map((b) => b.indices.length)).toEqual([4, 4, 3]);
    expect(first!.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(second).not.toEqual(first);
    expect(again).toEqual(first);
    expect(first).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('goes on where it was left', async () => {
    await withLoader(await drawn(11), { augment: [{ tag: 'flip' }] }, async (loader) => {
      const all = await batchesOf(loader.training(3, 0));
      expect(await batchesOf(loader.training(3, 1))).toEqual(all.slice(1));
      expect(all.map((b) => b.position)).toEqual([0, 1, 2]);
      expect(await batchesOf(loader.training(3, 3))).toEqual([]);
    });
  });

  it('comes in shares, which together are its batches', async () => {
    const set = await drawn(11);
    const settings = { augment: [{ tag: 'flip' }], batch: 5 } as const;
    const whole = await withLoader(set, settings, (loader) => batchesOf(loader.training(2, 0)));
    expect(whole.map(({ indices }) => indices.length)).toEqual([5, 5, 1]);
    const shares = await Promise.all(
      [0, 1, 2].map((rank) =>
        withLoader(set, { ...settings, share: { rank, of: 3 } }, (loader) =>
          batchesOf(loader.training(2, 0)),
        ),
      ),
    );
    // of the last batch two workers have nothing, and come to it as the others do
    expect(shares.map((all) => all.map(({ indices }) => indices.length))).toEqual([
      [2, 2, 1],
      [2, 2, 0],
      [1, 1, 0],
    ]);
    whole.forEach(({ position, indices, labels, data }, i) => {
      const parts = shares.map((all) => all[i]!);
      expect(parts.map((part) => [part.position, part.whole])).toEqual(
        parts.map(() => [position, indices.length]),
      );
      expect(parts.flatMap((part) => [...part.indices])).toEqual([...indices]);
      expect(parts.flatMap((part) => [...part.labels])).toEqual([...labels]);
      expect(parts.flatMap((part) => [...part.data])).toEqual([...data]);
    });
  });

  it('gives pictures with their labels as numbers of the net', async () => {
    const set = await drawn(9);
    const input = { order: 'bgr', scale: 0.5, mean: [1, 2, 3], std: [2, 4, 8] } as const;
    await withLoader(set, { input }, async (loader) => {
      const [batch] = await batchesOf(loader.training(0, 0));
      const index = batch!.indices[1]!;
      const { data } = await sampleOf(set.train, index);
      const [r, g, b] = data;
      const at = 16 * 16 * 3;
      expect([...batch!.data.slice(at, at + 3)]).toEqual([
        (b! * 0.5 - 1) / 2,
        (g! * 0.5 - 2) / 4,
        (r! * 0.5 - 3) / 8,
      ]);
      expect(batch!.labels[1]).toBe(index % 10);
      expect(batch!.shape).toEqual([4, 16, 16, 3]);
    });
  });

  it('of validation has each picture once, in order, the same each time', async () => {
    const augment = [{ tag: 'flip' }, { tag: 'crop', size: { h: 16, w: 16 }, pad: 4 }] as const;
    await withLoader(await drawn(4, 6), { augment }, async (loader) => {
      const all = await batchesOf(loader.validation());
      expect(all.map((b) => [...b.indices])).toEqual([
        [0, 1, 2, 3],
        [4, 5],
      ]);
      expect(await batchesOf(loader.validation())).toEqual(all);
    });
  });
});

describe('a picture that cannot be read', () => {
  it('is left out of its batch and named once', async () => {
    const set = setOf([shape(0), missing, shape(2), shape(3), shape(4), missing]);
    await withLoader(set, { batch: 3 }, async (loader) => {
      const all = await batchesOf(loader.training(0, 0));
      await batchesOf(loader.training(1, 0));
      expect(all.flatMap((b) => [...b.indices]).toSorted()).toEqual([0, 2, 3, 4]);
      expect(
        loader
          .broken()
          .map(({ name }) => name)
          .toSorted(),
      ).toEqual(['1.png', '5.png']);
      expect(loader.broken()[0]!.reason).toBe('it does not exist');
    });
  });

  it('takes no place in the count of batches', async () => {
    const set = setOf([missing, shape(1), missing]);
    await withLoader(set, { batch: 1 }, async (loader) => {
      const [only, ...others] = await batchesOf(loader.training(0, 0));
      expect(others).toEqual([]);
      expect(await batchesOf(loader.training(0, only!.position))).toEqual([only]);
      expect(await batchesOf(loader.training(0, only!.position + 1))).toEqual([]);
    });
  });

  it('ends a strict training (E0909)', async () => {
    await withLoader(setOf([missing]), { strict: true }, async (loader) => {
      const said: unknown[] = [];
      for await (const batch of loader.training(0, 0))
        said.push(E.isLeft(batch) ? batch.left.code : batch.right);
      expect(said).toEqual(['E0909']);
    });
  });

  it('cannot be measured, if none can be read (E0913)', async () => {
    const input = { ...plain.input, mean: 'data' } as const;
    const loader = await openLoader(setOf([missing, missing]), { ...plain, input });
    expect(E.isLeft(loader) && loader.left.code).toBe('E0913');
  });
});
