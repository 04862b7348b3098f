/**
 * Arrays in NumPy's format (numpy.org, NEP 1): a magic word, a version, a header that is a dictionary of
 * Python with the keys `descr`, `fortran_order` and `shape`, and the numbers.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { elements } from '../../numeric/tensor.ts';
import { startOf } from '../../syntax/source.ts';
import { quoted } from '../data/json.ts';
import { formats, readNumbers, toBytes, type FormatName } from '../data/numbers.ts';
import { isLfsPointer, lfsPointer, pointerBytes } from '../data/lfs-pointer.ts';
import { unreadable, type Chunks, type RandomAccess } from '../data/bytes.ts';
import { countOf, showShape } from '../data/shape.ts';

/** Row-major, as `Tensor`, but in the float32 that engines take. */
export type NpyArray = { readonly shape: readonly number[]; readonly data: Float32Array };

/** What the header says. `descr` is a type of NumPy such as `<f4`. */
export type NpyHeader = {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
};

const malformed = (path: string, what: string, ...notes: readonly string[]): Diagnostic =>
  error('E0505', startOf(path), `the array file \`${path}\` is malformed: ${what}`, { notes });

// One token of the header; the groups are a string, a number (Python 2 wrote `3L`) and a sign or word.
const token = /\s*(?:'([^'\\]*)'|"([^"\\]*)"|([0-9]{1,15})L?|([{}():,]|True|False))/y;

type Token = { readonly tag: 'string' | 'number' | 'sign'; readonly text: string };

/** The tokens of a header, or nothing when it holds anything else. */
const tokens = (text: string): readonly Token[] | undefined => {
  const found: Token[] = [];
  const trimmed = text.trimEnd();
  token.lastIndex = 0;
  while (token.lastIndex < trimmed.length) {
    const match = token.exec(trimmed);
    if (match === null) return undefined;
    const [, single, double, digits, sign] = match;
    const string = single ?? double;
    if (string !== undefined) found.push({ tag: 'string', text: string });
    else if (digits !== undefined) found.push({ tag: 'number', text: digits });
    else found.push({ tag: 'sign', text: sign ?? '' });
  }
  return found;
};

/**
 * Reads the dictionary: the three keys in any order, each once, nothing else. It is strict because it replaces
 * Python's `literal_eval`. Undefined for any other text.
 */
export const parseNpyHeader = (text: string): NpyHeader | undefined => {
  const all = tokens(text);
  if (all === undefined) return undefined;
  let at = 0;
  const accept = (sign: string): boolean => {
    const found = all[at]?.tag === 'sign' && all[at]?.text === sign;
    if (found) at++;
    return found;
  };
  const take = (tag: Token['tag']): string | undefined =>
    all[at]?.tag === tag ? all[at++]?.text : undefined;
  const tuple = (): readonly number[] | undefined => {
    const numbers: number[] = [];
    if (!accept('(')) return undefined;
    while (!accept(')')) {
      const n = take('number');
      if (n === undefined) return undefined;
      numbers.push(Number(n));
      if (accept(',')) continue;
      return accept(')') && numbers.length > 1 ? numbers : undefined; // `(3)` is not a tuple
    }
    return numbers;
  };

  let descr: string | undefined;
  let fortranOrder: boolean | undefined;
  let shape: readonly number[] | undefined;
  if (!accept('{')) return undefined;
  while (!accept('}')) {
    const key = take('string');
    if (!accept(':')) return undefined;
    if (key === 'descr' && descr === undefined) descr = take('string');
    else if (key === 'shape' && shape === undefined) shape = tuple();
    else if (key === 'fortran_order' && fortranOrder === undefined)
      fortranOrder = accept('True') ? true : accept('False') ? false : undefined;
    else return undefined;
    if (!accept(',') && !(all[at]?.text === '}')) return undefined;
  }
  if (at !== all.length) return undefined;
  if (descr === undefined || fortranOrder === undefined || shape === undefined) return undefined;
  return { descr, fortranOrder, shape };
};

