/**
 * A checkpoint: one safetensors file with everything that training goes on from. It opens as weights of its net, and any
 * reader of safetensors shows it. The sum in its metadata is that of the file with 64 zeros in the place of the sum.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { aNumber, anObject, aText, decoded, recordOf } from '../data/decode.ts';
import { sha256OfChunks } from '../disk/digest.ts';
import { inWords, type Chunks, type FileFault, type RandomAccess } from '../data/bytes.ts';
import { openFile, withFile } from '../disk/random-access.ts';
import { weightChunks } from '../store/safetensors-write.ts';
import { headerText, readWeights, type Header } from '../store/safetensors.ts';
import { progress, type Progress } from './progress.ts';
import { startOf } from '../../syntax/source.ts';
import { progressKey, stateName, statePath, sumKey } from '../store/training-state.ts';

/** Float32 numbers in rows, by the path of a weight or of what is kept of one. */
export type Tensor = {
  readonly path: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
};

/** What a checkpoint says of the training that it belongs to. */
export type Identity = {
  /** of the run: a copy of another run's checkpoint is told by it */
  readonly run: string;
  readonly net: string;
  readonly seed: number;
  /** SHA-256 of the sources, of the recipe, and of the list of pictures */
  readonly source: string;
  readonly recipe: string;
  readonly data: string;
  readonly versions: { readonly [what: string]: string };
};

/** What is saved: the weights of the net, running statistics included, and what the optimiser keeps. */
export type Contents = {
  readonly weights: readonly Tensor[];
  readonly slots: readonly Tensor[];
  readonly progress: Progress;
};

/** What is loaded. */
export type Checkpoint = Contents & { readonly identity: Identity };

const identity = anObject<Identity>({
  run: aText,
  net: aText,
  seed: aNumber,
  source: aText,
  recipe: aText,
  data: aText,
  versions: recordOf(aText),
});

const noSum = '0'.repeat(64);

/**
 * The bytes of a checkpoint. `metadata` is what readers of weights look for: classes, how pictures are prepared. The
 * tensors must not change until all bytes are taken.
 */
export const checkpointChunks = (
  { weights, slots, progress }: Contents,
  identity: Identity,
  metadata: ReadonlyMap<string, string>,
): Chunks => {
  const all = [
    ...weights.map((t) => ({ ...t, name: t.path })),
    ...slots.map((t) => ({ ...t, name: stateName(t.path) })),
  ];
  const numbers = new Map(all.map(({ name, data }) => [name, data]));
  const own = JSON.stringify({ identity, progress });
  const chunks = (sum: string): Chunks =>
    weightChunks(
      all,
      (name) => E.right(numbers.get(name)!),
      new Map([[sumKey, sum], [progressKey, own], ...metadata]),
    );
  const sum = sha256OfChunks(chunks(noSum));
  if (E.isLeft(sum)) throw new Bug('the tensors of a checkpoint are in memory');
  return chunks(sum.right);
};

/** Why a file is not a checkpoint to go on from, in words that continue "it …". */
type Fault = string;

const summed = new RegExp(`^\\{"__metadata__":\\{"${sumKey}":"([0-9a-f]{64})"`);

/** Bytes that are read at a time. */
const part = 2 ** 22;

/** The bytes of a checkpoint as they were when its sum was taken. */
function* unsummed(
  file: RandomAccess,
  json: string,
  start: number,
): Generator<Either<FileFault, Uint8Array>> {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(start - 8), true);
  yield E.right(length);
  yield E.right(new TextEncoder().encode(json));
  for (let at = start; at < file.size; at += part) {
    const bytes = new Uint8Array(Math.min(part, file.size - at));
    yield E.map(() => bytes)(file.readAt(bytes, at));
  }
}

/** The sum that a file states; undefined where it states none. */
type Stated = { readonly sum: string; readonly json: string; readonly start: number };

const statedIn = (file: RandomAccess): Either<Fault, Stated | undefined> => {
  const text = headerText(file);
  if (E.isLeft(text)) return E.left(reasonIn(text.left));
  const sum = summed.exec(text.right.json)?.[1];
  return E.right(sum === undefined ? undefined : { ...text.right, sum });
};

