/**
 * The thread in which TensorFlow computes: a run blocks it, and nothing else. It calls the addon of tfjs-node by itself,
 * of which two functions are enough: one that loads a SavedModel, and one that runs it. The bundle has this file by
 * itself, as `tensorflow-worker.js`.
 */
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as nodePath from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { Bug } from '../../../diagnostic/bug.ts';
import type { Cluster } from '../../engines/cluster.ts';
import type { TensorflowLibrary } from '../../engines/host.ts';
import type { Fed } from '../../engines/tensorflow/library.ts';
import { dataTypes } from '../../engines/tensorflow/node.ts';
import { servingTag } from '../../engines/tensorflow/saved-model.ts';
import type { Addon } from './addon.ts';
import { addonThrough, type Koffi } from './foreign.ts';

/** What the thread is started with: what calls the library, and the library, both by their paths; and its cluster. */
export type Start = Pick<TensorflowLibrary, 'caller' | 'library'> & {
  readonly cluster: Cluster | undefined;
};

/** What the thread is asked, with the number that its answer bears. */
export type Asked = { readonly id: number } & (
  | { readonly tag: 'start' }
  | { readonly tag: 'open'; readonly model: Uint8Array<ArrayBuffer> }
  | {
      readonly tag: 'run';
      readonly model: number;
      readonly fed: readonly Fed[];
      readonly wanted: readonly string[];
    }
  | { readonly tag: 'close'; readonly model: number }
);

/** What became of it. */
export type Answer = { readonly id: number } & (
  | { readonly tag: 'started'; readonly version: string; readonly usesGpu: boolean }
  | { readonly tag: 'opened'; readonly model: number }
  | { readonly tag: 'done'; readonly outputs: readonly Float32Array<ArrayBuffer>[] }
  | { readonly tag: 'closed' }
  /** what the library says of a fault, or of its lack of memory; or why a model cannot be written for it */
  | { readonly tag: 'failed'; readonly by: 'library' | 'disk'; readonly reason: string }
);

const port = parentPort;
if (port === null) throw new Bug('this is the thread of TensorFlow, and no program');
const { caller, library, cluster }: Start = workerData;

const load = createRequire(import.meta.url);
let loaded: Addon | undefined;
const addon = (): Addon =>
  (loaded ??=
    caller.by === 'addon'
      ? (load(caller.path) as Addon)
      : addonThrough(load(caller.path) as Koffi, library, cluster));

/** A folder with the file of a model, below another one. */
const written = (below: string, model: Uint8Array): string => {
  const folder = fs.mkdtempSync(nodePath.join(below, 'netc-tensorflow-'));
  try {
    fs.writeFileSync(nodePath.join(folder, 'saved_model.pb'), model);
    return folder;
  } catch (thrown) {
    fs.rmSync(folder, { recursive: true, force: true });
    throw thrown;
  }
};

/** The disk does not take a model. */
class Unwritten extends Error {}

/** The same in the folder for such things; beside the library where there is none, or no room in it. */
const somewhere = (model: Uint8Array): string => {
  try {
    return written(os.tmpdir(), model);
  } catch (thrown) {
    try {
      return written(nodePath.dirname(library), model);
    } catch {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new Unwritten(`its model cannot be written: ${why}`);
    }
  }
};

/** The loader reads a folder. */
const open = (model: Uint8Array): number => {
  const folder = somewhere(model);
  try {
    return addon().loadSavedModel(folder, servingTag);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
};

const namesOf = (ends: readonly string[]): string => ends.map((end) => `${end}:0`).join();

const run = (
  model: number,
  fed: readonly Fed[],
  wanted: readonly string[],
): readonly Float32Array<ArrayBuffer>[] => {
  const { createTensor, deleteTensor, runSavedModel, tensorDataSync } = addon();
  const tensors: number[] = [];
  try {
    for (const { shape, data } of fed) {
      const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
      tensors.push(createTensor(shape, dataTypes.int32, bits));
    }
    const inputs = namesOf(fed.map(({ name }) => name));
    const made = runSavedModel(model, tensors, inputs, namesOf(wanted)).map(({ id }) => id);
    tensors.push(...made);
    return made.map(tensorDataSync);
  } finally {
    for (const tensor of tensors) deleteTensor(tensor);
  }
};

const answered = (asked: Asked): Answer => {
  const { id } = asked;
  switch (asked.tag) {
    case 'start':
      return {
        id,
        tag: 'started',
        version: addon().TF_Version,
        usesGpu: addon().isUsingGpuDevice(),
      };
    case 'open':
      return { id, tag: 'opened', model: open(asked.model) };
    case 'run':
      return { id, tag: 'done', outputs: run(asked.model, asked.fed, asked.wanted) };
    case 'close':
      addon().deleteSavedModel(asked.model);
      return { id, tag: 'closed' };
  }
};

port.on('message', (asked: Asked) => {
  try {
    const answer = answered(asked);
    const outputs = answer.tag === 'done' ? answer.outputs : [];
    port.postMessage(answer, [...new Set(outputs.map(({ buffer }) => buffer))]);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    const by = thrown instanceof Unwritten ? 'disk' : 'library';
    const answer: Answer = { id: asked.id, tag: 'failed', by, reason };
    port.postMessage(answer);
  }
});