const isFormat = (name: string): name is FormatName =>
  name !== 'bf' && Object.hasOwn(formats, name);

/** `<f4` and its like; `|` is for single bytes, where there is no order. */
const formatOf = (
  descr: string,
): { readonly name: FormatName; readonly little: boolean } | undefined => {
  const [order, name] = [descr.slice(0, 1), descr.slice(1)];
  if (!isFormat(name)) return undefined;
  if (order === '|' ? formats[name].bytes !== 1 : order !== '<' && order !== '>') return undefined;
  return { name, little: order !== '>' };
};

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

/** The limit on headers, as in NumPy by default. */
const longestHeader = 10_000;

type Located = { readonly header: NpyHeader; readonly start: number };

/** The header, and where the numbers begin. */
const readHeader = (file: RandomAccess): Either<Diagnostic, Located> => {
  const { path, size } = file;
  const head = new Uint8Array(Math.min(size, pointerBytes));
  const begun = file.readAt(head, 0);
  if (E.isLeft(begun)) return E.left(unreadable(path, begun.left));
  if (isLfsPointer(head)) return E.left(malformed(path, lfsPointer.what, lfsPointer.note));
  if (magic.some((byte, i) => head[i] !== byte))
    return E.left(malformed(path, 'it does not begin like a file of NumPy'));
  const version = head[6] ?? 0;
  if (version < 1 || version > 3 || head[7] !== 0)
    return E.left(malformed(path, `version ${version}.${head[7] ?? 0} of the format is unknown`));
  const before = version === 1 ? 10 : 12;
  if (size < before) return E.left(malformed(path, 'it ends within its header'));
  const view = new DataView(head.buffer);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > longestHeader)
    return E.left(malformed(path, `its header claims to have ${length} bytes`));
  if (before + length > size) return E.left(malformed(path, 'it ends within its header'));
  const bytes = new Uint8Array(length);
  const read = file.readAt(bytes, before);
  if (E.isLeft(read)) return E.left(unreadable(path, read.left));
  // Latin-1 in versions 1 and 2, UTF-8 in 3; everything allowed here is ASCII
  const header = parseNpyHeader(String.fromCharCode(...bytes));
  if (header === undefined) return E.left(malformed(path, 'its header is not what NumPy writes'));
  return E.right({ header, start: before + length });
};

/** The longest name that is read, in characters. */
const longestName = 1_000;

/** The strings of an array of one axis, `<U12`; undefined where it is of another kind (E0001, E0505). */
export const npyStrings = (
  file: RandomAccess,
): Either<Diagnostic, readonly string[] | undefined> => {
  const located = readHeader(file);
  if (E.isLeft(located)) return located;
  const { header, start } = located.right;
  const [, order, digits] = /^([<>])U(\d{1,4})$/.exec(header.descr) ?? [];
  const [count = 0, ...more] = header.shape;
  const length = Number(digits);
  if (digits === undefined || more.length > 0 || length > longestName) return E.right(undefined);
  const bytes = 4 * count * length;
  if (file.size - start !== bytes)
    return E.left(malformed(file.path, `its strings take ${bytes} bytes, but others are there`));
  const text = new Uint8Array(bytes);
  const read = file.readAt(text, start);
  if (E.isLeft(read)) return E.left(unreadable(file.path, read.left));
  const view = new DataView(text.buffer);
  const letter = (at: number): number => view.getUint32(4 * at, order === '<');
  const points = Array.from({ length: count * length }, (_, i) => letter(i));
  if (points.some((point) => point > 0x10ffff))
    return E.left(malformed(file.path, 'its strings have letters that do not exist'));
  return E.right(
    Array.from({ length: count }, (_, i) =>
      String.fromCodePoint(...points.slice(i * length, (i + 1) * length)).replace(/\0+$/, ''),
    ),
  );
};

