/** Node as the host of engines. */
import { availableParallelism } from 'node:os';
import { dirname, sep } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import type { Host } from '../engines/host.ts';
import { installedTensorflow } from '../install/installed.ts';
import { find, load, loaded } from './packages.ts';
import { loadLibrary } from './tensorflow/library.ts';
import { helpersHere } from './wasm/helpers.ts';
import { loadWebgpu } from './webgpu.ts';

const optional: Host['optional'] = async (name, remedy) => {
  const path = find(name);
  return path === undefined
    ? Either.left({ reason: `${name} is not installed`, remedy })
    : loaded(name, remedy, () => load(path)); // modules of ECMAScript too, from Node 20.19 on
};

const events = ['uncaughtException', 'unhandledRejection'] as const;

const withoutHandlers: Host['withoutHandlers'] = async (begin) => {
  const before = events.map((event) => process.rawListeners(event));
  const result = await begin();
  events.forEach((event, i) => {
    for (const listener of process.rawListeners(event))
      if (!before[i]!.includes(listener)) process.off(event, asListener(listener));
  });
  return result;
};

/** `rawListeners` gives listeners as plain functions. */
const asListener = (f: unknown): ((...args: readonly unknown[]) => void) =>
  f as (...args: readonly unknown[]) => void;

/** More threads than this are no help, and may be more than the system gives. */
const mostThreads = 512;

const say: Host['say'] = (line) => void process.stderr.write(`${line}\n`);

/** How many threads TensorFlow takes for one operation; what is not a number of threads would end the process. */
export const threadsAsked = (): number => {
  const variable = 'TF_NUM_INTRAOP_THREADS';
  const said = process.env[variable] ?? '';
  const asked = Number(said);
  const isNumber = Number.isInteger(asked) && asked >= 1 && asked <= mostThreads;
  const threads = isNumber ? asked : availableParallelism();
  if (said !== '' && !isNumber)
    say(
      `note: ${variable} is \`${said}\`, and a number from 1 to ${mostThreads} is expected: TensorFlow takes ${threads}`,
    );
  process.env[variable] = String(threads);
  return threads;
};

const preset: Host['preset'] = (variable, value) => void (process.env[variable] ??= value);

/** What the library reads of the environment when it is loaded. */
export const presetForTensorflow = (): void => {
  preset('TF_CPP_MIN_LOG_LEVEL', '2'); // or the library reports its instruction sets
  preset('TF_FORCE_GPU_ALLOW_GROWTH', 'true'); // or it takes all memory of the GPU at once
};

/** The process that runs netc. */
export const node: Host = {
  optional,
  // beside the package's own script, wherever a bundle of netc may lie
  folderOf: (name) => dirname(load.resolve(name)) + sep,
  tensorflow: async () => {
    const installed = installedTensorflow();
    if (Either.isLeft(installed)) return installed;
    presetForTensorflow();
    return loadLibrary(installed.right, threadsAsked());
  },
  helpers: helpersHere,
  say,
  webgpu: () => loadWebgpu(),
  mending: 'npm ci',
  preset,
  withoutHandlers,
};
