/** Bytes at any position, wherever they lie: every reader of data takes them, and none of them opens a file. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';

/** Why a file cannot be read. The reason is in words and continues "it …". */
export type FileFault =
  | { readonly tag: 'missing' }
  | { readonly tag: 'not a file'; readonly kind: 'a folder' | 'a device, a pipe or a socket' }
  | { readonly tag: 'unreadable'; readonly reason: string };

/** Bytes that can be read at any position, under the name that messages use. */
export type RandomAccess = {
  readonly path: string;
  readonly size: number;
  /** Fills `into` from `position` on; a fault when the bytes end before. */
  readonly readAt: (into: Uint8Array, position: number) => Either<FileFault, void>;
};

/** The fault of a file in words, which continue "it …". */
export const inWords = (fault: FileFault): string => {
  switch (fault.tag) {
    case 'missing':
      return 'does not exist';
    case 'not a file':
      return `is ${fault.kind}`;
    case 'unreadable':
      return fault.reason;
  }
};

/** The fault of a data file as a diagnostic (E0001) at that file. */
export const unreadable = (path: string, fault: FileFault): Diagnostic =>
  error('E0001', startOf(path), `\`${path}\` cannot be read: it ${inWords(fault)}`);

/** Bytes in memory, under the name that messages use. */
export const inMemory = (path: string, bytes: Uint8Array): RandomAccess => ({
  path,
  size: bytes.length,
  readAt: (into, position) => {
    const part = bytes.subarray(position, position + into.length);
    if (part.length < into.length) return E.left({ tag: 'unreadable', reason: 'ends too early' });
    into.set(part);
    return E.right(undefined);
  },
});

/** The content of a file, piece by piece; a piece that is a fault ends the writing with that fault. */
export type Chunks = Iterable<Either<Diagnostic, Uint8Array>>;

/** A text as chunks, in UTF-8. */
export const textChunks = (text: string): Chunks => [E.right(new TextEncoder().encode(text))];
