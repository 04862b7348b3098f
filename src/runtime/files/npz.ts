/** An archive of arrays as `np.savez` writes it: a zip (PKWARE, APPNOTE.TXT) whose entries are stored as they are. */
import { crc32 } from 'node:zlib';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Chunks } from '../data/bytes.ts';

/** An array of an archive: the bytes of its `.npy`, of which there are `size`. */
export type NpzEntry = { readonly name: string; readonly size: number; readonly chunks: Chunks };

/** What an archive without zip64 may hold; there is room for headers beside it. */
export const largestNpz = 2 ** 32 - 2 ** 20;

const signs = { local: 0x04034b50, after: 0x08074b50, central: 0x02014b50, end: 0x06054b50 };

/** Sizes and the sum come behind the bytes, as they are not known before; names are UTF-8. */
const flags = 0x0808;
/** 1 January 1980: the same arrays give the same bytes. */
const date = 0x21;

type Field = readonly [bytes: 2 | 4, value: number];

const record = (fields: readonly Field[], name: Uint8Array = new Uint8Array()): Uint8Array => {
  const size = fields.reduce((sum, [bytes]) => sum + bytes, 0);
  const made = new Uint8Array(size + name.length);
  const view = new DataView(made.buffer);
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  made.set(name, at);
  return made;
};

type Written = {
  readonly name: Uint8Array;
  readonly start: number;
  readonly size: number;
  readonly sum: number;
};

const local = (name: Uint8Array): Uint8Array =>
  record(
    [
      ...([
        [4, signs.local],
        [2, 20],
        [2, flags],
        [2, 0],
        [2, 0],
        [2, date],
      ] as const),
      ...([
        [4, 0],
        [4, 0],
        [4, 0],
        [2, name.length],
        [2, 0],
      ] as const),
    ],
    name,
  );

const central = ({ name, start, size, sum }: Written): Uint8Array =>
  record(
    [
      ...([
        [4, signs.central],
        [2, 20],
        [2, 20],
        [2, flags],
        [2, 0],
        [2, 0],
        [2, date],
      ] as const),
      ...([
        [4, sum],
        [4, size],
        [4, size],
        [2, name.length],
        [2, 0],
        [2, 0],
      ] as const),
      ...([
        [2, 0],
        [2, 0],
        [4, 0],
        [4, start],
      ] as const),
    ],
    name,
  );

/** The bytes of an archive, entry after entry. They may be no more than `largestNpz`. */
export function* npzChunks(
  entries: readonly NpzEntry[],
): Generator<Either<Diagnostic, Uint8Array>> {
  const written: Written[] = [];
  let at = 0;
  const out = (bytes: Uint8Array) => {
    at += bytes.length;
    return E.right(bytes);
  };
  for (const { name, size, chunks } of entries) {
    const entry = new TextEncoder().encode(`${name}.npy`);
    const start = at;
    yield out(local(entry));
    let sum = 0;
    for (const chunk of chunks) {
      if (E.isLeft(chunk)) {
        yield chunk;
        return;
      }
      sum = crc32(chunk.right, sum);
      yield out(chunk.right);
    }
    yield out(
      record([
        [4, signs.after],
        [4, sum],
        [4, size],
        [4, size],
      ]),
    );
    written.push({ name: entry, start, size, sum });
  }
  const from = at;
  for (const entry of written) yield out(central(entry));
  const count = written.length;
  yield out(
    record([
      [4, signs.end],
      [2, 0],
      [2, 0],
      [2, count],
      [2, count],
      [4, at - from],
      [4, from],
      [2, 0],
    ]),
  );
}
