/** One process at a time works on what is installed of a product. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { folderAt } from '../disk/folders.ts';
import { takeLock, type Lock } from '../disk/lock.ts';
import { inUse, unwritable } from './faults.ts';
import { rootIn } from './installed.ts';
import type { Product } from './product.ts';

/** Works while no other process does (E0509, E0716). */
export const alone = async <A>(
  cache: string,
  product: Product,
  work: (lock: Lock) => Promise<Either<Diagnostic, A>>,
): Promise<Either<Diagnostic, A>> => {
  const root = rootIn(cache, product);
  const made = folderAt(root);
  if (E.isLeft(made)) return E.left(unwritable(root, made.left));
  const lock = takeLock(root);
  if (E.isLeft(lock)) {
    if (lock.left.tag === 'unwritable') return E.left(unwritable(root, lock.left.reason));
    const { pid, host, file } = lock.left.by;
    return E.left(inUse(product.title, root, { pid, host, file }));
  }
  try {
    return await work(lock.right);
  } finally {
    lock.right.release();
  }
};
