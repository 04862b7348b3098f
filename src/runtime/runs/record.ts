/** What the folder of a run says of it: `run.json`, which stays as it is, and `state.json`, which follows the training. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import {
  aCount,
  aFlag,
  aNumber,
  anObject,
  aText,
  decoded,
  listOf,
  oneOf,
  perhaps,
  recordOf,
  type Decoder,
} from '../data/decode.ts';
import type { Measured } from '../batches/loader.ts';
import { readText } from '../files/texts.ts';
import { decodeInput, type Input } from '../store/preprocess.ts';
import { best, type Best } from './progress.ts';

/** Weights that a training began with, where they were taken over: a resume does not need the file again. */
export type Start = {
  readonly file: string;
  /** SHA-256 of the file */
  readonly digest: string;
  /** layers that got weights of the file, and those that were drawn; without the net */
  readonly taken: readonly string[];
  readonly drawn: readonly string[];
};

/** What the command that began a run asked for, as far as a resume asks for it too. */
export type RunOptions = {
  readonly train: string | undefined;
  /** `batch=32` */
  readonly set: readonly string[];
  readonly seed: number | undefined;
  readonly engine: string | undefined;
  readonly strict: boolean;
  readonly recompute: boolean;
  /** the processes that train together; one where it is not said */
  readonly workers: number | undefined;
};

/** What a training says of itself when it begins. */
export type Facts = {
  readonly net: string;
  /** as in `imagefolder("data/flowers")` */
  readonly data: string;
  /** SHA-256 of the list of pictures with their labels */
  readonly dataDigest: string;
  readonly classes: readonly string[];
  /** how pixels become numbers, with what was measured in the place of `data` */
  readonly input: Input;
  readonly measured: Measured | undefined;
  readonly start: Start | undefined;
  readonly seed: number;
  readonly epochs: number;
  readonly engine: string;
  /** what the engine runs on: `wasm, 1 thread` */
  readonly device: string;
  readonly versions: { readonly [what: string]: string };
  /** the command that began it, and its options, which older runs lack */
  readonly command: string;
  readonly options: RunOptions | undefined;
};

/** What is known of a run. */
export type RunRecord = Facts & {
  /** of this run alone, so that a checkpoint of another one is told */
  readonly id: string;
  /** `first-1` */
  readonly run: string;
  /** ISO 8601 in UTC */
  readonly started: string;
  /** paths of the sources, the main one first */
  readonly sources: readonly string[];
  /** SHA-256 of the sources, and of the recipe without its number of epochs */
  readonly sourceDigest: string;
  readonly recipeDigest: string;
};

/** What a run is doing. One whose process is gone without a word says that it is running. */
export type Doing = 'running' | 'finished' | 'stopped' | 'failed';

/** How far a run is, when this was written last. */
export type State = {
  readonly state: Doing;
  /** why it failed */
  readonly reason: string | undefined;
  readonly step: number;
  /** epochs that are done, of how many */
  readonly epoch: number;
  readonly epochs: number;
  readonly best: Best | undefined;
  /** spent on training, those before a resume included */
  readonly seconds: number;
};

const numbers = listOf(aNumber);
const input: Decoder<Input> = (json) => decodeInput(JSON.stringify(json));

const runRecord = anObject<RunRecord>({
  id: aText,
  run: aText,
  net: aText,
  data: aText,
  classes: listOf(aText),
  input,
  measured: perhaps(anObject<Measured>({ mean: numbers, std: numbers, covariance: numbers })),
  start: perhaps(
    anObject<Start>({ file: aText, digest: aText, taken: listOf(aText), drawn: listOf(aText) }),
  ),
  seed: aNumber,
  epochs: aCount,
  engine: aText,
  device: aText,
  versions: recordOf(aText),
  command: aText,
  options: perhaps(
    anObject<RunOptions>({
      train: perhaps(aText),
      set: listOf(aText),
      seed: perhaps(aCount),
      engine: perhaps(aText),
      strict: aFlag,
      recompute: aFlag,
      workers: perhaps(aCount),
    }),
  ),
  started: aText,
  sources: listOf(aText),
  sourceDigest: aText,
  recipeDigest: aText,
  dataDigest: aText,
});

const state = anObject<State>({
  state: oneOf(['running', 'finished', 'stopped', 'failed']),
  reason: perhaps(aText),
  step: aCount,
  epoch: aCount,
  epochs: aCount,
  best: perhaps(best),
  seconds: aNumber,
});

/** More than any of these files has: the names of classes are in them. */
const mostBytes = 2 ** 26;

/** The names of the files. */
export const recordFile = 'run.json';
export const stateFile = 'state.json';

/** A folder that netc did not make, or that was changed since. */
export const malformedRun = (folder: string, what: string): Diagnostic =>
  error('E0944', startOf(folder), `\`${folder}\` is not a run that netc knows: ${what}`, {
    notes: ['a run is a folder that `netc train` made; `netc runs` lists those that are here'],
  });

const read = <A>(folder: string, name: string, decoder: Decoder<A>): Either<Diagnostic, A> => {
  const path = `${folder}/${name}`;
  const malformed = (what: string): Diagnostic => malformedRun(folder, what);
  const text = readText(path, mostBytes, malformed);
  if (E.isLeft(text))
    return text.left.code === 'E0001' ? E.left(malformed(`it has no \`${name}\``)) : text;
  return E.mapLeft((what: string) => malformed(`its \`${name}\` ${what}`))(
    decoded(text.right, decoder),
  );
};

/** What a run said of itself when it began (E0944). */
export const readRecord = (folder: string): Either<Diagnostic, RunRecord> =>
  read(folder, recordFile, runRecord);

/** How far a run is (E0944). */
export const readState = (folder: string): Either<Diagnostic, State> =>
  read(folder, stateFile, state);

/** The text of one of these files: a line for each field, as people look into them. */
export const jsonText = (value: RunRecord | State): string =>
  `${JSON.stringify(value, undefined, 2)}\n`;
