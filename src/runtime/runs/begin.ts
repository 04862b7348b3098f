/**
 * Runs are folders that tell the story of a training and are never overwritten. `createRun` begins one, `openRun` goes on
 * with one; either way this process holds the folder until the run is finished.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Recipe } from '../../protocol/recipe.ts';
import { clauseTexts } from '../../protocol/write.ts';
import { aText, decoded, recordOf } from '../data/decode.ts';
import type { Pictured } from '../batches/dataset.ts';
import { readCharacters, readText } from '../files/texts.ts';
import { textChunks } from '../data/bytes.ts';
import { randomName, sha256 } from '../disk/digest.ts';
import { writeFileAtomically } from '../disk/files.ts';
import { exists, folderAt, numberedFolder, removeFolder, renameTo } from '../disk/folders.ts';
import type { Lock } from '../disk/lock.ts';
import type { Checkpoint, Contents } from './checkpoint.ts';
import {
  changedData,
  changedRecipe,
  changedSource,
  changedWorkers,
  elsewhere,
  unwritableRun,
} from './faults.ts';
import { logFile } from './journal.ts';
import { memoryFile, type Memory } from './memory.ts';
import { logUpTo } from './log.ts';
import { pictureDifference, picturesFile, picturesIn, picturesText } from './pictures.ts';
import {
  jsonText,
  malformedRun,
  readRecord,
  recordFile,
  stateFile,
  type Facts,
  type RunRecord,
  type State,
} from './record.ts';
import { hold, marksOf, runOf, type Run } from './run.ts';
import { checkpointFiles, loadCheckpoint, writeCheckpoint, type Warn } from './saving.ts';
import {
  keptSources,
  mainFile,
  readSources,
  sourceDifference,
  sourceDigest,
  type Sources,
} from './sources.ts';

/** What a training says of itself when it begins, or goes on. */
export type Description = {
  readonly facts: Facts;
  readonly sources: Sources;
  /** every clause, resolved */
  readonly recipe: Recipe;
  /** of its data, where they are files */
  readonly pictures: readonly Pictured[];
  /** the same as `netc dump` prints it, and the plan of memory */
  readonly configuration: string;
  readonly plan: string;
  readonly memory: Memory;
  /** the command that goes on with the run of this name */
  readonly resume: (run: string) => string;
};

/** What clauses say, by their words. */
type ClauseTexts = { readonly [word: string]: string };

/** The names of the files that describe a run, beside its records. */
const recipeFile = 'recipe.json';
export const configurationFile = 'configuration.txt';
export const planFile = 'plan.txt';

const recipeText = ({ recipe }: Description): string =>
  `${JSON.stringify(clauseTexts(recipe), undefined, 2)}\n`;

/** A run may become longer than it was meant to be, and is the same. */
const settled = (recipe: Recipe): ClauseTexts => {
  const { epochs: _, ...others } = clauseTexts(recipe);
  return others;
};

const recipeDigest = (recipe: Recipe): string => sha256(JSON.stringify(settled(recipe)));

const recordFor = (
  description: Description,
  own: Pick<RunRecord, 'id' | 'run' | 'started'>,
): RunRecord => ({
  ...own,
  ...description.facts,
  sources: description.sources.map(({ path }) => path),
  sourceDigest: sourceDigest(description.sources),
  recipeDigest: recipeDigest(description.recipe),
});

/**
 * Begins a run in a new folder `name-N` of `root` (E0509), whose first checkpoint is what it begins with: a run never
 * lacks one. What is in the way of writing comes to `warn`.
 */
export const createRun = (
  root: string,
  name: string,
  description: Description,
  contents: Contents,
  warn: Warn,
): Either<Diagnostic, Run> => {
  const made = numberedFolder(root, name);
  if (E.isLeft(made)) return E.left(unwritableRun(`${root}/${name}`, made.left));
  const run = made.right;
  const folder = `${root}/${run}`;
  const begun = whileHeld(folder, (lock) => {
    const own = { id: randomName(), run, started: new Date().toISOString() };
    const record = recordFor(description, own);
    const state: State = { ...ready, epochs: description.facts.epochs };
    const first = writeCheckpoint(folder, checkpointFiles.last, contents, marksOf(record));
    if (E.isLeft(first)) return first;
    const written = described(folder, description, [
      { name: stateFile, text: jsonText(state) },
      { name: recordFile, text: jsonText(record) },
    ]);
    const log = { entries: [], length: 0 };
    const resume = description.resume(run);
    return E.isLeft(written) ? written : runOf({ folder, record, lock, state, log, resume }, warn);
  });
  if (E.isLeft(begun)) removeFolder(folder);
  return begun;
};

