/** The bytes of safetensors files, tensor after tensor, so that at most one is in memory. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import { toBytes } from '../data/numbers.ts';
import { unreadable, type Chunks, type RandomAccess } from '../data/bytes.ts';
import { countOf } from '../data/shape.ts';
import { longestHeader, type Header, type Provider } from './safetensors.ts';

/** A tensor to be written; its numbers, as float32, come from the provider. */
export type Outgoing = { readonly name: string; readonly shape: readonly number[] };

const size = ({ name, shape }: Outgoing): number => {
  const count = countOf(shape);
  if (count === undefined) throw new Bug(`${name} of [${shape}] is too large`);
  return count;
};

/** Written by hand: an object of JavaScript would sort names that look like numbers to the front. */
const object = (entries: Iterable<readonly [string, string]>): string =>
  `{${Array.from(entries, ([key, json]) => `${JSON.stringify(key)}:${json}`).join(',')}}`;

/** An entry of the header: a name and its description in JSON. */
type Entry = readonly [name: string, json: string];

/** The length and the text of the header, padded so that the numbers begin at a multiple of eight. */
const headerOf = (tensors: readonly Entry[], metadata: ReadonlyMap<string, string>): Uint8Array => {
  const strings = Array.from(metadata, ([k, v]) => [k, JSON.stringify(v)] as const);
  const entries = [
    ...(metadata.size > 0 ? [['__metadata__', object(strings)] as const] : []),
    ...tensors,
  ];
  if (new Set(entries.map(([name]) => name)).size < entries.length)
    throw new Bug('two weights of one name, or one with the name of the metadata');
  const text = new TextEncoder().encode(object(entries));
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
};

const entryOf = (
  name: string,
  dtype: string,
  shape: readonly number[],
  begin: number,
  end: number,
): Entry => [
  name,
  `{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${begin},${end}]}`,
];

/** The header of tensors that are written as float32, one behind the other. */
const header = (
  tensors: readonly Outgoing[],
  metadata: ReadonlyMap<string, string>,
): Uint8Array => {
  let end = 0;
  const entries = tensors.map((t) => {
    const begin = end;
    end += 4 * size(t);
    return entryOf(t.name, 'F32', t.shape, begin, end);
  });
  const bytes = headerOf(entries, metadata);
  if (bytes.length - 8 > longestHeader) throw new Bug(`a header of ${bytes.length} bytes`);
  return bytes;
};

/** The bytes of a file; the same input gives the same bytes. Ends at the first tensor whose numbers are a fault. */
export function* weightChunks(
  tensors: readonly Outgoing[],
  provider: Provider,
  metadata: ReadonlyMap<string, string> = new Map(),
): Generator<Either<Diagnostic, Uint8Array>> {
  yield E.right(header(tensors, metadata));
  for (const t of tensors) {
    const numbers = provider(t.name);
    if (E.isLeft(numbers)) return yield numbers;
    if (numbers.right.length !== size(t))
      throw new Bug(`${numbers.right.length} numbers for ${t.name} of [${t.shape}]`);
    yield E.right(toBytes(numbers.right));
  }
}

/** Bytes that are copied at a time. */
const part = 2 ** 22;

function* copied(
  first: Uint8Array,
  file: RandomAccess,
  start: number,
): Generator<Either<Diagnostic, Uint8Array>> {
  yield E.right(first);
  for (let at = start; at < file.size; at += part) {
    const bytes = new Uint8Array(Math.min(part, file.size - at));
    const read = file.readAt(bytes, at);
    if (E.isLeft(read)) return yield E.left(unreadable(file.path, read.left));
    yield E.right(bytes);
  }
}

/** The bytes of a file with other metadata, its numbers byte by byte (E0520). The file must stay open until they are read. */
export const relabelled = (
  file: RandomAccess,
  { tensors }: Header,
  metadata: ReadonlyMap<string, string>,
): Either<Diagnostic, Chunks> => {
  const all = [...tensors.values()];
  const entries = all.map((t) => entryOf(t.name, t.dtype, t.shape, t.begin, t.end));
  const first = headerOf(entries, metadata);
  const most = `and ${longestHeader} are allowed`;
  return first.length - 8 > longestHeader
    ? E.left(
        error('E0520', startOf(file.path), `the header would have ${first.length} bytes, ${most}`),
      )
    : E.right(copied(first, file, file.size - (all.at(-1)?.end ?? 0)));
};
