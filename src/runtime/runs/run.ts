/** A run that goes on: what the loop of training says, and where it goes in the folder. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { takeLock, type Lock, type LockFault } from '../disk/lock.ts';
import { classesKey, encodeClasses } from '../store/classes.ts';
import { encodeInput, inputKey } from '../store/preprocess.ts';
import { writeWeights } from '../files/weights.ts';
import type { Contents, Tensor } from './checkpoint.ts';
import { inUse, unwritableRun } from './faults.ts';
import { journalIn } from './journal.ts';
import type { Findings } from './findings.ts';
import type { Entry, Figures } from './log.ts';
import type { RunRecord, State } from './record.ts';
import { checkpointFiles, saverIn, type Marks, type Warn } from './saving.ts';

/** Where training is when figures are stated: steps that are done, and the epoch under way or just done, from 1. */
export type Place = { readonly step: number; readonly epoch: number };

/** How a training ends, after so many steps and whole epochs. */
export type Outcome = { readonly step: number; readonly epoch: number } & (
  | { readonly state: 'finished'; readonly weights: readonly Tensor[] }
  | { readonly state: 'stopped' }
  | { readonly state: 'failed'; readonly reason: string }
);

/** A run that this process holds. */
export type Run = {
  readonly folder: string;
  readonly record: RunRecord;
  /** seconds of training, those before a resume included */
  readonly seconds: () => number;
  /** the figures of a step */
  readonly log: (place: Place, figures: Figures) => void;
  /** the figures of an epoch that is done; before its checkpoint is saved */
  readonly epoch: (place: Place, figures: Figures) => void;
  /** true once it is on the disk; false, after a warning, if it could not be written; E0942 the second time in a row */
  readonly save: (contents: Contents, isBest: boolean) => Either<Diagnostic, boolean>;
  /** what the validation of the best epoch found, or else of the last */
  readonly keep: (found: Findings) => void;
  /** ends the run, also where its last weights cannot be written (E0509) */
  readonly finish: (outcome: Outcome) => Either<Diagnostic, void>;
};

const weightsFile = 'weights.safetensors';

/** What readers of weights look for in the files of a run. */
const metadataOf = ({ classes, input }: RunRecord): ReadonlyMap<string, string> =>
  new Map([
    [inputKey, encodeInput(input)],
    [classesKey, encodeClasses(classes)],
  ]);

/** What the checkpoints of a run say beside their numbers. */
export const marksOf = (record: RunRecord): Marks => ({
  identity: {
    run: record.id,
    net: record.net,
    seed: record.seed,
    source: record.sourceDigest,
    recipe: record.recipeDigest,
    data: record.dataDigest,
    versions: record.versions,
  },
  metadata: metadataOf(record),
});

/** Takes the folder of a run (E0943, E0509). */
export const hold = (folder: string): Either<Diagnostic, Lock> =>
  E.mapLeft((fault: LockFault) =>
    fault.tag === 'held' ? inUse(folder, fault.by) : unwritableRun(folder, fault.reason),
  )(takeLock(folder));

/** How a run is said to have ended. */
type Ending = Pick<State, 'state' | 'reason'>;

/** What a run begins with, or goes on from. */
export type Begun = {
  readonly folder: string;
  readonly record: RunRecord;
  readonly lock: Lock;
  readonly state: State;
  /** of the log, what stays */
  readonly log: { readonly entries: readonly Entry[]; readonly length: number };
  readonly resume: string;
};

/** The run in a folder that this process holds. */
export const runOf = (begun: Begun, warn: Warn): Either<Diagnostic, Run> => {
  const { folder, record, lock } = begun;
  const opened = journalIn(folder, begun.log, warn);
  if (E.isLeft(opened)) return opened;
  const journal = opened.right;
  const saver = saverIn(folder, marksOf(record), begun.resume, warn);
  const start = performance.now();
  const seconds = (): number => begun.state.seconds + (performance.now() - start) / 1000;
  let { state } = begun;
  const reach = (reached: Partial<State>): void => {
    state = { ...state, ...reached, seconds: Number(seconds().toFixed(3)) };
    journal.state(state);
  };
  const moment = ({ step, epoch }: Place) => ({ step, epoch, seconds: seconds() });
  const event = begun.log.length === 0 ? 'began' : 'resumed';
  journal.write({ event, ...moment(state), at: new Date().toISOString() });
  reach({});
  return E.right({
    folder,
    record,
    seconds,
    log: (place, figures) => {
      journal.write({ event: 'step', ...moment(place), figures });
      lock.touch();
    },
    epoch: (place, figures) => {
      journal.write({ event: 'epoch', ...moment(place), figures });
      reach(place);
    },
    save: (contents, isBest) => {
      const saved = saver.save(contents, isBest);
      const { step, epoch, best } = contents.progress;
      if (E.isRight(saved) && saved.right) {
        const file = isBest ? checkpointFiles.best : checkpointFiles.last;
        journal.write({ event: 'saved', ...moment({ step, epoch }), file });
        reach({ step, epoch, best });
      }
      lock.touch();
      return saved;
    },
    keep: journal.findings,
    finish: (outcome) => {
      const written =
        outcome.state === 'finished'
          ? writeTensors(`${folder}/${weightsFile}`, outcome.weights, record)
          : E.right(undefined);
      const { step, epoch } = outcome;
      const end: Ending = E.isLeft(written)
        ? { state: 'failed', reason: written.left.message }
        : { state: outcome.state, reason: 'reason' in outcome ? outcome.reason : undefined };
      journal.write({ event: 'ended', ...moment(outcome), state: end.state });
      reach({ step, epoch, ...end });
      journal.close();
      lock.release();
      return written;
    },
  });
};

/** Writes weights alone, in the order given (E0509). */
const writeTensors = (
  path: string,
  weights: readonly Tensor[],
  record: RunRecord,
): Either<Diagnostic, void> => {
  const numbers = new Map(weights.map((t) => [t.path, t.data]));
  const outgoing = weights.map(({ path: name, shape }) => ({ name, shape }));
  return writeWeights(path, outgoing, (name) => E.right(numbers.get(name)!), metadataOf(record));
};
