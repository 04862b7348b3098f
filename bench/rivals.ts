/** Others, and netc beside them, each in a process of its own that takes one step for each line it reads. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { EngineName } from '../src/runtime/engines/engine.ts';
import { sure } from './measure.ts';
import type { Stages } from './stages.ts';

/** Stages of convolutions, then layers that are fully connected: what every rival can be told. */
export type Layers = {
  readonly stages: Stages;
  readonly units: readonly number[];
  readonly normalised?: boolean; // a batch norm behind each convolution
};

/** Pictures, so many at once, through a net; of ResNet-50 the batch norms are folded. */
export type Forward = {
  readonly what: 'forward';
  readonly batch: number;
  readonly side: number;
} & (
  | ({ readonly net: 'VGG-D' } & Layers)
  | { readonly net: 'ResNet-50' | 'DenseNet-121' | 'ResNet-20' }
);

/** That, or a step of training of layers. */
export type Task =
  Forward | ({ readonly what: 'step'; readonly batch: number; readonly side: number } & Layers);

/**
 * Milliseconds of a step on the clock and of the processor, which others on the machine move less, and the most bytes that
 * the process has taken so far.
 */
export type Taken = {
  readonly clock: number;
  readonly processor: number;
  readonly memory: number;
};

type Environment = { readonly [variable: string]: string };

/** `how` it computes: in which numbers, and on how many threads. */
export type Rival = {
  readonly how: string;
  readonly step: () => Promise<Taken>;
  readonly dispose: () => void;
};

const inProcess = async (
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env?: Environment } = {},
): Promise<Rival | undefined> => {
  const own = { ...process.env, ...env };
  const child = spawn(command, args, { cwd, env: own, stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: sure(child.stdout, 'output') })[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => {
    const { value, done } = await lines.next();
    return done === true ? undefined : value;
  };
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const [, threads] = /^ready (\d+)$/.exec((await next()) ?? '') ?? [];
  if (threads === undefined) return undefined;
  return {
    how: `float32, ${threads} thread${threads === '1' ? '' : 's'}`,
    step: async () => {
      child.stdin.write('\n');
      const line = (await next()) ?? '';
      const [clock = NaN, processor = NaN, memory = NaN] = line.split(' ').map(Number);
      if (![clock, processor, memory].every(Number.isFinite))
        throw new Error(`${command} ${args[0]} has ended, or says “${line}”`);
      return { clock, processor, memory };
    },
    dispose: () => void child.kill(),
  };
};

const script = (name: string): string => resolve('bench/rivals', name);

/** netc itself on an engine, in a process like the others'. */
export const netc = (
  engine: EngineName,
  task: Task,
  env: Environment = {},
): Promise<Rival | undefined> =>
  inProcess(process.execPath, ['build/bench/alone.mjs', engine, JSON.stringify(task)], { env });

/** `tf.layers` on tfjs-node with the addon that netc uses; NETC_TFJS_NODE is a folder where the package has it. */
export const tfjsNode = async (task: Task): Promise<Rival | undefined> => {
  const folder = process.env['NETC_TFJS_NODE'];
  const args = [script('tfjs.cjs'), 'node', JSON.stringify(task)];
  return folder === undefined ? undefined : inProcess(process.execPath, args, { cwd: folder });
};

/** `tf.layers` on the wasm of TensorFlow.js; NETC_TF_LAYERS is a folder where they are installed. */
export const tfjsWasm = async (task: Task): Promise<Rival | undefined> => {
  const args = [script('tfjs.cjs'), 'wasm', JSON.stringify(task)];
  return inProcess(process.execPath, args, { cwd: process.env['NETC_TF_LAYERS'] ?? '.' });
};

/** On two cores, by /usr/bin/python3. */
export const pytorch = (task: Task): Promise<Rival | undefined> =>
  inProcess('/usr/bin/python3', [script('pytorch.py'), JSON.stringify(task)]);

/**
 * onnxruntime-node, which NETC_ONNXRUNTIME has in its folder, on the net as PyTorch writes it. The files of nets are kept
 * there.
 */
export const onnxruntime = async (task: Forward): Promise<Rival | undefined> => {
  const folder = process.env['NETC_ONNXRUNTIME'];
  if (folder === undefined) return undefined;
  const file = join(folder, `${task.net}-${task.batch}.onnx`);
  if (!existsSync(file)) {
    const exported = JSON.stringify({ ...task, what: 'export', file });
    execFileSync('/usr/bin/python3', [script('pytorch.py'), exported], { stdio: 'ignore' });
  }
  const args = [script('onnxruntime.cjs'), file, String(task.batch), String(task.side)];
  return inProcess(process.execPath, args, { cwd: folder });
};

/** A step by @jax-js/jax on wasm, which NETC_JAX has in its folder. */
export const jax = async (task: Task): Promise<Rival | undefined> => {
  const folder = process.env['NETC_JAX'];
  const args = [script('jax.mjs'), JSON.stringify(task)];
  return folder === undefined ? undefined : inProcess(process.execPath, args, { cwd: folder });
};

/** `fit` on the cpu backend; NETC_TF_LAYERS is a folder where @tensorflow/tfjs-layers and its backend are installed. */
export const tfLayers = (layers: Layers, batch: number): Promise<Rival | undefined> =>
  inProcess(process.execPath, [script('tf-layers.cjs'), JSON.stringify(layers), String(batch)], {
    cwd: process.env['NETC_TF_LAYERS'] ?? '.',
  });
