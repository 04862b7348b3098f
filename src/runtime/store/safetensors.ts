/**
 * safetensors, netc's weight format (huggingface.co/docs/safetensors): eight bytes with the length of the
 * header, the header in JSON, and the numbers of all tensors without a gap. Opening a file reads the header only;
 * tensors are read on demand.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import { isObject, parseObject, quoted } from '../data/json.ts';
import { readNumbers, type FormatName } from '../data/numbers.ts';
import { isLfsPointer, lfsPointer, pointerBytes } from '../data/lfs-pointer.ts';
import { unreadable, type RandomAccess } from '../data/bytes.ts';
import { countOf, showShape } from '../data/shape.ts';

/** The bytes of each element type of the format, and how it is read, if netc does. */
const dtypes = {
  F32: { bytes: 4, format: 'f4' },
  F16: { bytes: 2, format: 'f2' },
  BF16: { bytes: 2, format: 'bf' },
  F64: { bytes: 8, format: 'f8' },
  // Batch norms of PyTorch bring an I64 counter along, so these may be there; they are not read.
  BOOL: { bytes: 1, format: undefined },
  U8: { bytes: 1, format: undefined },
  I8: { bytes: 1, format: undefined },
  F8_E4M3: { bytes: 1, format: undefined },
  F8_E5M2: { bytes: 1, format: undefined },
  I16: { bytes: 2, format: undefined },
  U16: { bytes: 2, format: undefined },
  I32: { bytes: 4, format: undefined },
  U32: { bytes: 4, format: undefined },
  I64: { bytes: 8, format: undefined },
  U64: { bytes: 8, format: undefined },
} as const satisfies {
  readonly [name: string]: { readonly bytes: number; readonly format: FormatName | undefined };
};

/** An element type of the format, as headers name it. */
export type Dtype = keyof typeof dtypes;
const isDtype = (name: string): name is Dtype => Object.hasOwn(dtypes, name);

/** Where a tensor lies: its bytes are [begin, end) of what follows the header. */
export type TensorInfo = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
};

/** The content of the header; tensors in the order of their bytes. */
export type Header = {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: ReadonlyMap<string, string>;
};

/** Weights by path, each loaded on demand (E0501 when it is missing). */
export type Provider = (path: string) => Either<Diagnostic, Float32Array>;

/** A header with a way to its tensors, which can be used as long as the bytes can be read. */
export type Weights = Header & { readonly path: string; readonly read: Provider };

/** The longest header, as in the reference implementation. */
export const longestHeader = 100_000_000;

const malformed = (path: string, what: string, ...notes: readonly string[]): Diagnostic =>
  error('E0504', startOf(path), `the weight file \`${path}\` is malformed: ${what}`, {
    notes: [...notes, 'it was cut short or changed; get or write it again'],
  });

const startsWith = (bytes: Uint8Array, ...magic: readonly number[]): boolean =>
  magic.every((b, i) => bytes[i] === b);

/** The first bytes of a file, as far as they can be read. */
const headOf = (file: RandomAccess, most: number): Uint8Array => {
  const head = new Uint8Array(Math.min(file.size, most));
  return E.isLeft(file.readAt(head, 0)) ? new Uint8Array() : head;
};

/** The command that converts a file of PyTorch's. */
const conversion = (path: string): string => {
  const to = `${path.replace(/\.\w+$/, '')}.safetensors`;
  const [from, into] = [path, to].map((name) => `'${name.replaceAll(/['\\]/g, '?')}'`);
  return `python3 -c "import torch, safetensors.torch as s; s.save_file({k: w.clone() for k, w in torch.load(${from}, 'cpu', weights_only=True).items()}, ${into})"`;
};

/** The fault of a file that does not begin with a length: `torch.save` writes a zip, and once wrote pickles. */
const noHeader = (file: RandomAccess, eight: Uint8Array, what: string): Diagnostic => {
  const { path } = file;
  if (isLfsPointer(headOf(file, pointerBytes)))
    return error(
      'E0504',
      startOf(path),
      `the weight file \`${path}\` is malformed: ${lfsPointer.what}`,
      {
        notes: [lfsPointer.note],
      },
    );
  return startsWith(eight, 0x50, 0x4b, 0x03, 0x04) || startsWith(eight, 0x80, 0x02)
    ? error('E0504', startOf(path), `the weight file \`${path}\` is in PyTorch's own format`, {
        notes: [
          `netc reads safetensors: ${conversion(path)}`,
          '`netc explain E0504` has it in lines that can be read',
        ],
      })
    : malformed(path, what, 'is this a safetensors file?');
};

const foreignNumbers = (path: string, name: string, dtype: string): Diagnostic =>
  error('E0510', startOf(path), `the weight ${quoted(name)} has numbers of type ${quoted(dtype)}`, {
    notes: ['netc reads weights of type F32, F16, BF16 and F64; convert the file'],
  });

const isSize = (n: unknown): n is number =>
  typeof n === 'number' && Number.isSafeInteger(n) && n >= 0;

