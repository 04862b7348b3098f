/** What becomes of a training, by the runs that it has: it is skipped, goes on or begins. */
import { plural } from '../../../../numeric/figures.ts';
import { percent } from '../../../../report/training.ts';
import { weightsOfRun } from '../../../../runtime/runs/list.ts';
import { doing, type Listed } from '../../../../runtime/runs/listed.ts';
import { differenceFrom, type Now } from './same.ts';

/** What becomes of a training. */
export type Fate =
  /** a finished run is what it would make */
  | { readonly tag: 'finished'; readonly run: Listed }
  /** a run that is not finished, or is to have more epochs, goes on */
  | { readonly tag: 'goes on'; readonly run: Listed }
  /** a new run is made: why that there is does not do, if there is one */
  | { readonly tag: 'begins'; readonly why: string | undefined };

const isFinished = ({ state }: Listed): boolean => state.state === 'finished';

/** Why a run that is what the training would make has to be made again nevertheless. */
const lackOf = ({ folder, record, state }: Listed, now: Now): string | undefined => {
  const { epochs, schedule } = now.training.recipe;
  if (weightsOfRun(folder).file === undefined) return `\`${record.run}\` has no weights any more`;
  // the rate of each step depends on how many there are
  return schedule.shape.tag === 'cosine' && state.epochs !== epochs
    ? `\`epochs\` was \`${state.epochs}\`, and is now \`${epochs}\``
    : undefined;
};

/** Whether a finished run has all epochs that are asked for, or was ended by its schedule. */
const isLongEnough = ({ state }: Listed, { training }: Now): boolean =>
  state.epoch >= training.recipe.epochs || state.epoch < state.epochs;

/**
 * What becomes of a training that has these runs, the oldest first. Others begin with the newest finished run, so one
 * that is older does not count.
 */
export const fateOf = (runs: readonly Listed[], now: Now): Fate => {
  const finished = runs.findLastIndex(isFinished);
  const candidates = [
    ...runs.slice(Math.max(0, finished), finished + 1),
    ...runs.slice(finished + 1).reverse(),
  ];
  let why: string | undefined;
  for (const run of candidates) {
    const difference = differenceFrom(run, now) ?? lackOf(run, now);
    if (difference === undefined)
      return isFinished(run) && isLongEnough(run, now)
        ? { tag: 'finished', run }
        : { tag: 'goes on', run };
    why ??= difference;
  }
  return { tag: 'begins', why };
};

/** `a-1, stopped after epoch 2 of 10` */
const stoppedText = (run: Listed, epochs: number): string => {
  const { record, state } = run;
  const now = doing(run);
  return now === 'finished'
    ? `${record.run} has ${plural(state.epoch, 'epoch')} of ${epochs}`
    : `${record.run}, ${now} after epoch ${state.epoch} of ${epochs}`;
};

/** What becomes of a training in two words, and why or with which run. */
export const fateText = (
  fate: Fate,
  epochs: number,
  source: string | undefined,
): readonly [string, string] => {
  switch (fate.tag) {
    case 'finished': {
      const { record, state } = fate.run;
      const best = state.best === undefined ? '' : `, best top-1 ${percent(state.best.value)}`;
      return ['skipped', `${record.run} is finished: ${plural(state.epoch, 'epoch')}${best}`];
    }
    case 'goes on':
      return ['resumed', stoppedText(fate.run, epochs)];
    case 'begins':
      return fate.why === undefined
        ? ['trained', source === undefined ? '' : `begins with ${source}`]
        : ['trained again', fate.why];
  }
};
