/** The set `shapes`: its pictures are those of a digest, plain ones as ever, and clutter keeps the laws of a set. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { drawShape } from '../../../src/runtime/batches/shapes/draw.ts';
import { batchesOf, drawn, sampleOf, withLoader } from './sets.ts';

const picture = (index: number, clutter: number, size = 24): Uint8Array | Float32Array =>
  drawShape({ ...{ size, shape: index % 10, purpose: 'shapes/train', index, clutter } }).data;

const digestOf = (clutter: number): string => {
  const hash = createHash('sha256');
  for (let index = 0; index < 20; index++) hash.update(picture(index, clutter, 16 + index));
  return hash.digest('hex').slice(0, 16);
};

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

/** The mean brightness of each of some pictures, from 0 to 255. */
const brightness = (clutter: number): readonly number[] =>
  Array.from({ length: 60 }, (_, index) => mean([...picture(index, clutter)]));

describe('the set `shapes`', () => {
  it.each([
    [0, '5086b4032aef0099'],
    [0.5, 'a79d19301849b926'],
    [1, '193ef5840b91751e'],
  ])('with clutter %d has the pictures that it always had', (clutter, digest) => {
    expect(digestOf(clutter)).toBe(digest);
  });

  it('has other pictures for any clutter, also for the least', () => {
    const all = [0, 1e-8, 0.5, 1].map((clutter) => digestOf(clutter));
    expect(new Set(all).size).toBe(all.length);
  });

  it('has dark grounds, and with clutter light ones too', () => {
    expect(Math.max(...brightness(0))).toBeLessThan(150);
    const hard = brightness(0.6);
    const light = hard.filter((b) => b > 128).length;
    expect(light).toBeGreaterThan(15);
    expect(light).toBeLessThan(45);
  });

  it('with clutter uses the range of a byte and stays in it', () => {
    const all = Array.from({ length: 20 }, (_, index) => [...picture(index, 1)]).flat();
    expect(all.every((n) => Number.isInteger(n) && n >= 0 && n <= 255)).toBe(true);
    expect(all.reduce((a, b) => Math.min(a, b))).toBe(0);
    expect(all.reduce((a, b) => Math.max(a, b))).toBe(255);
  });

  it('with clutter has as many pictures of each class, and the bits of one thread on several', async () => {
    const set = await drawn(40, 20, 0.7);
    expect(set.classes.map((_, c) => set.train.labels.filter((l) => l === c).length)).toEqual(
      set.classes.map(() => 4),
    );
    expect([...set.train.labels.slice(9, 13)]).toEqual([9, 0, 1, 2]);
    expect(await sampleOf(set.train, 3)).toMatchObject({ data: picture(3, 0.7, 16) });
    const made = (workers: number) =>
      withLoader(set, { workers, augment: [{ tag: 'flip' }] }, async (loader) => ({
        training: await batchesOf(loader.training(1, 0)),
        validation: await batchesOf(loader.validation()),
      }));
    const here = await made(0);
    expect(here.training).toHaveLength(10);
    expect(await made(2)).toEqual(here);
  });
});
