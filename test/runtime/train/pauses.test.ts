/** When an epoch under way is saved. */
import { expect, test } from 'vitest';
import { pauseBefore } from '../../../src/runtime/train/pauses.ts';

test('the first saves come early, and later ones every five minutes', () => {
  const seconds = [0, 1, 2, 3, 4, 100].map((saves) => pauseBefore(saves) / 1000);
  expect(seconds).toEqual([30, 60, 120, 300, 300, 300]);
});