/** The state of a run in which nothing has happened. */
const ready: State = {
  state: 'running',
  reason: undefined,
  step: 0,
  epoch: 0,
  epochs: 0,
  best: undefined,
  seconds: 0,
};

/** Takes a folder, and releases it where what is done with it fails. */
const whileHeld = <A>(
  folder: string,
  act: (lock: Lock) => Either<Diagnostic, A>,
): Either<Diagnostic, A> => {
  const lock = hold(folder);
  if (E.isLeft(lock)) return lock;
  const done = act(lock.right);
  if (E.isLeft(done)) lock.right.release();
  return done;
};

/** Writes what describes a run, the records last: a folder without them is not a run. */
const described = (
  folder: string,
  description: Description,
  records: readonly { readonly name: string; readonly text: string }[],
): Either<Diagnostic, void> => {
  const pictures = picturesText(description.pictures);
  const files = [
    ...keptSources(description.sources),
    { name: recipeFile, text: recipeText(description) },
    { name: configurationFile, text: description.configuration },
    { name: planFile, text: description.plan },
    { name: memoryFile, text: `${JSON.stringify(description.memory)}\n` },
    ...(pictures === '' ? [] : [{ name: picturesFile, text: pictures }]),
    ...records,
  ];
  for (const { name, text } of files) {
    const path = `${folder}/${name}`;
    const made = folderAt(path.slice(0, path.lastIndexOf('/')));
    if (E.isLeft(made)) return E.left(unwritableRun(path, made.left));
    const written = writeFileAtomically(path, textChunks(text));
    if (E.isLeft(written)) return written;
  }
  return E.right(undefined);
};

/** A run that goes on, and where. */
export type Opened = { readonly run: Run; readonly checkpoint: Checkpoint };

/**
 * Goes on with the run in a folder (E0943, E0944, E0947, E0509), from its newest checkpoint that is whole. A program or
 * data that have changed are refused (E0945, E0949) unless `force` takes them; then the run has these from now on.
 */
export const openRun = (
  folder: string,
  description: Description,
  force: boolean,
  warn: Warn,
): Either<Diagnostic, Opened> => {
  const before = readRecord(folder);
  if (E.isLeft(before)) return before;
  return whileHeld(folder, (lock) => {
    const changed = changeOf(folder, before.right, description);
    if (changed !== undefined && !force) return E.left(changed);
    const [was, is] = [before.right.device, description.facts.device];
    if (was !== is) warn(elsewhere(folder, was, is));
    const checkpoint = loadCheckpoint(folder, before.right.id, warn);
    if (E.isLeft(checkpoint)) return checkpoint;
    const { progress } = checkpoint.right;
    const log = logIn(folder);
    if (E.isLeft(log)) return log;
    const kept = logUpTo(log.right, progress);
    const { step, epoch, best } = progress;
    const state: State = {
      ...{ ...ready, step, epoch, best },
      epochs: description.facts.epochs,
      seconds: kept.entries.at(-1)?.seconds ?? 0,
    };
    // the program up to here stays in the folder, under the name of the step at which it ends
    if (changed !== undefined) renameTo(`${folder}/${mainFile}`, `source-until-step-${step}.net`);
    const record = changed === undefined ? before.right : recordFor(description, before.right);
    const written =
      changed === undefined
        ? E.right(undefined)
        : described(folder, description, [{ name: recordFile, text: jsonText(record) }]);
    if (E.isLeft(written)) return written;
    const resume = description.resume(record.run);
    return E.map((run: Run) => ({ run, checkpoint: checkpoint.right }))(
      runOf({ folder, record, lock, state, log: kept, resume }, warn),
    );
  });
};

