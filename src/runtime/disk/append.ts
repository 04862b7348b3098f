/** Files that grow by whole pieces. */
import * as fs from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { codeOf, reasonOf } from './random-access.ts';

/** An open file at whose end pieces are written. */
export type Appender = {
  /**
   * Writes a piece, after those that could not be written before. If it cannot be written either, the file ends as
   * before, the piece is kept for the next call, and the reason is given, which continues "it …".
   */
  readonly append: (piece: Uint8Array) => string | undefined;
  readonly close: () => void;
};

/** Bytes that are kept while a disk takes nothing; when there are more, they are lost. */
const mostKept = 2 ** 20;

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};

/** Runs `act`; the reason why it failed, if the file system is to blame. */
const reasonFor = (act: () => void): string | undefined => {
  try {
    act();
    return undefined;
  } catch (thrown) {
    if (codeOf(thrown) === '') throw thrown;
    return reasonOf(thrown);
  }
};

/** Opens a file, made if necessary, cuts it to its first `length` bytes, and appends from there. */
export const appendTo = (path: string, length: number): Either<string, Appender> => {
  let file = 0;
  const { O_RDWR, O_CREAT } = fs.constants;
  const fault = reasonFor(() => {
    file = fs.openSync(path, O_RDWR | O_CREAT, 0o666);
    fs.ftruncateSync(file, length);
  });
  if (fault !== undefined) return E.left(fault);
  let end = length;
  let kept: Uint8Array = new Uint8Array();
  return E.right({
    append: (piece) => {
      const all = joined(kept, piece);
      const reason = reasonFor(() => {
        for (let done = 0; done < all.length;)
          done += fs.writeSync(file, all, done, all.length - done, end + done);
      });
      if (reason === undefined) {
        end += all.length;
        kept = new Uint8Array();
        return undefined;
      }
      reasonFor(() => fs.ftruncateSync(file, end));
      kept = all.length > mostKept ? new Uint8Array() : all;
      return reason;
    },
    close: () => void reasonFor(() => fs.closeSync(file)),
  });
};
