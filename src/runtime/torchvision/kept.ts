/**
 * What `import` keeps of a file, so that `export` gives the same bytes: its header, word by word, and the
 * batches that its batch norms have counted. It lies in the metadata of the weight file.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import { isObject, parseObject } from '../data/json.ts';
import { unreadable, type RandomAccess } from '../data/random-access.ts';
import { parseHeader, type Header, type TensorInfo } from '../safetensors.ts';

export type Kept = {
  readonly model: string;
  /** the text of the header with its padding, and how many bytes of numbers follow it */
  readonly header: string;
  readonly bytes: number;
  /** by key, in decimal digits */
  readonly counters: ReadonlyMap<string, string>;
};

/** The name under which a weight file's metadata has it. */
export const keptKey = 'netc.torchvision';

/** The header's text; the file has been read as safetensors before. */
const headerOf = (file: RandomAccess): Either<Diagnostic, string> => {
  const eight = new Uint8Array(8);
  const length = file.readAt(eight, 0);
  if (E.isLeft(length)) return E.left(unreadable(file.path, length.left));
  const bytes = new Uint8Array(Number(new DataView(eight.buffer).getBigUint64(0, true)));
  const read = file.readAt(bytes, 8);
  return E.isLeft(read)
    ? E.left(unreadable(file.path, read.left))
    : E.right(new TextDecoder().decode(bytes));
};

const counterAt = (file: RandomAccess, position: number): Either<Diagnostic, string> => {
  const eight = new Uint8Array(8);
  const read = file.readAt(eight, position);
  if (E.isLeft(read)) return E.left(unreadable(file.path, read.left));
  return E.right(new DataView(eight.buffer).getBigInt64(0, true).toString());
};

/** An integer without axes, as `num_batches_tracked` is. */
export const isCounter = ({ dtype, shape }: TensorInfo): boolean =>
  dtype === 'I64' && shape.length === 0;

/** Reads what is to be kept of a file that holds `model`. */
export const keptOf = (
  file: RandomAccess,
  { tensors }: Header,
  model: string,
  counters: readonly string[],
): Either<Diagnostic, Kept> => {
  const header = headerOf(file);
  if (E.isLeft(header)) return header;
  const start = 8 + new TextEncoder().encode(header.right).length;
  const counted = new Map<string, string>();
  for (const key of counters) {
    const tensor = tensors.get(key);
    if (tensor === undefined) continue;
    const n = counterAt(file, start + tensor.begin);
    if (E.isLeft(n)) return n;
    counted.set(key, n.right);
  }
  return E.right({ model, header: header.right, bytes: file.size - start, counters: counted });
};

export const encodeKept = ({ model, header, bytes, counters }: Kept): string =>
  JSON.stringify({ model, header, bytes, counters: Object.fromEntries(counters) });

const isCount = (x: unknown): x is string =>
  typeof x === 'string' && /^-?\d{1,19}$/.test(x) && BigInt.asIntN(64, BigInt(x)) === BigInt(x);

const decode = (json: string): Kept | undefined => {
  const object = parseObject(json);
  if (E.isLeft(object)) return undefined;
  const { model, header, bytes, counters } = object.right;
  if (typeof model !== 'string' || typeof header !== 'string' || !isObject(counters))
    return undefined;
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) return undefined;
  const counted = new Map<string, string>();
  for (const [key, n] of Object.entries(counters)) {
    if (!isCount(n)) return undefined;
    counted.set(key, n);
  }
  return { model, header, bytes, counters: counted };
};

/** What was kept in a weight file's metadata, if there is one (E0504 if malformed), with its header read. */
export const keptIn = (
  path: string,
  metadata: ReadonlyMap<string, string>,
): Either<Diagnostic, (Kept & { readonly layout: Header }) | undefined> => {
  const json = metadata.get(keptKey);
  if (json === undefined) return E.right(undefined);
  const message = `the weight file \`${path}\` is malformed: its \`${keptKey}\``;
  const kept = decode(json);
  if (kept === undefined)
    return E.left(error('E0504', startOf(path), `${message} is not what netc writes`));
  const layout = parseHeader(path, kept.header, kept.bytes);
  return E.isLeft(layout) ? layout : E.right({ ...kept, layout: layout.right });
};
