/** Removes what was installed, in all versions and variants, and what was fetched for it. */
import * as fs from 'node:fs';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { namesIn } from '../disk/folders.ts';
import { codeOf, reasonOf } from '../disk/random-access.ts';
import { unwritable } from './faults.ts';
import { alone } from './holding.ts';
import { downloadsIn, isInstallation, rootIn } from './installed.ts';
import { manifestName } from './manifest.ts';
import type { Product } from './product.ts';
import { bytesIn } from './sources.ts';

/** What was removed: folders, and the bytes that were in them. */
export type Removed = { readonly folders: readonly string[]; readonly bytes: number };

/**
 * Removes all installations of a product in a cache (E0509, E0716). The accounts go first, so what an interruption leaves is not taken
 * for whole. What is not netc's own stays.
 */
export const uninstall = async (
  cache: string,
  product: Product,
): Promise<Either<Diagnostic, Removed>> => {
  const root = rootIn(cache, product);
  if (!fs.existsSync(root)) return E.right({ folders: [], bytes: 0 });
  const removed = await alone(cache, product, async () => {
    const own = namesIn(root).filter(isInstallation);
    const folders = [
      ...own.map((name) => nodePath.join(root, name)),
      downloadsIn(cache, product),
    ].filter((folder) => fs.existsSync(folder));
    const size = folders.map(bytesIn).reduce((sum, n) => sum + n, 0);
    try {
      for (const folder of folders) fs.rmSync(nodePath.join(folder, manifestName), { force: true });
      for (const folder of folders) fs.rmSync(folder, { recursive: true });
      return E.right({ folders, bytes: size });
    } catch (thrown) {
      return E.left(unwritable(root, reasonOf(thrown)));
    }
  });
  if (E.isRight(removed)) removeIfEmpty(root);
  return removed;
};

const removeIfEmpty = (folder: string): void => {
  try {
    fs.rmdirSync(folder);
  } catch (thrown) {
    if (codeOf(thrown) === '') throw thrown;
    // other things lie there, or another process has just begun
  }
};
