/**
 * A training that is broken off, anywhere and again, ends as one that is not: the same weights, checkpoints and log, bit for
 * bit. The trainings have every pair of choices of what they are made of; `NETC_DEEP=1` runs them all, else a few that have
 * every choice.
 */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { below, words } from '../../src/numeric/random.ts';
import { allPairs, covering, everyChoice, names, pairsIn } from './factors.ts';
import { cameTo, programOf, putData, run, type Cut } from './trainings.ts';

const rows = covering(1);
const tried = process.env['NETC_DEEP'] === undefined ? everyChoice(rows) : rows;

let folder = '';
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'netc-resume-')));
  process.chdir(folder);
  await putData(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the rows', () => {
  it('have every pair of choices', () => {
    const had = new Set(rows.flatMap(pairsIn));
    expect([...allPairs()].filter((pair) => !had.has(pair))).toEqual([]);
  });
});

/** Two different places to break off, the earlier one first, and how. */
const cutsIn = (steps: number, index: number): readonly Cut[] => {
  const draw = words({ seed: 3, purpose: 'cuts', epoch: 0, index });
  const first = 1 + below(draw, steps - 2);
  const second = first + 1 + below(draw, steps - 1 - first);
  const ways = ['a stop', 'a crash'] as const;
  return [first, second].map((after) => ({ after, by: ways[below(draw, 2)]! }));
};

describe('a training that is resumed twice ends as one that is not broken off', () => {
  it.each(tried.map((row, i) => [names.map((name) => row[name]).join(' | '), row, i] as const))(
    '%s',
    async (_, row, i) => {
      const file = `row-${i}.net`;
      writeFileSync(join(folder, file), programOf(row));
      const workers = Number(row.workers);
      const whole = await run(folder, file, { workers });
      const cuts = cutsIn(whole.steps, i);
      const [first, ...others] = cuts;
      const begun = await run(folder, file, { workers, cut: first! });
      expect(begun.steps).toBe(first!.after);
      const resume = begun.folder.slice('runs/'.length);
      for (const cut of [...others, undefined]) {
        const on = await run(folder, file, { workers, resume, ...(cut && { cut }) });
        expect(on.err).toContain('going on after');
        expect(on.steps).toBe(cut?.after ?? whole.steps);
      }
      expect(cameTo(begun.folder), JSON.stringify(cuts)).toEqual(cameTo(whole.folder));
    },
  );
});
