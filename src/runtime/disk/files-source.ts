/** Reading source files: within their limits, within the project, and only text. */
import * as fs from 'node:fs';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { near } from '../../diagnostic/suggest.ts';
import type { Source } from '../../syntax/source.ts';
import { faultOf, openFile } from './random-access.ts';
import type { FileFault } from '../data/bytes.ts';

/** The limit of SAFETY for one file. */
const mostSourceBytes = 4 * 2 ** 20;

/** Why a file is not a source. The words for it are in cli/program/disk.ts; the caller knows the place. */
export type SourceFault =
  | FileFault
  | { readonly tag: 'outside' } // of the project, perhaps by a link
  | { readonly tag: 'misspelt'; readonly near: readonly string[] } // missing, beside files so named
  | { readonly tag: 'too large'; readonly bytes: number }
  | { readonly tag: 'not text'; readonly looksLike: 'UTF-16' | undefined };

const isOutside = (relative: string): boolean =>
  relative === '..' || relative.startsWith('../') || nodePath.isAbsolute(relative);

const withSlashes = (path: string): string => path.split(nodePath.sep).join('/');

/** Sources in the folder of a missing file that have similar names. */
const neighbours = (file: string): readonly string[] => {
  try {
    const names = fs.readdirSync(nodePath.dirname(file)).filter((name) => name.endsWith('.net'));
    return near(nodePath.basename(file), names);
  } catch {
    return [];
  }
};

const textOf = (bytes: Uint8Array): Either<SourceFault, string> => {
  const [a, b] = bytes;
  const utf16 = (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
  const fault: SourceFault = { tag: 'not text', looksLike: utf16 ? 'UTF-16' : undefined };
  if (bytes.includes(0)) return E.left(fault); // a binary file may be UTF-8 by chance
  try {
    return E.right(new TextDecoder('utf-8', { fatal: true }).decode(bytes)); // without its byte order mark
  } catch {
    return E.left(fault);
  }
};

/**
 * The file at `path`, relative to the folder `root`. Links are followed, and the file they lead to must
 * lie under the root too; the path of the result is the real one, so that a file with two names is one
 * source.
 */
export const readSource = (root: string, path: string): Either<SourceFault, Source> => {
  let real: string;
  let relative: string;
  try {
    const wanted = nodePath.resolve(root, path);
    if (isOutside(withSlashes(nodePath.relative(root, wanted)))) return E.left({ tag: 'outside' });
    real = fs.realpathSync(wanted);
    relative = withSlashes(nodePath.relative(fs.realpathSync(root), real));
  } catch (thrown) {
    const fault = faultOf(thrown);
    const others = fault.tag === 'missing' ? neighbours(nodePath.resolve(root, path)) : [];
    return E.left(others.length > 0 ? { tag: 'misspelt', near: others } : fault);
  }
  if (isOutside(relative)) return E.left({ tag: 'outside' });
  const file = openFile(real);
  if (E.isLeft(file)) return file;
  try {
    const { size } = file.right;
    if (size > mostSourceBytes) return E.left({ tag: 'too large', bytes: size });
    const bytes = new Uint8Array(size);
    const read = file.right.readAt(bytes, 0);
    if (E.isLeft(read)) return read;
    const text = textOf(bytes);
    return E.isLeft(text) ? text : E.right({ path: relative, text: text.right });
  } finally {
    file.right.close();
  }
};
