/** koffi in place of the addon, where no compiler can build that: it calls the library's interface for C. */
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { libraryName, quiet, unloadable } from './addon.ts';
import { notCalled } from './faults.ts';
import { run, type Surroundings } from './process.ts';

/** Its name within an installation. */
export const koffiName = 'node_modules/koffi/index.cjs';

/**
 * How a library is loaded for as long as the process runs: threads of TensorFlow go on when the thread that loaded it has
 * ended, and need its code.
 */
export const forGood = {
  library: 'libc.so.6',
  declaration: 'void *dlopen(const char *, int)',
  flags: 0x1002, // RTLD_NOW | RTLD_NODELETE
} as const;

/** Calls the library, which may end the process: so in one of its own. */
const trial = `
  const [, path, library] = process.argv;
  const koffi = require(path);
  koffi.load('${forGood.library}').func('${forGood.declaration}')(library, ${forGood.flags});
  koffi.load(library).func('const char *TF_Version()')();
`;

/** Calls the library once in another process (E0715). */
export const tryKoffi = async (
  folder: string,
  node: string,
  around: Surroundings,
): Promise<Either<Diagnostic, void>> => {
  const [koffi, library] = [koffiName, libraryName].map((name) => nodePath.join(folder, name));
  const ran = await run([node], ['-e', trial, koffi!, library!], { ...around, env: quiet(around) });
  return ran.ok ? E.right(undefined) : E.left(notCalled(unloadable(ran.err)));
};
