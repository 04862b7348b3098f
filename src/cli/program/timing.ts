/** `--time`: how long each phase took, and how much it made. */
import { phases, unwatched, type PhaseName, type Watch } from '../../phase.ts';
import { plural } from '../../numeric/figures.ts';
import { columns, text } from '../../report/table.ts';
import type { Io } from '../host/io.ts';

type Spent = { milliseconds: number; readonly amounts: Map<string, number> };

const showAmount = ([unit, count]: readonly [string, number]): string => plural(count, unit);

/**
 * Does work, and where it is asked for prints the times of the phases that ran, however the work ends. Of several nets
 * the times and amounts are added up.
 */
export const timed = async <A>(
  asked: boolean,
  io: Io,
  work: (watch: Watch) => A | Promise<A>,
): Promise<A> => {
  if (!asked) return work(unwatched);
  const spent = new Map<PhaseName, Spent>();
  try {
    return await work(clock(spent));
  } finally {
    io.err(report(spent));
  }
};

/** Adds up what it sees. */
const clock = (spent: Map<PhaseName, Spent>): Watch => {
  let began = 0;
  return {
    before: () => {
      began = performance.now();
    },
    after: (phase, made) => {
      const milliseconds = performance.now() - began;
      const all = spent.get(phase) ?? { milliseconds: 0, amounts: new Map<string, number>() };
      all.milliseconds += milliseconds;
      for (const [count, unit] of made?.amounts() ?? [])
        all.amounts.set(unit, (all.amounts.get(unit) ?? 0) + count);
      spent.set(phase, all);
    },
  };
};

const report = (spent: ReadonlyMap<PhaseName, Spent>): string => {
  const rows = Array.from(spent, ([phase, { milliseconds, amounts }]) => [
    phase,
    `${milliseconds.toFixed(1)} ms`,
    [...amounts].map(showAmount).join(', '),
    phases[phase],
  ]);
  return text(['', ...columns(rows, ['left', 'right'])]);
};
