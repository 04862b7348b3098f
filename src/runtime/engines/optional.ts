/** Optional packages, which netc uses if they are installed. */
import * as Either from 'fp-ts/lib/Either.js';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Unusable } from './engine.ts';

/**
 * The exports of a package, or why it cannot be loaded. It is searched for beside netc only: the folder of a program
 * must not bring its own code. The variable keeps bundlers from searching for the package.
 */
export const optional = async (
  name: string,
  remedy: string,
): Promise<Either.Either<Unusable, unknown>> => {
  const path = find(name);
  if (path === undefined) return Either.left({ reason: `${name} is not installed`, remedy });
  try {
    const exports: unknown = await import(pathToFileURL(path).href);
    return Either.right(exports);
  } catch (e) {
    const why = e instanceof Error ? e.message.split('\n')[0] : String(e);
    return Either.left({ reason: `${name} does not load: ${why}`, remedy });
  }
};

const find = (name: string): string | undefined => {
  try {
    return createRequire(import.meta.url).resolve(name);
  } catch {
    return undefined;
  }
};
