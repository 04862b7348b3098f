/**
 * What `import` keeps of a state dict so that `export` gives the same bytes: the names of its tensors by those of the
 * weights, the text of its header, and small tensors that no layer takes, such as what batch norms have counted. It is
 * stored in the metadata of the weight file.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import { unreadable, type RandomAccess } from '../data/bytes.ts';
import { isObject, parseObject } from '../data/json.ts';
import { headerText, parseHeader, type Header, type TensorInfo } from '../store/safetensors.ts';
import type { Text } from './header.ts';

export type Kept = {
  /** the tensor that each weight is taken from */
  readonly names: ReadonlyMap<string, string>;
  readonly text: Text;
  readonly header: Header;
  /** the bytes of tensors that no layer takes */
  readonly others: ReadonlyMap<string, Uint8Array>;
};

/** The name under which a weight file's metadata has it. */
export const keptKey = 'netc.pytorch';

/** Tensors that no layer takes are kept if they have no more bytes than this. */
const mostBytes = 2 ** 16;

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');

const fromHex = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );

/** Tensors that are too large to be kept; the smallest are kept first. */
export const tooLarge = (others: readonly TensorInfo[]): readonly TensorInfo[] => {
  let bytes = 0;
  return [...others]
    .sort((a, b) => a.end - a.begin - (b.end - b.begin))
    .filter(({ begin, end }) => (bytes += end - begin) > mostBytes);
};

/** JSON for the metadata of a weight file, under `keptKey`; `others` are tensors that no layer takes (E0001, E0504). */
export const encodeKept = (
  file: RandomAccess,
  names: ReadonlyMap<string, string>,
  others: readonly TensorInfo[],
): Either<Diagnostic, string> => {
  const text = headerText(file);
  if (E.isLeft(text)) return text;
  const { json: header, start } = text.right;
  const large = new Set(tooLarge(others));
  const kept: [string, string][] = [];
  for (const tensor of others.filter((t) => !large.has(t))) {
    const bytes = new Uint8Array(tensor.end - tensor.begin);
    const read = file.readAt(bytes, start + tensor.begin);
    if (E.isLeft(read)) return E.left(unreadable(file.path, read.left));
    kept.push([tensor.name, toHex(bytes)]);
  }
  return E.right(
    JSON.stringify({
      names: Object.fromEntries(names),
      header,
      bytes: file.size - start,
      others: Object.fromEntries(kept),
    }),
  );
};

const stringsIn = (object: unknown): ReadonlyMap<string, string> | undefined => {
  if (!isObject(object)) return undefined;
  const entries = Object.entries(object);
  const found = entries.flatMap(([k, v]) => (typeof v === 'string' ? [[k, v] as const] : []));
  return found.length === entries.length ? new Map(found) : undefined;
};

const decode = (path: string, json: string): Kept | undefined => {
  const object = parseObject(json);
  if (E.isLeft(object)) return undefined;
  const { header: text, bytes } = object.right;
  const [names, hex] = [stringsIn(object.right['names']), stringsIn(object.right['others'])];
  if (typeof text !== 'string' || names === undefined || hex === undefined) return undefined;
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) return undefined;
  const header = parseHeader(path, text, bytes);
  if (E.isLeft(header)) return undefined;
  const { tensors } = header.right;
  const others = new Map<string, Uint8Array>();
  for (const [name, digits] of hex) {
    const tensor = tensors.get(name);
    if (tensor === undefined || digits.length !== 2 * (tensor.end - tensor.begin)) return undefined;
    if (!/^[0-9a-f]*$/.test(digits)) return undefined;
    others.set(name, fromHex(digits));
  }
  const taken = [...names.values()];
  const sound =
    new Set(taken).size === taken.length &&
    taken.every((name) => tensors.has(name) && !others.has(name));
  return sound ? { names, text: { header: text, bytes }, header: header.right, others } : undefined;
};

/** What a weight file’s metadata keeps, if anything (E0504 if malformed). */
export const keptIn = (
  path: string,
  metadata: ReadonlyMap<string, string>,
): Either<Diagnostic, Kept | undefined> => {
  const json = metadata.get(keptKey);
  if (json === undefined) return E.right(undefined);
  const kept = decode(path, json);
  const message = `the weight file \`${path}\` is malformed: its \`${keptKey}\` is not what netc writes`;
  return kept === undefined ? E.left(error('E0504', startOf(path), message)) : E.right(kept);
};
