/** Bytes that are too many for memory, on their way to a file: kept beside it until it can be written. */
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import type { Chunks } from '../data/bytes.ts';
import { dropTemporary, newTemporary } from './leftovers.ts';
import { codeOf, reasonOf } from './random-access.ts';

/** A file without a name of its own. */
export type Spool = {
  /** how many bytes it has */
  readonly size: () => number;
  /** adds bytes at its end (E0509) */
  readonly add: (bytes: Uint8Array) => Either<Diagnostic, void>;
  /** its bytes from the first on, a part at a time */
  readonly chunks: () => Chunks;
  /** removes it */
  readonly drop: () => void;
};

/** Bytes that are read at a time. */
const part = 2 ** 22;

/** A new one in the folder of the file at `path` (E0509). */
export const newSpool = (path: string): Either<Diagnostic, Spool> => {
  const name = newTemporary();
  const temporary = join(dirname(path), name);
  const attempt = <A>(act: () => A): Either<Diagnostic, A> =>
    E.tryCatch(act, (thrown) => {
      if (codeOf(thrown) === '') throw thrown;
      const reason =
        codeOf(thrown) === 'ENOENT' ? 'lies in a folder that does not exist' : reasonOf(thrown);
      return error('E0509', startOf(path), `\`${path}\` cannot be written: it ${reason}`);
    });
  let size = 0;
  return E.map((file: number): Spool => ({
    size: () => size,
    add: (bytes) =>
      attempt(() => {
        for (let done = 0; done < bytes.length;)
          done += fs.writeSync(file, bytes, done, bytes.length - done, size + done);
        size += bytes.length;
      }),
    chunks: function* () {
      for (let at = 0; at < size; at += part) {
        const bytes = new Uint8Array(Math.min(part, size - at));
        const read = attempt(() => {
          for (let done = 0; done < bytes.length;) {
            const more = fs.readSync(file, bytes, done, bytes.length - done, at + done);
            if (more === 0) throw Object.assign(new Error('ends too early'), { code: 'EIO' });
            done += more;
          }
          return bytes;
        });
        yield read;
        if (E.isLeft(read)) return;
      }
    },
    drop: () => {
      fs.closeSync(file);
      fs.rmSync(temporary, { force: true });
      dropTemporary(name);
    },
  }))(attempt(() => fs.openSync(temporary, 'wx+')));
};