/** Strings as an array of one axis, as NumPy keeps them: `<U12`. */
export const npyOfStrings = (strings: readonly string[]): Uint8Array => {
  const points = strings.map((text) => Array.from(text, (letter) => letter.codePointAt(0)!));
  const length = points.reduce((most, p) => Math.max(most, p.length), 1);
  const header = npyHeader([strings.length], `<U${length}`);
  const bytes = new Uint8Array(header.length + 4 * length * strings.length);
  bytes.set(header);
  const view = new DataView(bytes.buffer, header.length);
  points.forEach((p, i) =>
    p.forEach((point, k) => view.setUint32(4 * (i * length + k), point, true)),
  );
  return bytes;
};

/** Labels as an array of one axis: `<i8`. */
export const npyOfLabels = (labels: readonly number[]): Uint8Array => {
  const header = npyHeader([labels.length], '<i8');
  const bytes = new Uint8Array(header.length + 8 * labels.length);
  bytes.set(header);
  const view = new DataView(bytes.buffer, header.length);
  labels.forEach((label, i) => view.setBigInt64(8 * i, BigInt(label), true));
  return bytes;
};

/** Where the numbers of an array are, and how they are written. */
export type NpyLayout = {
  readonly shape: readonly number[];
  readonly start: number;
  readonly format: FormatName;
  readonly little: boolean;
};

/** What the header of an array file says, if the file is as long as that (E0001, E0505, E0510). */
export const npyLayout = (file: RandomAccess): Either<Diagnostic, NpyLayout> => {
  const { path, size } = file;
  const located = readHeader(file);
  if (E.isLeft(located)) return located;
  const { header, start } = located.right;
  const { descr, shape, fortranOrder } = header;
  const format = formatOf(descr);
  if (format === undefined)
    return E.left(
      error('E0510', startOf(path), `\`${path}\` has numbers of type ${quoted(descr)}`, {
        notes: ['save it as float32: `np.save(file, array.astype(np.float32))`'],
      }),
    );
  if (fortranOrder)
    return E.left(
      error('E0505', startOf(path), `\`${path}\` has its columns first (Fortran order)`, {
        notes: ['save it by rows: `np.save(file, np.ascontiguousarray(array))`'],
      }),
    );
  const count = countOf(shape);
  if (count === undefined)
    return E.left(malformed(path, `an array of ${showShape(shape)} is larger than netc takes`));
  const bytes = count * formats[format.name].bytes;
  return size - start === bytes
    ? E.right({ shape, start, format: format.name, little: format.little })
    : E.left(
        malformed(path, `${showShape(shape)} takes ${bytes} bytes, but ${size - start} are there`),
      );
};

/** The array in a file: numbers of any plain type become float32 (E0505, E0510). */
export const parseNpy = (file: RandomAccess): Either<Diagnostic, NpyArray> => {
  const layout = npyLayout(file);
  if (E.isLeft(layout)) return layout;
  const { shape, start, format, little } = layout.right;
  const data = readNumbers(file, start, elements(shape), format, little);
  return E.isLeft(data)
    ? E.left(unreadable(file.path, data.left))
    : E.right({ shape, data: data.right });
};

/** The bytes before the numbers: version 1.0, padded to a multiple of 64 as NumPy does. */
export const npyHeader = (shape: readonly number[], descr = '<f4'): Uint8Array => {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const total = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(total).fill(0x20);
  bytes.set([...magic, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, total - 10, true);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[total - 1] = 0x0a;
  return bytes;
};

/** An array as `<f4`, byte for byte as `np.save` would write it. */
export const npyChunks = ({ shape, data }: NpyArray): Chunks => {
  if (data.length !== elements(shape)) throw new Bug(`${data.length} numbers for [${shape}]`);
  return [E.right(npyHeader(shape)), E.right(toBytes(data))];
};