/** A run that another process keeps: nothing of it is written here. */
const watched = (folder: string, record: RunRecord): Run => ({
  ...{ folder, record },
  seconds: () => 0,
  log: () => {},
  epoch: () => {},
  save: () => E.right(true),
  keep: () => {},
  finish: () => E.right(undefined),
});

/** The run that another process has begun in a folder of `root`, as one that trains with it sees it. */
export const joinRun = (root: string, run: string, description: Description): Run =>
  watched(`${root}/${run}`, recordFor(description, { id: '', run, started: '' }));

/** Goes on, as `openRun` does, with a run that another process keeps: nothing is written (E0944, E0945, E0947, E0949). */
export const followRun = (
  folder: string,
  description: Description,
  force: boolean,
  warn: Warn,
): Either<Diagnostic, Opened> => {
  const before = readRecord(folder);
  if (E.isLeft(before)) return before;
  const changed = changeOf(folder, before.right, description);
  if (changed !== undefined && !force) return E.left(changed);
  return E.map((checkpoint: Checkpoint) => ({ run: watched(folder, before.right), checkpoint }))(
    loadCheckpoint(folder, before.right.id, warn),
  );
};

/** The clauses that say another thing than before, in lines for a message. */
const clauseDifference = (before: ClauseTexts, after: ClauseTexts): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((word) => {
    const [was, is] = [before[word], after[word]];
    if (was === is) return [];
    if (was === undefined) return [`\`${word}\` was not there, and is now \`${is}\``];
    return [
      `\`${word}\` was \`${was}\`, and is ${is === undefined ? 'not there now' : `now \`${is}\``}`,
    ];
  });

/** The clauses of a recipe that are not those of a run, in lines for a message; undefined where it is the same recipe. */
export const changedClauses = (
  folder: string,
  record: RunRecord,
  recipe: Recipe,
): readonly string[] | undefined => {
  if (recipeDigest(recipe) === record.recipeDigest) return undefined;
  const before = readText(`${folder}/${recipeFile}`, mostBytes, (w) => malformedRun(folder, w));
  const known = E.chainW((text: string) => decoded(text, recordOf(aText)))(before);
  const { epochs: _, ...was } = E.isRight(known) ? known.right : {};
  return clauseDifference(was, settled(recipe));
};

/** Whether so many processes are others than a run began with (E0945). */
export const workersFault = (
  folder: string,
  { options }: RunRecord,
  workers: number | undefined,
): Diagnostic | undefined => {
  const [was, is] = [options?.workers ?? 1, workers ?? 1];
  return was === is ? undefined : changedWorkers(folder, was, is);
};

/** What is another than when the run began, if anything is. */
const changeOf = (
  folder: string,
  record: RunRecord,
  description: Description,
): Diagnostic | undefined => {
  if (sourceDigest(description.sources) !== record.sourceDigest) {
    const before = readSources(folder, record);
    const known = E.isRight(before) ? before.right : [];
    return changedSource(folder, sourceDifference(known, description.sources));
  }
  const workers = workersFault(folder, record, description.facts.options?.workers);
  if (workers !== undefined) return workers;
  const clauses = changedClauses(folder, record, description.recipe);
  if (clauses !== undefined) return changedRecipe(folder, clauses, description.resume(record.run));
  const { data, dataDigest } = description.facts;
  return dataDigest === record.dataDigest
    ? undefined
    : changedData(
        folder,
        data,
        pictureDifference(
          { classes: record.classes, pictures: picturesIn(folder) },
          { classes: description.facts.classes, pictures: description.pictures },
        ),
      );
};

/** More than a log has that can be read at all. */
const mostBytes = 2 ** 28;

/** The log of a run, a character for each byte; empty where there is none. Damage costs the lines that have it. */
export const logIn = (folder: string): Either<Diagnostic, string> => {
  const path = `${folder}/${logFile}`;
  return exists(path)
    ? readCharacters(path, mostBytes, (what) => malformedRun(folder, `its \`${logFile}\`: ${what}`))
    : E.right('');
};
