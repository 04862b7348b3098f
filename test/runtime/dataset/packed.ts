/** Files of data sets, written by hand. */
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';

/** An IDX file of bytes. */
export const idx = (shape: readonly number[], bytes: Uint8Array | readonly number[]): Buffer => {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.writeUInt32BE(0x0800 + shape.length);
  shape.forEach((n, i) => head.writeUInt32BE(n, 4 + 4 * i));
  return Buffer.concat([head, Uint8Array.from(bytes)]);
};

/** Bytes that differ from each other. */
export const bytesFrom = (start: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, i) => (start + i * 7) % 251);

/** MNIST with pictures of 4x5, label i mod 3. */
export const mnist = (train: number, test: number, packed = false): Record<string, Buffer> => {
  const half = (name: string, count: number) => ({
    [`${name}-images-idx3-ubyte${packed ? '.gz' : ''}`]: idx(
      [count, 4, 5],
      bytesFrom(count, count * 20),
    ),
    [`${name}-labels-idx1-ubyte${packed ? '.gz' : ''}`]: idx(
      [count],
      Array.from({ length: count }, (_, i) => i % 3),
    ),
  });
  const files = { ...half('train', train), ...half('t10k', test) };
  return packed
    ? Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, gzipSync(bytes)]))
    : files;
};

/** A record of CIFAR: the labels before the pixels, which are `fill`, `fill + 1` and `fill + 2` in their planes. */
export const record = (labels: readonly number[], fill: number): Buffer =>
  Buffer.concat([Uint8Array.from(labels), ...[0, 1, 2].map((c) => Buffer.alloc(1024, fill + c))]);

/** An entry of a tar that is written. */
export type TarFile = {
  readonly name: string;
  readonly content?: Uint8Array | string;
  readonly kind?: string;
  readonly format?: 'ustar' | 'gnu';
};

const octal = (n: number, width: number): string => `${n.toString(8).padStart(width - 1, '0')}\0`;

/** One entry of a tar: header, content, and zeros up to 512 bytes. */
const tarEntry = ({ name, content = '', kind = '0', format = 'ustar' }: TarFile): Buffer => {
  const bytes = Buffer.from(content);
  const head = Buffer.alloc(512);
  head.write(name, 0, 100);
  head.write(octal(0o644, 8), 100);
  head.write(octal(bytes.length, 12), 124);
  head.write(kind, 156);
  head.write(format === 'gnu' ? 'ustar  \0' : 'ustar\0' + '00', 257, 'latin1');
  head.fill(' ', 148, 156);
  head.write(
    octal(
      head.reduce((a, b) => a + b, 0),
      7,
    ),
    148,
  );
  return Buffer.concat([head, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
};

/** A tar of these files, with the zeros at its end. */
export const tar = (...files: readonly TarFile[]): Buffer =>
  Buffer.concat([...files.map(tarEntry), Buffer.alloc(1024)]);

/** A record of a pax header. */
export const pax = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  const length = Buffer.byteLength(rest);
  const digits = String(length + String(length + 2).length).length;
  return `${length + digits}${rest}`;
};

/** A zip; `claimed` is a wrong length of all files, `modes` says what a file is and who may do what, as `stat` has it. */
export const zip = (
  files: { readonly [name: string]: Uint8Array },
  packed: boolean,
  claimed?: number,
  modes: { readonly [name: string]: number } = {},
): Buffer => {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = packed ? deflateRawSync(content) : Buffer.from(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50);
    central.writeUInt16LE(packed ? 8 : 0, 10);
    central.writeUInt32LE(crc32(content), 16);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt32LE(claimed ?? content.length, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt16LE(modes[name] ?? 0, 40);
    central.writeUInt32LE(at, 42);
    locals.push(local, Buffer.from(name), data);
    centrals.push(central, Buffer.from(name));
    at += 30 + name.length + data.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(centrals.length / 2, 8);
  end.writeUInt16LE(centrals.length / 2, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
};

/** An array of NumPy. */
export const npy = (descr: string, shape: readonly number[], content: Uint8Array): Buffer => {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text =
    `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`.padEnd(117) + '\n';
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00\x76\x00', 'latin1'),
    Buffer.from(text),
    content,
  ]);
};

/** A picture of one colour. */
export const png = (r: number, g: number, b: number, w = 4, h = 3): Promise<Buffer> =>
  sharp({ create: { width: w, height: h, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer();