/** Whether the file is as it was when its sum was taken. */
const sumFault = (file: RandomAccess, { sum, json, start }: Stated): Fault | undefined => {
  const found = sha256OfChunks(unsummed(file, json.replace(sum, noSum), start));
  if (E.isLeft(found)) return inWords(found.left);
  return found.right === sum ? undefined : 'is damaged: its sum is another than it states';
};

/** Whether the file is a checkpoint as it was written. */
const checkpointFault = (file: RandomAccess): Fault | undefined => {
  const stated = statedIn(file);
  if (E.isLeft(stated)) return stated.left;
  return stated.right === undefined ? 'is not a checkpoint' : sumFault(file, stated.right);
};

/** The words of a diagnostic about a file, without those that name it. */
const reasonIn = ({ message }: Diagnostic): Fault => {
  const words = message.slice(message.indexOf(': ') + 2);
  return words.startsWith('it ') ? words.slice(3) : `is malformed: ${words}`;
};

/** Reads and checks every byte of a checkpoint. */
export const checkpointIn = (file: RandomAccess): Either<Fault, Checkpoint> => {
  const damage = checkpointFault(file);
  return damage === undefined ? contentsOf(file) : E.left(damage);
};

/** Opens a file for one question. */
const asked = <A>(
  path: string,
  ask: (file: RandomAccess) => Either<Fault, A>,
): Either<Fault, A> => {
  const file = openFile(path);
  if (E.isLeft(file)) return E.left(inWords(file.left));
  try {
    return ask(file.right);
  } finally {
    file.right.close();
  }
};

/** The same of a file by its path. */
export const readCheckpoint = (path: string): Either<Fault, Checkpoint> =>
  asked(path, checkpointIn);

/** Why a file is not a whole checkpoint; undefined where it is. Every byte is read, and a few are kept. */
export const damageOf = (path: string): Fault | undefined => {
  const damage = asked(path, (file) => E.right(checkpointFault(file)));
  return E.isLeft(damage) ? damage.left : damage.right;
};

/**
 * Says of a file of weights that it was changed since netc wrote it (E0504). What states no sum, or cannot be read, is for
 * others to judge.
 */
export const changedSinceWritten = (path: string): Diagnostic | undefined => {
  const stated = asked(path, statedIn);
  if (E.isLeft(stated) || stated.right === undefined) return undefined;
  const damage = damageOf(path);
  if (damage === undefined) return undefined;
  return error('E0504', startOf(path), `${path}: it ${damage}`, {
    notes: ['it is a checkpoint of a training, and weights in it may be wrong; take another'],
  });
};

const contentsOf = (file: RandomAccess): Either<Fault, Checkpoint> => {
  const opened = readWeights(file);
  if (E.isLeft(opened)) return E.left(reasonIn(opened.left));
  const { tensors, metadata, read } = opened.right;
  const own = decoded(metadata.get(progressKey) ?? '', anObject({ identity, progress }));
  if (E.isLeft(own)) return E.left(`states what netc does not understand: it ${own.left}`);
  const weights: Tensor[] = [];
  const slots: Tensor[] = [];
  for (const { name, shape } of tensors.values()) {
    const data = read(name);
    if (E.isLeft(data)) return E.left(reasonIn(data.left));
    const kept = statePath(name);
    (kept === undefined ? weights : slots).push({ path: kept ?? name, shape, data: data.right });
  }
  return E.right({ weights, slots, ...own.right });
};

/** How far a training is, as the metadata of a checkpoint states it; undefined for other files. */
export const progressIn = (metadata: ReadonlyMap<string, string>): Progress | undefined => {
  const own = decoded(metadata.get(progressKey) ?? '', anObject({ progress }));
  return E.isRight(own) ? own.right.progress : undefined;
};

/** The steps that a checkpoint states to have; undefined where it cannot be read. Its sum is not checked. */
export const stepIn = (path: string): number | undefined => {
  const step = withFile(path, (file) =>
    E.map(({ metadata }: Header) => progressIn(metadata)?.step)(readWeights(file)),
  );
  return E.isRight(step) ? step.right : undefined;
};
