/** Reads of one file that are told in the order in which they began. */
import { expect, test } from 'vitest';
import { inTurn } from '../../editors/vscode/src/in-turn.ts';

const after = (milliseconds: number): Promise<void> =>
  new Promise((done) => setTimeout(done, milliseconds));

test('work of one key ends in the order in which it was asked for', async () => {
  const told: string[] = [];
  const turns = inTurn();
  const work = (text: string, milliseconds: number) => async () => {
    await after(milliseconds);
    told.push(text);
  };
  await Promise.all([
    turns('a', work('old', 30)),
    turns('a', work('new', 0)),
    turns('b', work('beside', 10)),
  ]);
  expect(told).toEqual(['beside', 'old', 'new']);
});

test('work that fails does not hold up what comes after it', async () => {
  const turns = inTurn();
  const failed = turns('a', () => Promise.reject(new Error('gone')));
  const next = turns('a', () => after(0));
  await expect(failed).rejects.toThrow('gone');
  await expect(next).resolves.toBeUndefined();
});
