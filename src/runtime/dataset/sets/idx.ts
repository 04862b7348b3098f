/**
 * IDX, the format of MNIST (LeCun, yann.lecun.com/exdb/mnist): two zeros, a type (8 for bytes), the count of dimensions,
 * each dimension in four bytes, the highest first, and the bytes. The file may be packed with gzip.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { countOf, showShape } from '../../data/shape.ts';
import { unreadable } from '../../data/bytes.ts';
import { openFile } from '../../disk/random-access.ts';
import type { Stretch } from '../../batches/address.ts';
import { malformed } from '../../batches/faults.ts';
import { bytesOf, onDisk, type Blocks } from './files.ts';
import { gunzipped, gzipHead, implausible, isGzip } from './unpack.ts';

/** An array of bytes: its shape, and where a stretch of its bytes is. */
export type Idx = {
  readonly path: string;
  readonly shape: readonly number[];
  readonly at: (start: number, length: number) => Stretch;
};

type Header = { readonly shape: readonly number[]; readonly start: number; readonly total: number };

/** What the first bytes say; `rank` dimensions are wanted. */
const headerOf = (path: string, head: Uint8Array, rank: number): Either<Diagnostic, Header> => {
  const start = 4 + 4 * rank;
  const [, , type, dimensions] = head;
  if (head[0] !== 0 || head[1] !== 0 || type !== 8)
    return E.left(malformed(path, 'it does not begin like an IDX file of bytes'));
  if (dimensions !== rank)
    return E.left(malformed(path, `it has ${dimensions} dimensions, and ${rank} are expected`));
  if (head.length < start) return E.left(malformed(path, 'it ends within its header'));
  const view = new DataView(head.buffer, head.byteOffset);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const count = countOf(shape);
  if (count === undefined)
    return E.left(malformed(path, `an array of ${showShape(shape)} is larger than netc takes`));
  return E.right({ shape, start, total: start + count });
};

/** More than any header has. */
const headBytes = 64;

/** The array of a file with so many dimensions (E0001, E0905, E0908). What is packed becomes a block. */
export const readIdx = async (
  root: string,
  path: string,
  rank: number,
  blocks: Blocks,
): Promise<Either<Diagnostic, Idx>> => {
  const file = openFile(onDisk(root, path));
  if (E.isLeft(file)) return E.left(unreadable(path, file.left));
  const { size, readAt, close } = file.right;
  const head = new Uint8Array(Math.min(size, headBytes));
  const read = readAt(head, 0);
  close();
  if (E.isLeft(read)) return E.left(unreadable(path, read.left));
  if (isGzip(head)) return readPacked(root, path, rank, blocks);
  const header = headerOf(path, head, rank);
  if (E.isLeft(header)) return header;
  const { shape, start, total } = header.right;
  if (size !== total)
    return E.left(
      malformed(path, `${showShape(shape)} takes ${total} bytes, but ${size} are there`),
    );
  const at = (from: number, length: number): Stretch => ({
    tag: 'file',
    path: onDisk(root, path),
    start: start + from,
    length,
  });
  return E.right({ path, shape, at });
};

const readPacked = async (
  root: string,
  path: string,
  rank: number,
  blocks: Blocks,
): Promise<Either<Diagnostic, Idx>> => {
  const packed = bytesOf(root, path);
  if (E.isLeft(packed)) return packed;
  const header = headerOf(path, gzipHead(packed.right), rank);
  if (E.isLeft(header)) return header;
  const { shape, start, total } = header.right;
  const doubt = implausible(path, packed.right.length, total);
  if (doubt !== undefined) return E.left(doubt);
  const content = await gunzipped(path, packed.right, total);
  if (E.isLeft(content)) return content;
  const block = blocks.add(content.right);
  const at = (from: number, length: number): Stretch => ({
    tag: 'block',
    block,
    start: start + from,
    length,
  });
  return E.right({ path, shape, at });
};
