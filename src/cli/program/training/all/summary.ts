/** What became of the trainings of a file, in one table. */
import { fitted, text } from '../../../../report/table.ts';
import { clock, percent } from '../../../../report/training.ts';
import type { Listed } from '../../../../runtime/runs/listed.ts';

/** What became of a training. */
export type Outcome = { readonly run: Listed | undefined } & (
  | { readonly tag: 'finished'; readonly run: Listed; readonly isOld: boolean }
  | { readonly tag: 'stopped' | 'failed' | 'waiting' }
  /** what it begins with is not there */
  | { readonly tag: 'left out'; readonly source: string }
);

const outcomeText = (outcome: Outcome): string => {
  switch (outcome.tag) {
    case 'finished':
      return outcome.isOld ? 'finished before' : 'finished';
    case 'stopped':
    case 'failed':
      return outcome.tag;
    case 'waiting':
      return 'not begun';
    case 'left out':
      return `not begun: it begins with ${outcome.source}`;
  }
};

const rowOf = ([name, outcome]: readonly [string, Outcome]): readonly string[] => {
  const state = outcome.run?.state;
  return [
    name,
    outcome.run?.record.run ?? '–',
    state === undefined ? '–' : `${state.epoch}/${state.epochs}`,
    state?.best === undefined ? '–' : percent(state.best.value),
    state === undefined ? '–' : clock(state.seconds),
    outcomeText(outcome),
  ];
};

/** Trainings with their runs, as wide as there is room. */
export const summary = (all: readonly (readonly [string, Outcome])[], room: number): string => {
  const head = ['training', 'run', 'epochs', 'best top-1', 'time', 'state'];
  const aligns = head.map((name) =>
    ['epochs', 'best top-1', 'time'].includes(name) ? 'right' : 'left',
  );
  const { table } = fitted([head, ...all.map(rowOf)], aligns, ['time', 'epochs', 'run'], room);
  return text(table);
};
