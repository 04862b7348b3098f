/** Texts of a program by their paths, as the checker reads them; netc's own passes come with them. */
import * as E from 'fp-ts/lib/Either.js';
import { isShipped, shippedFile, shippedInstead, shippedPasses } from '../rewrite/shipped.ts';
import { resolveImport } from '../typecheck/program/import-path.ts';
import type { Files, ReadFault } from '../typecheck/program/modules.ts';

const missing: ReadFault = { code: 'E0001', message: 'cannot be read: it does not exist' };

const meant =
  (written: string) =>
  (fault: ReadFault): ReadFault => {
    const better = shippedInstead(written);
    return better === undefined ? fault : { ...fault, better };
  };

/** `textAt` gives the text of a file; `pages` has netc's own by their paths, `passes/fc-to-conv.net`. */
export const filesOf = (
  textAt: (path: string) => string | undefined,
  pages: { readonly [path: string]: string },
): Files => ({
  read: (path) => {
    const text = isShipped(path) ? pages[`passes/${shippedFile(path)}`] : textAt(path);
    return text === undefined ? E.left(meant(path)(missing)) : E.right({ path, text });
  },
  resolve: (from, written) =>
    isShipped(written) ? E.right(written) : E.mapLeft(meant(written))(resolveImport(from, written)),
  shipped: shippedPasses,
});
