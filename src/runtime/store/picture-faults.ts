/**
 * What is wrong with a picture that a decoder refuses, found in its bytes: a decoder speaks of libraries and buffers. Each
 * reason is a clause such as "it is empty".
 */

const ascii = (bytes: Uint8Array, start: number, end: number): string =>
  String.fromCharCode(...bytes.subarray(start, end));

/** Formats that pictures have elsewhere, by how they begin; `ftyp` and `WEBP` stand behind a length. */
const kinds: readonly (readonly [begins: (bytes: Uint8Array) => boolean, kind: string])[] = [
  [(b) => ascii(b, 0, 4) === 'GIF8', 'a GIF'],
  [(b) => ascii(b, 0, 4) === 'RIFF' && ascii(b, 8, 12) === 'WEBP', 'a WebP'],
  [(b) => ascii(b, 0, 2) === 'BM', 'a BMP'],
  [(b) => ['II*\0', 'MM\0*'].includes(ascii(b, 0, 4)), 'a TIFF'],
  [(b) => /^ftyp(avif|avis)$/.test(ascii(b, 4, 12)), 'an AVIF'],
  [(b) => /^ftyp(hei[cxms]|hev[cx]|mif1)$/.test(ascii(b, 4, 12)), 'a HEIC'],
  [(b) => ascii(b, 4, 8) === 'jP  ', 'a JPEG 2000'],
  [(b) => ascii(b, 0, 4) === '%PDF', 'a PDF'],
  [(b) => /^\s*(<\?xml[^>]*>\s*)?<svg/i.test(ascii(b, 0, 200)), 'an SVG'],
  [(b) => /^\s*<(!doctype html|html)/i.test(ascii(b, 0, 200)), 'a web page'],
  [(b) => ascii(b, 0, 4) === 'PK\x03\x04', 'a zip archive'],
  [(b) => ascii(b, 0, 2) === '\x1f\x8b', 'a gzip file'],
  [(b) => ascii(b, 0, 6) === '\x93NUMPY', 'an array of NumPy'],
];

/** Why bytes that begin neither like a JPEG nor like a PNG are no picture. */
export const otherKind = (bytes: Uint8Array): string => {
  if (bytes.length === 0) return 'it is empty';
  const kind = kinds.find(([begins]) => begins(bytes))?.[1];
  return kind === undefined
    ? 'it is neither a JPEG nor a PNG'
    : `it is ${kind}, and neither a JPEG nor a PNG`;
};

/** Whether they begin as a PNG does. */
const isPng = (bytes: Uint8Array): boolean => bytes[0] === 0x89;

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0);
  return c;
});

/** The CRC-32 of ISO 3309, as PNG has it (section 5.5). */
const crc32 = (bytes: Uint8Array): number => {
  let c = 0xffffffff;
  for (const byte of bytes) c = (c >>> 8) ^ table[(c ^ byte) & 0xff]!;
  return ~c >>> 0;
};

/** The bits of a sample that each kind of colour may have (PNG, table 11.1). */
const depths: { readonly [colour: number]: readonly number[] } = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

const inHeader = (view: DataView, at: number): string | undefined => {
  const [w, h] = [view.getUint32(at), view.getUint32(at + 4)];
  const [depth, colour] = [view.getUint8(at + 8), view.getUint8(at + 9)];
  if (w === 0 || h === 0) return `its header says that it has ${w}x${h} pixels`;
  if (depths[colour] === undefined)
    return `its header names a kind of colour, ${colour}, that PNG does not have`;
  return depths[colour].includes(depth)
    ? undefined
    : `its header says ${depth} bits a sample, which PNG does not have for this kind of colour`;
};

