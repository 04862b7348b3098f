/** Reading source files: within their limits, within the project, and only text. */
import * as fs from 'node:fs';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { near } from '../diagnostic/near.ts';
import { error, type Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Source, Span } from '../syntax/source.ts';
import { quoted } from './data/json.ts';
import { faultOf, inWords, openFile, type FileFault } from './data/random-access.ts';

/** The limit of SAFETY for one file. */
export const mostSourceBytes = 4 * 2 ** 20;

/** Why a path that stands in an import leads nowhere, before any disk is touched. */
export type PathFault =
  | { readonly tag: 'empty' }
  | { readonly tag: 'absolute' }
  | { readonly tag: 'address' } // `https://…`, `file:…`, `C:…`
  | { readonly tag: 'backslash'; readonly better: string }
  | { readonly tag: 'outside' };

/** Why a file is no source. The place is known by whoever asked for the file. */
export type SourceFault =
  | PathFault
  | FileFault
  | { readonly tag: 'misspelt'; readonly near: readonly string[] } // missing, beside files so named
  | { readonly tag: 'too large'; readonly bytes: number }
  | { readonly tag: 'not text'; readonly looksLike: 'UTF-16' | undefined };

const isOutside = (relative: string): boolean =>
  relative === '..' || relative.startsWith('../') || nodePath.isAbsolute(relative);

/**
 * The path below the root of what `importer`, itself such a path, calls `written`. Only names and `..`
 * are looked at; where links lead, `readSource` sees.
 */
export const resolveImport = (importer: string, written: string): Either<PathFault, string> => {
  if (written === '') return E.left({ tag: 'empty' });
  if (/^[a-z][a-z0-9+.-]*:/i.test(written)) return E.left({ tag: 'address' });
  if (written.startsWith('/') || written.startsWith('\\')) return E.left({ tag: 'absolute' });
  if (written.includes('\\'))
    return E.left({ tag: 'backslash', better: written.replaceAll('\\', '/') });
  const path = nodePath.posix.join(nodePath.posix.dirname(importer), written);
  return isOutside(path) ? E.left({ tag: 'outside' }) : E.right(path);
};

const withSlashes = (path: string): string => path.split(nodePath.sep).join('/');

/** Sources in the folder of a missing file whose names are close to its own. */
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

/** The fault in words, at the place where the file was asked for: an import, or the start of the file. */
export const sourceDiagnostic = (fault: SourceFault, path: string, span: Span): Diagnostic => {
  const name = quoted(path);
  const rule = 'an import names a file of the project by a relative path, with `/` between folders';
  switch (fault.tag) {
    case 'empty':
      return error('E0005', span, 'an import needs the name of a file', { notes: [rule] });
    case 'absolute':
      return error('E0005', span, `${name} is an absolute path`, { notes: [rule] });
    case 'address':
      return error('E0005', span, `${name} is an address, not a file of the project`, {
        notes: [rule],
      });
    case 'backslash':
      return error('E0005', span, `${name} has \`\\\` between its folders`, {
        notes: [`write ${quoted(fault.better)}`],
      });
    case 'outside':
      return error('E0005', span, `${name} lies outside the project`, { notes: [rule] });
    case 'missing':
    case 'not a file':
    case 'unreadable':
      return error('E0001', span, `I cannot read ${name}: it ${inWords(fault)}`);
    case 'misspelt':
      return error('E0001', span, `I cannot read ${name}: it does not exist`, {
        notes: [`the same folder has ${fault.near.map(quoted).join(', ')}`],
      });
    case 'too large': {
      const size = (fault.bytes / 2 ** 20).toFixed(1);
      return error('E0002', span, `${name} has ${size} MiB; a source file may have 4 MiB`);
    }
    case 'not text':
      return error('E0008', span, `${name} is not text in UTF-8`, {
        notes: fault.looksLike === undefined ? [] : [`it looks like ${fault.looksLike}`],
      });
  }
};
