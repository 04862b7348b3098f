/** The runs of a folder, and their files by name. */
import * as E from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { exists, namesIn } from '../disk/folders.ts';
import { holderOf } from '../disk/lock.ts';
import { damageOf } from './checkpoint.ts';
import type { Listed } from './listed.ts';
import { readRecord, readState, recordFile, type RunRecord, type State } from './record.ts';
import { checkpointFiles } from './saving.ts';

/** The folder in which runs are made, unless another is given. */
export const runsFolder = 'runs';

/** The run in a folder (E0944). */
export const runIn = (folder: string): E.Either<Diagnostic, Listed> => {
  const record = readRecord(folder);
  if (E.isLeft(record)) return record;
  return E.map((state: State) => ({
    folder,
    record: record.right,
    state,
    holder: holderOf(folder),
  }))(readState(folder));
};

/** The runs in a folder, the oldest first, and the faults of those that cannot be read (E0944). */
export const runsIn = (
  root: string,
): { readonly runs: readonly Listed[]; readonly faults: readonly Diagnostic[] } => {
  const found = namesIn(root)
    .map((name) => `${root}/${name}`)
    .filter(isRun)
    .map(runIn);
  const runs = found.flatMap((run) => (E.isRight(run) ? [run.right] : []));
  const faults = found.flatMap((run) => (E.isLeft(run) ? [run.left] : []));
  return { runs: runs.sort(byAge), faults };
};

/** By when they began; of two of one moment, by their numbers. */
const byAge = ({ record: a }: Listed, { record: b }: Listed): number => {
  if (a.started !== b.started) return a.started < b.started ? -1 : 1;
  const number = ({ run }: RunRecord): number => Number(/\d+$/.exec(run)?.[0] ?? 0);
  return number(a) - number(b);
};

/** Whether a folder is a run. */
const isRun = (folder: string): boolean => exists(`${folder}/${recordFile}`);

/** The folder of a run, by its path or by its name in `root`; undefined if it is neither. */
export const runFolder = (root: string, named: string): string | undefined => {
  const path = named.replace(/(.)[/\\]+$/, '$1');
  return [path, `${root}/${path}`].find(isRun);
};

/** The weights of a run, and the checkpoints that come before them and cannot be taken; a reason continues "it …". */
export type RunWeights = {
  readonly file: string | undefined;
  readonly lost: readonly { readonly file: string; readonly reason: string }[];
};

/** The weights of a run: those of its best epoch, else the newest that are whole. */
export const weightsOfRun = (folder: string): RunWeights => {
  const state = readState(folder);
  const hasBest = E.isRight(state) && state.right.best !== undefined;
  const { best, last, previous } = checkpointFiles;
  const lost: { readonly file: string; readonly reason: string }[] = [];
  for (const name of [best, last, previous]) {
    const file = `${folder}/${name}`;
    const reason = exists(file) ? damageOf(file) : 'is not there';
    if (reason === undefined) return { file, lost };
    if (exists(file) || (name === best && hasBest)) lost.push({ file, reason });
  }
  return { file: undefined, lost };
};

/** The training that a run is of, by the name of the run: `first` of `first-12`. */
export const trainingOfRun = (run: string): string => run.replace(/-\d+$/, '');

/** The runs that a `train` of this name made, the oldest first. */
export const runsOf = (root: string, name: string): readonly Listed[] =>
  runsIn(root).runs.filter(({ record }) => trainingOfRun(record.run) === name);

/** The newest finished one of them; undefined if there is none. */
export const newestFinished = (root: string, name: string): Listed | undefined =>
  runsOf(root, name).findLast(({ state }) => state.state === 'finished');
