/** The messages about runs on disk. */
import { error, warning, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import type { Holder } from '../disk/lock.ts';

/** A checkpoint could not be saved, and the one before it is still there. */
export const notSaved = (path: string, fault: Diagnostic): Diagnostic =>
  warning('W0941', startOf(path), `a checkpoint could not be saved: ${fault.message}`, {
    notes: [
      'training goes on, and the checkpoint before this one is whole',
      'if the next one cannot be saved either, training stops; make room now',
    ],
  });

/** Two checkpoints in a row could not be saved. */
export const cannotSave = (path: string, resume: string, fault: Diagnostic): Diagnostic =>
  error('E0942', startOf(path), `two checkpoints in a row could not be saved: ${fault.message}`, {
    notes: [`training has stopped; when that is mended, go on with \`${resume}\``],
  });

/** Another process trains in this folder. */
export const inUse = (folder: string, { pid, host, file }: Holder): Diagnostic =>
  error('E0943', startOf(folder), `process ${pid} on \`${host}\` is training in \`${folder}\``, {
    notes: [
      'wait for it, stop it, or begin another run',
      `if no such process is training, delete \`${folder}/${file}\``,
    ],
  });

/** A folder cannot be made or written to; `reason` continues "it …". */
export const unwritableRun = (folder: string, reason: string): Diagnostic =>
  error('E0509', startOf(folder), `\`${folder}\` cannot be written: it ${reason}`);

const changed = (what: string, folder: string, difference: readonly string[]): Diagnostic =>
  error('E0945', startOf(folder), `the ${what} has changed since \`${folder}\` began`, {
    notes: [
      ...difference,
      'begin a new run; or add `--force` to go on with what has changed, where shapes fit',
    ],
  });

/** The program is another than at the beginning. */
export const changedSource = (folder: string, lines: readonly string[]): Diagnostic =>
  changed('program', folder, lines);

/** What the command line made of the recipe is another than at the beginning, where `command` goes on as it began. */
export const changedRecipe = (
  folder: string,
  clauses: readonly string[],
  command: string,
): Diagnostic => changed('recipe', folder, [...clauses, `to go on as it began: \`${command}\``]);

/** A run goes on with another number of processes than it began with, so its sums would be others. */
export const changedWorkers = (folder: string, was: number, is: number): Diagnostic =>
  changed('number of workers', folder, [
    `it was ${was}, and is ${is} now`,
    was === 1
      ? 'to go on as it began, leave `--workers` and `--rank` out'
      : `to go on as it began, name ${was} of them: \`--workers HOST:PORT,… --rank I\``,
  ]);

/** A run goes on with another engine, or other threads, than it began with. */
export const elsewhere = (folder: string, was: string, is: string): Diagnostic =>
  warning('W0957', startOf(folder), `\`${folder}\` began with ${was}, and goes on with ${is}`, {
    notes: [
      'what it computes from here on is right, and differs in its last digits from what it would have been',
    ],
  });

/** A checkpoint that cannot be gone on from; `reason` continues "it …". */
export const setAside = (path: string, reason: string): Diagnostic =>
  warning('W0946', startOf(path), `\`${path}\` is set aside as \`${path}.bad\`: it ${reason}`, {
    notes: ['the next checkpoint is taken instead'],
  });

/** There is nothing to go on from; never a silent fresh start. */
export const noCheckpoint = (folder: string, tried: number): Diagnostic =>
  error(
    'E0947',
    startOf(folder),
    tried === 0
      ? `\`${folder}\` has no checkpoint, so it cannot be resumed`
      : `\`${folder}\` has no checkpoint that is whole, so it cannot be resumed`,
    { notes: ['begin a new run: the same command without `--resume`'] },
  );

/** A file that only tells of the training could not be written; `reason` continues "it …". */
export const notLogged = (path: string, reason: string): Diagnostic =>
  warning('W0948', startOf(path), `\`${path}\` cannot be written: it ${reason}`, {
    notes: ['training goes on; what is missing is written later if the disk takes it again'],
  });

/** The pictures are not those of the beginning, or in another order; `difference` says which, where that is known. */
export const changedData = (
  folder: string,
  data: string,
  difference: readonly string[],
): Diagnostic =>
  error('E0949', startOf(folder), `\`${data}\` is not the data that \`${folder}\` began with`, {
    notes: [
      ...(difference.length > 0
        ? difference
        : ['pictures, names or labels were added, removed or changed']),
      'their order depends on all of them, so the same training cannot go on',
      'begin a new run; or add `--force` to go on with the data as it is now',
    ],
  });
