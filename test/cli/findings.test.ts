/** What validation finds is collected for the report of a run. */
import * as E from 'fp-ts/lib/Either.js';
import { expect, test } from 'vitest';
import { collectorFor } from '../../src/cli/program/training/findings.ts';
import type { Part } from '../../src/runtime/batches/dataset.ts';
import { atBeginning } from '../../src/runtime/train/loop.ts';
import { noScores } from '../../src/runtime/train/scores.ts';

const guess = (guessed: number, loss: number) => ({ guessed, loss, rank: 0 });
const done = (epoch: number, isBest: boolean) => ({
  reached: { ...atBeginning, epoch },
  validation: [noScores],
  isBest,
});
const part: Part = {
  count: 30,
  labels: new Uint32Array(30),
  name: (index) => `picture ${index}`,
  address: () => {
    throw new Error('no thread reads it');
  },
  pixels: async (index) =>
    index === 1
      ? E.left({ name: 'picture 1', reason: 'it is broken' })
      : E.right({ tag: 'pixels', h: 2, w: 2, channels: 1, data: new Uint8Array(4) }),
};

test('the validation of the best epoch is kept, its worst pictures first', async () => {
  const collector = collectorFor(2, part.name);
  collector.guess(guess(0, 0.5), 0, 0);
  collector.guess(guess(0, 2), 1, 1);
  collector.guess(guess(1, 1), 1, 2);
  const found = collector.epoch(done(1, true));
  expect(found?.confusion).toEqual([
    [1, 0],
    [1, 1],
  ]);
  expect(found?.worst.map(({ name, label, guess: g }) => [name, label, g])).toEqual([
    ['picture 1', 1, 0],
    ['picture 2', 1, 1],
    ['picture 0', 0, 0],
  ]);
  expect(found?.worst[0]?.probability).toBeCloseTo(Math.exp(-2));
  collector.guess(guess(1, 9), 0, 3);
  expect(collector.epoch(done(2, false))).toBe(undefined);
  const pictured = await collector.pictured(part);
  expect(pictured?.epoch).toBe(1);
  expect(pictured?.worst.map(({ png }) => png?.slice(0, 8))).toEqual([
    ...[undefined, 'iVBORw0K', 'iVBORw0K'],
  ]);
});

test('only so many of the worst are kept as a report shows', () => {
  const collector = collectorFor(1, part.name);
  for (let i = 0; i < 30; i++) collector.guess(guess(0, (i * 7) % 30), 0, i);
  const losses = collector
    .epoch(done(1, true))
    ?.worst.map((w) => Math.round(-Math.log(w.probability)));
  expect(losses).toEqual(Array.from({ length: 24 }, (_, i) => 29 - i));
});
