/** Packages of npm beside netc: the folder of a program must not bring its own code. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import * as Either from 'fp-ts/lib/Either.js';
import type { Unusable } from '../engines/host.ts';

export const load = createRequire(import.meta.url);

/** The path of a module, if it is there. */
export const find = (name: string): string | undefined => {
  try {
    return load.resolve(name);
  } catch {
    return undefined;
  }
};

/** What loading a module gives, or why it does not load, which `remedy` may mend. */
export const loaded = (
  name: string,
  remedy: string,
  from: () => unknown,
): Either.Either<Unusable, unknown> => {
  try {
    return Either.right(from());
  } catch (e) {
    const why = e instanceof Error ? e.message.split('\n')[0] : String(e);
    return Either.left({ reason: `${name} does not load: ${why}`, remedy });
  }
};

/** The exports of a module of CommonJS that may lie anywhere, and gets the packages that it asks for from beside netc. */
export const loadAsBeside = (path: string): unknown => {
  const module: { exports: unknown } = { exports: {} };
  const body = compileFunction(readFileSync(path, 'utf8'), ['exports', 'require', 'module'], {
    filename: path,
  });
  body.call(module.exports, module.exports, load, module);
  return module.exports;
};
