/** Whether a schedule comes to what it says before its training is over (W0955). */
import { warning, type Diagnostic } from '../diagnostic/diagnostic.ts';
import type { ByWord } from './clauses.ts';
import type { Schedule } from './recipe.ts';
import type { Subject } from './subject.ts';

/** What never happens: the form that says it, the epochs that it needs at least, and the effect that fails to come. */
type Late = { readonly form: string; readonly needs: number; readonly never: string };

/** Epochs before the rate drops for the n-th time: the first sets the mark, and one is waited for even without patience. */
const beforeDrop = (patience: number, n: number): number => 1 + n * Math.max(1, patience);

const lateShape = (shape: Schedule['shape'], epochs: number, drops: boolean): Late | undefined => {
  switch (shape.tag) {
    case 'step': {
      const first = Math.min(...shape.at);
      return first < epochs
        ? undefined
        : { form: 'step', needs: first + 1, never: 'the rate never drops' };
    }
    case 'every':
      return shape.every < epochs
        ? undefined
        : { form: 'step', needs: shape.every + 1, never: 'the rate never drops' };
    case 'plateau': {
      const first = beforeDrop(shape.patience, 1);
      const last = beforeDrop(shape.patience, shape.drops + 1);
      if (first >= epochs)
        return { form: 'plateau', needs: first + 1, never: 'the rate never drops' };
      return drops && last >= epochs
        ? { form: 'plateau', needs: last + 1, never: 'it never ends the training' }
        : undefined;
    }
    case 'cosine':
    case 'constant':
      return undefined;
  }
};

/** W0955 for a warm-up that is not over before the training is. */
export const warmupFaults = (s: Subject<ByWord>): readonly Diagnostic[] => {
  const [schedule, epochs] = [s.value('schedule'), s.value('epochs')];
  if (schedule === undefined || epochs === undefined || schedule.warmup < epochs) return [];
  const { warmup } = schedule;
  const takes = warmup === epochs ? 'all' : 'more than all';
  return late(
    s,
    epochs,
    'warmup',
    `\`warmup\` takes ${warmup} epochs, ${takes} of the training's ${epochs}: the rate never comes to its value`,
  );
};

/** W0955 for a rate that drops later than the training ends. */
export const shapeFaults = (s: Subject<ByWord>): readonly Diagnostic[] => {
  const [schedule, epochs] = [s.value('schedule'), s.value('epochs')];
  if (schedule === undefined || epochs === undefined) return [];
  const plateau = s.place('schedule', 'plateau');
  const drops = s.place('schedule', 'plateau drops');
  const isGiven = drops !== undefined && drops !== plateau && drops !== s.place('schedule');
  const found = lateShape(schedule.shape, epochs, isGiven);
  if (found === undefined) return [];
  const { form, needs, never } = found;
  return late(
    s,
    epochs,
    form,
    `\`${form}\` needs ${needs} epochs, and the training has ${epochs}: ${never}`,
  );
};

const late = (
  s: Subject<ByWord>,
  epochs: number,
  form: string,
  message: string,
): readonly Diagnostic[] => {
  const place = s.place('schedule', form);
  const given = s.place('epochs');
  if (place === undefined) return [];
  return [
    warning('W0955', place, message, {
      label: 'comes too late',
      labels: given === undefined ? [] : [{ span: given, message: 'the training ends here' }],
      notes: given === undefined ? [`without a clause \`epochs\` it has ${epochs}`] : [],
    }),
  ];
};
