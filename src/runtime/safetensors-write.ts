/** Writes safetensors files, tensor after tensor, so that at most one is in memory. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { Bug } from '../diagnostic/bug.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { toBytes } from './data/numbers.ts';
import { countOf } from './data/shape.ts';
import { writeFileAtomically, type Chunks } from './files.ts';
import { longestHeader, type Provider } from './safetensors.ts';

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

/** The length and the text of the header, padded so that the numbers begin at a multiple of eight. */
const header = (
  tensors: readonly Outgoing[],
  metadata: ReadonlyMap<string, string>,
): Uint8Array => {
  const entries: (readonly [string, string])[] = [];
  if (metadata.size > 0) {
    const strings = Array.from(metadata, ([k, v]) => [k, JSON.stringify(v)] as const);
    entries.push(['__metadata__', object(strings)]);
  }
  let begin = 0;
  for (const t of tensors) {
    const end = begin + 4 * size(t);
    entries.push([
      t.name,
      `{"dtype":"F32","shape":[${t.shape.join(',')}],"data_offsets":[${begin},${end}]}`,
    ]);
    begin = end;
  }
  if (new Set(entries.map(([name]) => name)).size < entries.length)
    throw new Bug('two weights of one name, or one with the name of the metadata');
  const text = new TextEncoder().encode(object(entries));
  const length = Math.ceil(text.length / 8) * 8;
  if (length > longestHeader) throw new Bug(`a header of ${length} bytes`);
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
};

/** The bytes of a file. Ends at the first tensor whose numbers cannot be had. */
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

/** Writes a weight file (E0509, or what the provider says); the same input gives the same bytes. */
export const writeWeights = (
  path: string,
  tensors: readonly Outgoing[],
  provider: Provider,
  metadata: ReadonlyMap<string, string> = new Map(),
): Either<Diagnostic, void> => {
  const chunks: Chunks = weightChunks(tensors, provider, metadata);
  return writeFileAtomically(path, chunks);
};