const inPng = (bytes: Uint8Array): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const met = new Set<string>();
  let colour = 0;
  for (let at = 8; at < bytes.length;) {
    if (at + 8 > bytes.length) return 'it is cut short: it ends between two of its chunks';
    const [length, type] = [view.getUint32(at), ascii(bytes, at + 4, at + 8)];
    if (!/^[A-Za-z]{4}$/.test(type))
      return 'it is damaged: what should be the name of a chunk is not';
    if (met.size === 0 && type !== 'IHDR') return 'it is damaged: its header is missing';
    const missing = at + 12 + length - bytes.length;
    if (missing > 0)
      return `it is cut short: the last ${missing} bytes of its chunk ${type} are missing`;
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length))
      return `it is damaged: the checksum of its chunk ${type} is wrong`;
    if (type === 'IHDR') {
      const fault = length === 13 ? inHeader(view, at + 8) : 'its header has another length';
      if (fault !== undefined) return fault;
      colour = view.getUint8(at + 17);
    }
    if (type === 'IDAT' && colour === 3 && !met.has('PLTE'))
      return 'it is damaged: its palette is missing';
    met.add(type);
    if (type === 'IEND')
      return met.has('IDAT') ? 'it is damaged: its pixels cannot be unpacked' : 'it has no pixels';
    at += 12 + length;
  }
  return 'it is cut short: its end is missing';
};

/** What the marker of a frame says that decoders often lack. */
const frames: { readonly [marker: number]: string } = {
  0xc3: 'a lossless JPEG',
  ...Object.fromEntries([0xc5, 0xc6, 0xc7].map((m) => [m, 'a hierarchical JPEG'])),
  ...Object.fromEntries([0xc9, 0xca].map((m) => [m, 'a JPEG with arithmetic coding'])),
  ...Object.fromEntries(
    [0xcb, 0xcd, 0xce, 0xcf].map((m) => [m, 'a hierarchical or lossless JPEG']),
  ),
};

const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

const inFrame = (view: DataView, at: number, marker: number): string | undefined => {
  const [bits, h, w] = [view.getUint8(at), view.getUint16(at + 1), view.getUint16(at + 3)];
  if (frames[marker] !== undefined) return `it is ${frames[marker]}, which is not read`;
  if (bits !== 8) return `it has ${bits} bits a sample, and JPEGs of 8 are read`;
  return w === 0 || h === 0 ? `its header says that it has ${w}x${h} pixels` : undefined;
};

const endsWithin = (bytes: Uint8Array, from: number): boolean => {
  for (let at = from; at + 1 < bytes.length; at++)
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  return false;
};

const inJpeg = (bytes: Uint8Array): string => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: string | undefined;
  let hasFrame = false;
  for (let at = 2; at + 1 < bytes.length;) {
    if (bytes[at] !== 0xff) return 'it is damaged: what should be a marker of its header is not';
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1; // markers may be filled up
      continue;
    }
    if (marker === 0xd9) return 'it has no pixels';
    const length = at + 4 > bytes.length ? Infinity : view.getUint16(at + 2);
    if (at + 2 + length > bytes.length) return 'it is cut short: it ends in its header';
    if (isFrame(marker) && length >= 8) {
      frame ??= inFrame(view, at + 4, marker);
      hasFrame = true;
    }
    if (marker === 0xda) {
      if (!hasFrame) return 'it is damaged: its header says no size';
      if (!endsWithin(bytes, at + 2 + length)) return 'it is cut short: its end is missing';
      return frame ?? 'it is damaged: its pixels cannot be unpacked';
    }
    at += 2 + length;
  }
  return 'it is cut short: it ends in its header';
};

/** What is wrong with a JPEG or a PNG that cannot be decoded. */
export const damageIn = (bytes: Uint8Array): string =>
  isPng(bytes) ? inPng(bytes) : inJpeg(bytes);

/** Width and height that the header of a PNG claims, however large; a decoder may refuse it for them. */
export const claimedIn = (
  bytes: Uint8Array,
): { readonly w: number; readonly h: number } | undefined => {
  if (!isPng(bytes) || bytes.length < 24) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { w: view.getUint32(16), h: view.getUint32(20) };
};
