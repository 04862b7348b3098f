/** `--time`: how long each phase took, and how much it made. */
import { phases, unwatched, type PhaseName, type Watch } from '../../phase.ts';
import { plural } from '../../numeric/figures.ts';
import { columns, text } from '../../report/table.ts';
import type { Io } from '../host/io.ts';

/** A watch with a clock, and what it has to say when the command is done. */
export type Timing = { readonly watch: Watch; readonly report: () => void };

type Spent = { milliseconds: number; readonly amounts: Map<string, number> };

const untimed: Timing = { watch: unwatched, report: () => {} };

const showAmount = ([unit, count]: readonly [string, number]): string => plural(count, unit);

/** Where it is asked for; else it costs nothing. Of several nets the times and amounts are added up. */
export const timing = (asked: boolean, io: Io): Timing => {
  if (!asked) return untimed;
  const spent = new Map<PhaseName, Spent>();
  let began = 0;
  const watch: Watch = {
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
  const report = (): void => {
    const rows = Array.from(spent, ([phase, { milliseconds, amounts }]) => [
      phase,
      `${milliseconds.toFixed(1)} ms`,
      [...amounts].map(showAmount).join(', '),
      phases[phase],
    ]);
    io.err(text(['', ...columns(rows, ['left', 'right'])]));
  };
  return { watch, report };
};