/** One entry of the header, checked on its own: dtype × shape = bytes, within the file. */
const tensorOf = (
  path: string,
  name: string,
  entry: unknown,
  dataBytes: number,
): Either<Diagnostic, TensorInfo> => {
  const fault = (what: string) => E.left(malformed(path, `the tensor ${quoted(name)} ${what}`));
  if (!isObject(entry)) return fault('has no description');
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string') return fault('has no `dtype`');
  if (!isDtype(dtype)) return E.left(foreignNumbers(path, name, dtype));
  if (!Array.isArray(shape) || !shape.every(isSize)) return fault('has no proper `shape`');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize))
    return fault('has no proper `data_offsets`');
  const count = countOf(shape);
  if (count === undefined) return fault(`is larger than netc takes: ${showShape(shape)}`);
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || begin > end || end > dataBytes)
    return fault(`lies outside the file: bytes ${begin} to ${end} of ${dataBytes}`);
  const bytes = count * dtypes[dtype].bytes;
  if (end - begin !== bytes)
    return fault(`of ${showShape(shape)} ${dtype} takes ${bytes} bytes, but has ${end - begin}`);
  return E.right({ name, dtype, shape, begin, end });
};

const metadataOf = (
  path: string,
  entry: unknown,
): Either<Diagnostic, ReadonlyMap<string, string>> => {
  const metadata = new Map<string, string>();
  if (!isObject(entry)) return E.left(malformed(path, 'its metadata is not an object'));
  for (const [key, value] of Object.entries(entry)) {
    if (typeof value !== 'string')
      return E.left(malformed(path, `its metadata ${quoted(key)} is not a string`));
    metadata.set(key, value);
  }
  return E.right(metadata);
};

/** Reads the header's text, given how many bytes follow it. */
export const parseHeader = (
  path: string,
  json: string,
  dataBytes: number,
): Either<Diagnostic, Header> => {
  const object = parseObject(json);
  if (E.isLeft(object)) return E.left(malformed(path, `its header ${object.left}`));
  const found: TensorInfo[] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, entry] of Object.entries(object.right)) {
    if (name === '__metadata__') {
      const read = metadataOf(path, entry);
      if (E.isLeft(read)) return read;
      metadata = read.right;
    } else {
      const read = tensorOf(path, name, entry, dataBytes);
      if (E.isLeft(read)) return read;
      found.push(read.right);
    }
  }
  found.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = 0; // of the bytes used so far
  for (const t of found) {
    if (t.begin < end)
      return E.left(malformed(path, `the tensor ${quoted(t.name)} overlaps another`));
    if (t.begin > end)
      return E.left(malformed(path, `bytes ${end} to ${t.begin} belong to no tensor`));
    end = t.end;
  }
  if (end !== dataBytes)
    return E.left(malformed(path, `bytes ${end} to ${dataBytes} belong to no tensor`));
  return E.right({ tensors: new Map(found.map((t) => [t.name, t])), metadata });
};

/** The header's text and where the numbers begin (E0001, E0504). */
export const headerText = (
  file: RandomAccess,
): Either<Diagnostic, { readonly json: string; readonly start: number }> => {
  const { path, size } = file;
  if (size < 8) return E.left(malformed(path, `it has ${size} bytes, too few for a header`));
  const eight = new Uint8Array(8);
  const length = file.readAt(eight, 0);
  if (E.isLeft(length)) return E.left(unreadable(path, length.left));
  const bytes = new DataView(eight.buffer).getBigUint64(0, true);
  if (bytes > BigInt(longestHeader))
    return E.left(noHeader(file, eight, `its header claims to have ${bytes} bytes`));
  const start = 8 + Number(bytes);
  if (start > size) return E.left(noHeader(file, eight, 'its header ends after the file'));
  const header = new Uint8Array(start - 8);
  const read = file.readAt(header, 8);
  if (E.isLeft(read)) return E.left(unreadable(path, read.left));
  if (header[0] !== 0x7b)
    return E.left(noHeader(file, eight, 'its header does not begin with `{`'));
  try {
    return E.right({ json: new TextDecoder('utf-8', { fatal: true }).decode(header), start });
  } catch {
    return E.left(malformed(path, 'its header is not UTF-8'));
  }
};

/** Reads the header of a file, and nothing else yet (E0001, E0504, E0510). */
export const readWeights = (file: RandomAccess): Either<Diagnostic, Weights> => {
  const text = headerText(file);
  if (E.isLeft(text)) return text;
  const { json, start } = text.right;
  const header = parseHeader(file.path, json, file.size - start);
  if (E.isLeft(header)) return header;
  const read: Provider = (name) => {
    const t = header.right.tensors.get(name);
    if (t === undefined)
      return E.left(error('E0501', startOf(file.path), `the weight ${quoted(name)} is missing`));
    const { bytes, format } = dtypes[t.dtype];
    if (format === undefined) return E.left(foreignNumbers(file.path, name, t.dtype));
    const numbers = readNumbers(file, start + t.begin, (t.end - t.begin) / bytes, format);
    return E.isLeft(numbers) ? E.left(unreadable(file.path, numbers.left)) : numbers;
  };
  return E.right({ ...header.right, path: file.path, read });
};

/** E0510 if netc cannot turn the numbers of such a tensor into float32. */
export const unsupported = (path: string, { name, dtype }: TensorInfo): Diagnostic | undefined =>
  dtypes[dtype].format === undefined ? foreignNumbers(path, name, dtype) : undefined;
