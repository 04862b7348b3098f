/** What is said of bytes that no decoder takes: every reason, from the few bytes that give it. */
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { claimedIn, damageIn, otherKind } from '../../src/runtime/store/picture-faults.ts';

const others: readonly (readonly [text: string, reason: string])[] = [
  ['', 'it is empty'],
  ['hello', 'it is neither a JPEG nor a PNG'],
  ...(
    [
      ['GIF89a', 'a GIF'],
      ['RIFF0000WEBPVP8 ', 'a WebP'],
      ['BM0000', 'a BMP'],
      ['II*\0', 'a TIFF'],
      ['MM\0*', 'a TIFF'],
      ['0000ftypavif', 'an AVIF'],
      ['0000ftypheic', 'a HEIC'],
      ['0000ftypmif1', 'a HEIC'],
      ['0000jP  ', 'a JPEG 2000'],
      ['%PDF-1.7', 'a PDF'],
      ['<?xml version="1.0"?> <svg xmlns="">', 'an SVG'],
      ['<!DOCTYPE html>', 'a web page'],
      ['PK\x03\x04', 'a zip archive'],
      ['\x1f\x8b', 'a gzip file'],
      ['\x93NUMPY', 'an array of NumPy'],
    ] as const
  ).map(([text, kind]) => [text, `it is ${kind}, and neither a JPEG nor a PNG`] as const),
];

test.each(others)('%j: %s', (text, reason) =>
  expect(otherKind(Buffer.from(text, 'latin1'))).toBe(reason),
);

// ------------------------------------------------------------------------------------------------ PNG

const chunk = (type: string, data: readonly number[] = []): readonly number[] => {
  const body = [...Buffer.from(type, 'latin1'), ...data];
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length);
  ends.writeUInt32BE(crc32(Uint8Array.from(body)), 4);
  return [...ends.subarray(0, 4), ...body, ...ends.subarray(4)];
};

const header = (w: number, h: number, depth: number, colour: number): readonly number[] =>
  chunk('IHDR', [0, 0, 0, w, 0, 0, 0, h, depth, colour, 0, 0, 0]);

const png = (...chunks: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...chunks.flat()]);

const [good, pixels, end] = [header(2, 3, 8, 2), chunk('IDAT', [1, 2, 3]), chunk('IEND')];

test.each([
  ['it is cut short: it ends between two of its chunks', [good, [0, 0, 0]]],
  ['it is damaged: what should be the name of a chunk is not', [good, [0, 0, 0, 0, 1, 2, 3, 4]]],
  ['it is damaged: its header is missing', [pixels, end]],
  ['it is cut short: the last 4 bytes of its chunk IDAT are missing', [good, pixels.slice(0, -4)]],
  [
    'it is damaged: the checksum of its chunk IDAT is wrong',
    [good, [...pixels.slice(0, -1), 1 ^ pixels.at(-1)!], end],
  ],
  ['its header has another length', [chunk('IHDR', [1, 2, 3]), pixels, end]],
  ['its header says that it has 0x3 pixels', [header(0, 3, 8, 2)]],
  ['its header says that it has 2x0 pixels', [header(2, 0, 8, 2)]],
  ['its header names a kind of colour, 5, that PNG does not have', [header(2, 3, 8, 5)]],
  [
    'its header says 4 bits a sample, which PNG does not have for this kind of colour',
    [header(2, 3, 4, 2)],
  ],
  ['it is damaged: its palette is missing', [header(2, 3, 8, 3), pixels, end]],
  [
    'it is damaged: its pixels cannot be unpacked',
    [header(2, 3, 8, 3), chunk('PLTE', [1, 2, 3]), pixels, end],
  ],
  ['it is damaged: its pixels cannot be unpacked', [good, pixels, end]],
  ['it has no pixels', [good, end]],
  ['it is cut short: its end is missing', [good, pixels]],
  ['it is cut short: its end is missing', []],
])('a PNG: %s', (reason, chunks) => expect(damageIn(png(...chunks))).toBe(reason));

test('the size that a PNG claims', () => {
  expect(claimedIn(png(good))).toEqual({ w: 2, h: 3 });
  expect(claimedIn(png(good).subarray(0, 23))).toBeUndefined();
  expect(claimedIn(jpeg(frame(0xc0)))).toBeUndefined();
});

// ----------------------------------------------------------------------------------------------- JPEG

const jpeg = (...segments: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from([0xff, 0xd8, ...segments.flat()]);

/** The header of a frame of three channels: bits, height and width. */
const frame = (marker: number, bits = 8, h = 4, w = 6): readonly number[] => [
  ...[0xff, marker, 0, 9, bits, 0, h, 0, w, 3, 0],
];
const scan = [0xff, 0xda, 0, 3, 1, 7, 7];
const eoi = [0xff, 0xd9];

type Segments = readonly (readonly number[])[];

const jpegs: readonly (readonly [reason: string, segments: Segments])[] = [
  ['it has no pixels', [eoi]],
  [
    'it is damaged: what should be a marker of its header is not',
    [
      [0xff, 0xe0, 0, 2],
      [7, 7],
    ],
  ],
  ['it is cut short: it ends in its header', [[0xff, 0xe0, 0]]],
  ['it is cut short: it ends in its header', [[0xff, 0xe0, 0, 16, 1]]],
  ['it is cut short: it ends in its header', [frame(0xc0)]],
  ['it is damaged: its header says no size', [scan, eoi]],
  // a frame that is too short says nothing, and a table of codes is not a frame
  ['it is damaged: its header says no size', [[0xff, 0xc0, 0, 2], [0xff, 0xc4, 0, 2], scan, eoi]],
  ['it is cut short: its end is missing', [frame(0xc0), scan]],
  ['it is damaged: its pixels cannot be unpacked', [frame(0xc2), scan, eoi]],
  // markers may be filled up
  ['it is damaged: its pixels cannot be unpacked', [[0xff], frame(0xc0), [0xff, 0xff], scan, eoi]],
  ['it has 12 bits a sample, and JPEGs of 8 are read', [frame(0xc1, 12), scan, eoi]],
  ['its header says that it has 6x0 pixels', [frame(0xc0, 8, 0), scan, eoi]],
  ['its header says that it has 0x4 pixels', [frame(0xc0, 8, 4, 0), scan, eoi]],
  ...(
    [
      [0xc3, 'a lossless JPEG'],
      ...[0xc5, 0xc6, 0xc7].map((m) => [m, 'a hierarchical JPEG'] as const),
      ...[0xc9, 0xca].map((m) => [m, 'a JPEG with arithmetic coding'] as const),
      ...[0xcb, 0xcd, 0xce, 0xcf].map((m) => [m, 'a hierarchical or lossless JPEG'] as const),
    ] as const
  ).map(
    ([marker, kind]) => [`it is ${kind}, which is not read`, [frame(marker), scan, eoi]] as const,
  ),
];

test.each(jpegs)('a JPEG: %s', (reason, segments) =>
  expect(damageIn(jpeg(...segments))).toBe(reason),
);
