/** Builds the addon: the C++ of `@tensorflow/tfjs-node-gpu`, unchanged, against the libraries of the wheel. */
import * as fs from 'node:fs';
import * as fsp from 'node:fs/promises';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { reasonOf } from '../disk/random-access.ts';
import { sha256Of } from './digest.ts';
import { notBuilt, unwritable } from './faults.ts';
import type { Written } from './manifest.ts';
import { run, type Surroundings } from './process.ts';
import { lastWords, type Tool } from './tools.ts';

/** Names within an installation. */
export const addonName = 'tfjs_binding.node';
export const libraryName = 'tensorflow/libtensorflow_cc.so.2';

/** Node-API 8 is in every Node that netc runs on. The library is found beside the addon, so the folder may be moved. */
const argumentsFor = (folder: string, to: string): readonly string[] => {
  const at = (path: string): string => nodePath.join(folder, path);
  return [
    ...['-shared', '-fPIC', '-O2', '-std=c++17', '-DNAPI_VERSION=8'],
    ...[`-I${at('node')}`, `-I${at('tensorflow/include')}`],
    ...[at('binding/tfjs_backend.cc'), at('binding/tfjs_binding.cc'), '-o', to],
    ...[`-L${at('tensorflow')}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
    '-Wl,-rpath,$ORIGIN/tensorflow',
    // Node unloads an addon with the thread that has it, and threads of the library would run on in what is gone
    '-Wl,-z,nodelete',
  ];
};

/** What a compiler says is wrong: its first errors, or its last words. */
const complaints = (said: string): readonly string[] => {
  const errors = said.split('\n').filter((line) => /\berror\b|undefined reference/.test(line));
  return errors.length === 0 ? lastWords(said) : lastWords(errors.slice(0, 3).join('\n'));
};

/** The library says little in such an environment. */
export const quiet = ({ env }: Surroundings): Surroundings['env'] => ({
  ...env,
  TF_CPP_MIN_LOG_LEVEL: '2',
});

/** Loads an addon, which ends the process if the library does: so in one of its own. */
const trial = 'process.dlopen({ exports: {} }, process.argv[1])';

/** Builds the addon, and loads it once in another process (E0715, E0509). */
export const build = async (
  folder: string,
  compiler: Tool,
  node: string,
  around: Surroundings,
): Promise<Either<Diagnostic, Written>> => {
  const path = nodePath.join(folder, addonName);
  const made = nodePath.join(folder, `part-${addonName}`);
  try {
    const compiled = await run(compiler.command, argumentsFor(folder, made), around);
    if (!compiled.ok) {
      const said = complaints(compiled.err);
      return E.left(notBuilt(`is refused by ${compiler.command.join(' ')}`, said));
    }
    const loaded = await run([node], ['-e', trial, made], { ...around, env: quiet(around) });
    if (!loaded.ok) return E.left(notBuilt('does not load', unloadable(loaded.err)));
    await fsp.rename(made, path);
    const sha256 = await sha256Of(path, around.signal);
    if (sha256 === undefined) return E.left(unwritable(path, 'cannot be read again'));
    return E.right({ path: addonName, size: fs.statSync(path).size, sha256 });
  } catch (thrown) {
    return E.left(unwritable(path, reasonOf(thrown)));
  } finally {
    await fsp.rm(made, { force: true });
  }
};

/** Why Node says that something does not load. */
export const unloadable = (said: string): readonly string[] => {
  const reason = said.split('\n').find((line) => line.startsWith('Error: '));
  return reason === undefined ? lastWords(said) : [reason.slice('Error: '.length)];
};
