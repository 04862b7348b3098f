/**
 * The data of a file that `import` keeps so that `export` gives the same bytes: how its header was written, and the
 * counters of its batch norms. It is stored in the metadata of the weight file.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import { isObject, parseObject, type JsonObject } from '../data/json.ts';
import { unreadable, type RandomAccess } from '../data/bytes.ts';
import type { Dtype, Header, TensorInfo } from '../store/safetensors.ts';
import type { Text } from '../pytorch/header.ts';
import { headerText, type Form } from './header.ts';
import type { Pairs } from './pairs.ts';

/** Data of a file of torchvision's that netc does not need, kept to write the file again. */
export type Kept = {
  readonly model: string;
  /** in decimal digits, of all batch norms or by key */
  readonly counters: string | ReadonlyMap<string, string>;
  /** by the rule of safetensors, or word by word where another program wrote it */
  readonly written: Form | Text;
};

/** The name under which a weight file's metadata has it. */
export const keptKey = 'netc.torchvision';

/** The header's text; the file has been read as safetensors before. */
const headerOf = (file: RandomAccess): Either<Diagnostic, Text> => {
  const eight = new Uint8Array(8);
  const length = file.readAt(eight, 0);
  if (E.isLeft(length)) return E.left(unreadable(file.path, length.left));
  const text = new Uint8Array(Number(new DataView(eight.buffer).getBigUint64(0, true)));
  const read = file.readAt(text, 8);
  if (E.isLeft(read)) return E.left(unreadable(file.path, read.left));
  const header = new TextDecoder().decode(text);
  return E.right({ header, bytes: file.size - 8 - text.length });
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

/** A header in short form, if safetensors would write the same text, or to write it with torchvision's own names. */
const inShort = (
  text: Text,
  { tensors, metadata }: Header,
  pairs: Pairs,
  prefix: string,
  own: ReadonlyMap<string, string>,
): Form | Text => {
  const counted = [...tensors.values()].some(isCounter);
  const [first] = pairs.weights;
  const dtype = tensors.get(own.get(first?.key ?? '') ?? '')?.dtype ?? 'F32';
  const form = { dtype, counted, metadata };
  return prefix !== '' || headerText(pairs, form).header === text.header ? form : text;
};

/** Reads the data to keep from a file that has been matched; `own` is its name of each key, behind the prefix too. */
export const keptOf = (
  file: RandomAccess,
  header: Header,
  model: string,
  pairs: Pairs,
  prefix: string,
  own: ReadonlyMap<string, string>,
): Either<Diagnostic, Kept> => {
  const text = headerOf(file);
  if (E.isLeft(text)) return text;
  const counters = new Map<string, string>();
  for (const today of pairs.counters) {
    const key = own.get(today) ?? today;
    const tensor = header.tensors.get(key);
    if (tensor === undefined || !isCounter(tensor)) continue;
    const n = counterAt(file, file.size - text.right.bytes + tensor.begin);
    if (E.isLeft(n)) return n;
    counters.set(key.slice(prefix.length), n.right);
  }
  const [first = '0', ...others] = new Set(counters.values());
  return E.right({
    model,
    counters: others.length === 0 ? first : counters,
    written: inShort(text.right, header, pairs, prefix, own),
  });
};

/** JSON for the metadata of a weight file, under `keptKey`. */
export const encodeKept = ({ model, counters, written }: Kept): string =>
  JSON.stringify({
    model,
    counters: typeof counters === 'string' ? counters : Object.fromEntries(counters),
    ...('dtype' in written
      ? { ...written, metadata: Object.fromEntries(written.metadata) }
      : written),
  });

const isCount = (x: unknown): x is string =>
  typeof x === 'string' && /^-?\d{1,19}$/.test(x) && BigInt.asIntN(64, BigInt(x)) === BigInt(x);

/** The entries of an object whose values are all of one kind. */
const entriesOf = (
  object: unknown,
  fits: (x: unknown) => x is string,
): ReadonlyMap<string, string> | undefined => {
  if (!isObject(object)) return undefined;
  const found = Object.entries(object).flatMap(([k, v]) => (fits(v) ? [[k, v] as const] : []));
  return found.length === Object.keys(object).length ? new Map(found) : undefined;
};

const isString = (x: unknown): x is string => typeof x === 'string';
const dtypes = ['F16', 'BF16', 'F32', 'F64'] as const satisfies readonly Dtype[];

const writtenIn = (object: JsonObject): Form | Text | undefined => {
  const { dtype: name, counted, header, bytes } = object;
  if (isString(header))
    return typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0
      ? { header, bytes }
      : undefined;
  const dtype = dtypes.find((d) => d === name);
  const metadata = entriesOf(object['metadata'], isString);
  if (dtype === undefined || metadata === undefined || typeof counted !== 'boolean')
    return undefined;
  return { dtype, counted, metadata };
};

const decode = (json: string): Kept | undefined => {
  const object = parseObject(json);
  if (E.isLeft(object)) return undefined;
  const { model, counters: told } = object.right;
  const counters = isCount(told) ? told : entriesOf(told, isCount);
  const written = writtenIn(object.right);
  if (!isString(model) || counters === undefined || written === undefined) return undefined;
  return { model, counters, written };
};

/** The data kept in a weight file's metadata, if any (E0504 if malformed). */
export const keptIn = (
  path: string,
  metadata: ReadonlyMap<string, string>,
): Either<Diagnostic, Kept | undefined> => {
  const json = metadata.get(keptKey);
  if (json === undefined) return E.right(undefined);
  const kept = decode(json);
  const message = `the weight file \`${path}\` is malformed: its \`${keptKey}\` is not what netc writes`;
  return kept === undefined ? E.left(error('E0504', startOf(path), message)) : E.right(kept);
};
