import * as fs from 'node:fs';
import * as os from 'node:os';
import * as nodePath from 'node:path';
import { deflateSync } from 'node:zlib';
import * as E from 'fp-ts/lib/Either.js';
import * as fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import { inksToRgb } from '../../src/runtime/store/picture-colours.ts';
import { place } from '../../src/runtime/store/picture-place.ts';
import { scale } from '../../src/runtime/store/picture-scale.ts';
import { toNumbers } from '../../src/runtime/store/picture.ts';
import { readPicture } from '../../src/runtime/files/pictures.ts';
import { defaultInput, type Input } from '../../src/runtime/store/preprocess.ts';

const folder = fs.mkdtempSync(nodePath.join(os.tmpdir(), 'netc-picture-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));
let files = 0;
const put = (bytes: Uint8Array): string => {
  const path = nodePath.join(folder, `${files++}.bin`);
  fs.writeFileSync(path, bytes);
  return path;
};

const any = { h: undefined, w: undefined, c: 3 };
const rgb = defaultInput(3);

/** The picture's numbers and shape, or its fault. */
const see = async (
  bytes: Uint8Array | string,
  frame = any as Parameters<typeof readPicture>[1],
  input: Input = rgb,
) => {
  const picture = await readPicture(typeof bytes === 'string' ? bytes : put(bytes), frame, input);
  if (E.isLeft(picture)) return `${picture.left.code} ${picture.left.message}`;
  return { shape: picture.right.shape, pixels: [...picture.right.data] };
};

/** A PNG from raw samples. */
const png = (w: number, h: number, channels: 1 | 2 | 3 | 4, samples: readonly number[]) =>
  sharp(Uint8Array.from(samples), { raw: { width: w, height: h, channels } })
    .png()
    .toBuffer();

/** The checksum of PNG, bit by bit; `zlib.crc32` came with Node 20.15 and its types later. */
const crc = (bytes: Uint8Array): number => {
  let c = 0xffffffff;
  for (const byte of bytes) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (c & 1 ? 0xedb88320 : 0);
  }
  return ~c >>> 0;
};

const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), body.length + 4);
  return out;
};

/** A PNG written by hand, which may claim any size. */
const claiming = (w: number, h: number, raw: Uint8Array): Uint8Array => {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(w);
  header.writeUInt32BE(h, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', new Uint8Array()),
  ]);
};

describe('pixels', () => {
  test('are red, green, blue in 0–255, row by row', async () => {
    const bytes = await png(2, 1, 3, [255, 0, 7, 1, 2, 3]);
    expect(await see(bytes)).toEqual({ shape: [1, 1, 2, 3], pixels: [255, 0, 7, 1, 2, 3] });
  });

  const noise = Array.from({ length: 16 * 16 * 3 }, (_, i) => (i * i * 31 + (i >> 3)) % 256);
  const said = async (bytes: Uint8Array) => JSON.stringify(await readPicture(put(bytes), any, rgb));

  test.each([20, 8 * 16, 16 * 16])('of a PNG that end %i bytes too early', async (missing) => {
    const bytes = await png(16, 16, 3, noise);
    expect(await said(bytes.subarray(0, -missing))).toContain('cannot be read: it is cut short: ');
  });

  test.each([40, 200])('of a JPEG that end %i bytes too early', async (missing) => {
    const bytes = await sharp(Uint8Array.from(noise), {
      raw: { width: 16, height: 16, channels: 3 },
    })
      .jpeg()
      .toBuffer();
    expect(await said(bytes.subarray(0, -missing))).toContain('cannot be read: it is cut short: ');
  });

  /** A picture with some bytes changed. */
  const changed = (bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array => {
    const copy = Uint8Array.from(bytes);
    copy.set(values, at);
    return copy;
  };

  const rgbChunks = (...chunks: readonly Uint8Array[]): Uint8Array =>
    Buffer.concat([claiming(1, 1, Uint8Array.of(0, 1, 2, 3)).subarray(0, 33), ...chunks]);

  const end = chunk('IEND', new Uint8Array());

  test.each([
    [
      'a PNG whose pixels are another file’s',
      changed(claiming(1, 1, Uint8Array.of(0, 1, 2, 3)), 43, 9),
      'the checksum of its chunk IDAT is wrong',
    ],
    ['a PNG without pixels', rgbChunks(end), 'it has no pixels'],
    [
      'a PNG with pixels that are not packed',
      rgbChunks(chunk('IDAT', Uint8Array.of(1, 2, 3)), end),
      'its pixels cannot be unpacked',
    ],
    [
      'a PNG without a header',
      Buffer.concat([claiming(1, 1, Uint8Array.of(0)).subarray(0, 8), end]),
      'its header is missing',
    ],
    [
      'a PNG of no pixels',
      claiming(0, 5, Uint8Array.of(0)),
      'its header says that it has 0x5 pixels',
    ],
    ['a GIF', Buffer.from('GIF89a'), 'it is a GIF, and neither'],
    ['a WebP', Buffer.from('RIFF0000WEBPVP8 '), 'it is a WebP, and neither'],
    ['a page', Buffer.from('<!DOCTYPE html><html>'), 'it is a web page, and neither'],
    ['a HEIC', Buffer.from('0000ftypheic0000'), 'it is a HEIC, and neither'],
    ['nothing', new Uint8Array(), 'it is empty'],
    ['a JPEG of nothing', Uint8Array.of(0xff, 0xd8, 0xff, 0xd9), 'it has no pixels'],
    [
      'a JPEG that ends in its header',
      Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16, 1),
      'it ends in its header',
    ],
    [
      'a JPEG with a strange header',
      Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 2, 7, 7),
      'what should be a marker',
    ],
  ])('of %s are refused for what is wrong', async (_, bytes, reason) => {
    expect(await said(bytes)).toContain(reason);
  });

  test('of a kind of JPEG that no decoder has are refused for that', async () => {
    const jpeg = await sharp(Uint8Array.from(noise), {
      raw: { width: 16, height: 16, channels: 3 },
    })
      .jpeg()
      .toBuffer();
    const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
    expect(await said(changed(jpeg, frame + 1, 0xc3))).toContain(
      'it is a lossless JPEG, which is not read',
    );
    expect(await said(changed(jpeg, frame + 4, 12))).toContain('it has 12 bits a sample');
  });

  test('of a grey picture are three times grey', async () => {
    expect(await see(await png(2, 1, 1, [9, 200]))).toMatchObject({
      pixels: [9, 9, 9, 200, 200, 200],
    });
  });

  test('lie over white where they are transparent', async () => {
    expect(await see(await png(2, 1, 4, [10, 20, 30, 255, 10, 20, 30, 0]))).toMatchObject({
      pixels: [10, 20, 30, 255, 255, 255],
    });
    expect(await see(await png(1, 1, 2, [10, 0]))).toMatchObject({ pixels: [255, 255, 255] });
  });

  test('of 16 bits are brought to 8', async () => {
    const deep = await sharp(Uint16Array.of(65535, 0, 32896), {
      raw: { width: 1, height: 1, channels: 3 },
    })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    expect(await see(deep)).toMatchObject({ pixels: [255, 0, 128] });
  });

  test('are turned as EXIF says', async () => {
    const bytes = await sharp(Uint8Array.of(0, 0, 0, 255, 255, 255), {
      raw: { width: 2, height: 1, channels: 3 },
    })
      .withMetadata({ orientation: 6 }) // a quarter to the right
      .png()
      .toBuffer();
    expect(await see(bytes)).toEqual({ shape: [1, 2, 1, 3], pixels: [0, 0, 0, 255, 255, 255] });
  });

  test('of a JPEG', async () => {
    const grey = { create: { width: 16, height: 8, channels: 3, background: '#808080' } } as const;
    const seen = await see(await sharp(grey).jpeg().toBuffer());
    expect(seen).toMatchObject({ shape: [1, 8, 16, 3] });
    expect(typeof seen === 'object' && new Set(seen.pixels)).toEqual(new Set([128]));
  });

  test('are those of the file, whatever its colour profile', async () => {
    const bytes = await png(1, 1, 3, [200, 100, 50]);
    const profiled = await sharp(bytes).withIccProfile('p3').png().toBuffer();
    const stored = await sharp(profiled, { ignoreIcc: true }).raw().toBuffer();
    expect((await sharp(profiled).metadata()).icc).toBeDefined();
    expect([...stored]).not.toEqual([200, 100, 50]);
    expect(await see(profiled)).toMatchObject({ pixels: [...stored] });
  });

  test('of inks are what Pillow makes of them', async () => {
    // one pixel of (100, 50, 20, 30), saved by Pillow 9.4 at quality 50: its convert('RGB') gives this
    const jpeg =
      '/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAQCwwODAoQDg0OEhEQExgoGhgWFhgxIyUdKDozPTw5Mzg3QEhcTkBEV0U3OFBtUVdfYmdo' +
      'Zz5NcXlwZHhcZWdj/8AAFAgAAQABBEMRAE0RAFkRAEsRAP/EABUAAQEAAAAAAAAAAAAAAAAAAAYE/8QAFBABAAAAAAAAAAAAAAAA' +
      'AAAAAP/aAA4EQwBNAFkASwAAPwC4nNjF/9k=';
    expect(await see(Buffer.from(jpeg, 'base64'))).toMatchObject({ pixels: [138, 183, 209] });
    // pure cyan, pure black, and a mixture
    const inks = [255, 0, 0, 0, 0, 0, 0, 255, 100, 50, 20, 30];
    expect([...inksToRgb(Uint8Array.from(inks))]).toEqual([0, 255, 255, 0, 0, 0, 137, 181, 207]);
  });

  test('become numbers as the input says', () => {
    const numbers = (input: Partial<Input>) => [
      ...toNumbers(Uint8Array.of(255, 0, 51), { ...rgb, ...input }),
    ];
    expect(numbers({ order: 'bgr', mean: [51, 1, 5] })).toEqual([0, -1, 250]);
    expect(numbers({ scale: 1 / 255, mean: [0.5, 0.5, 0.2], std: [0.5, 0.25, 2] })).toEqual([
      1, -2, 0,
    ]);
    expect(numbers({ order: 'grey' })).toEqual([Math.round(0.299 * 255 + 0.114 * 51)]);
  });
});

describe('the place of the cut', () => {
  const frame = (h?: number, w?: number) => ({ h, w, c: 3 });
  test.each([
    // torchvision: Resize(256), CenterCrop(224) of 640x480
    [
      { h: 480, w: 640 },
      frame(224, 224),
      256,
      { h: 256, w: 341 },
      { h: 224, w: 224, top: 16, left: 58 },
    ],
    [
      { h: 500, w: 333 },
      frame(224, 224),
      256,
      { h: 384, w: 256 },
      { h: 224, w: 224, top: 80, left: 16 },
    ],
    [
      { h: 480, w: 640 },
      frame(224, 224),
      undefined,
      { h: 224, w: 299 },
      { h: 224, w: 224, top: 0, left: 38 },
    ],
    [
      { h: 480, w: 640 },
      frame(),
      undefined,
      { h: 480, w: 640 },
      { h: 480, w: 640, top: 0, left: 0 },
    ],
    [{ h: 480, w: 640 }, frame(), 240, { h: 240, w: 320 }, { h: 240, w: 320, top: 0, left: 0 }],
    [
      { h: 480, w: 640 },
      frame(240),
      undefined,
      { h: 240, w: 320 },
      { h: 240, w: 320, top: 0, left: 0 },
    ],
    // a frame larger than `resize` leaves
    [
      { h: 480, w: 640 },
      frame(300, 300),
      256,
      { h: 300, w: 400 },
      { h: 300, w: 300, top: 0, left: 50 },
    ],
    [{ h: 1, w: 1 }, frame(3, 5), undefined, { h: 5, w: 5 }, { h: 3, w: 5, top: 1, left: 0 }],
  ])('of %j in %j, short side %s', (size, wanted, resize, scaled, cut) =>
    expect(place(size, wanted, resize)).toEqual({ scaled, cut }),
  );

  const side = fc.integer({ min: 1, max: 5000 });
  test('lies within what is scaled', () =>
    fc.assert(
      fc.property(
        side,
        side,
        fc.option(side),
        fc.option(side),
        fc.option(side),
        (h, w, a, b, r) => {
          const { scaled, cut } = place(
            { h, w },
            frame(a ?? undefined, b ?? undefined),
            r ?? undefined,
          );
          expect([cut.h, cut.w]).toEqual([a ?? scaled.h, b ?? scaled.w]);
          expect(Math.min(cut.top, cut.left, cut.h - 1, cut.w - 1)).toBeGreaterThanOrEqual(0);
          expect(cut.top + cut.h).toBeLessThanOrEqual(scaled.h);
          expect(cut.left + cut.w).toBeLessThanOrEqual(scaled.w);
        },
      ),
    ));
});

describe('the centre that the weights are used with', () => {
  const settings = { ...rgb, resize: 12, crop: 8 };
  const shape = async (frame: { readonly h?: number; readonly w?: number }, input: Input) => {
    const seen = await see(
      await png(30, 20, 1, Array<number>(600).fill(1)),
      { h: frame.h, w: frame.w, c: 3 },
      input,
    );
    return typeof seen === 'string' ? seen : seen.shape;
  };
  test('is cut out for a net of any size', async () => {
    expect(await shape({}, settings)).toEqual([1, 8, 8, 3]);
    expect(await shape({ h: 10 }, settings)).toEqual([1, 10, 8, 3]);
    expect(await shape({}, { ...rgb, crop: 40 })).toEqual([1, 40, 40, 3]);
  });
  test('does not matter to a net of one size', async () =>
    expect(await shape({ h: 6, w: 4 }, settings)).toEqual([1, 6, 4, 3]));
  test('is all of the picture where nothing is said', async () =>
    expect(await shape({}, { ...rgb, resize: 12 })).toEqual([1, 12, 18, 3]));
});

describe('scaling', () => {
  // zlib.crc32 of picture(h, w).resize((sw, sh), Image.BILINEAR).crop((left, top, left + cw, top + ch))
  // in Pillow 13.0; channel c of its pixel i is (7i² + 31i + 101c) mod 256
  const picture = (h: number, w: number): Uint8Array =>
    Uint8Array.from({ length: 3 * h * w }, (_, k) => {
      const i = Math.floor(k / 3);
      return (7 * i * i + 31 * i + 101 * (k % 3)) % 256;
    });
  test.each([
    [24, 24, 12, 12, 0, 0, 12, 12, 932925824],
    [29, 31, 17, 11, 0, 0, 17, 11, 1781348555],
    [12, 12, 24, 24, 0, 0, 24, 24, 70352089],
    [100, 90, 10, 7, 0, 0, 10, 7, 401502858],
    [48, 64, 26, 34, 2, 6, 22, 22, 1838930457],
    [5, 7, 5, 7, 0, 0, 5, 7, 3780103087],
    [5, 7, 40, 5, 3, 1, 30, 2, 3338623045],
    [1, 1, 3, 5, 1, 2, 1, 2, 2598101936],
  ])('%ix%i to %ix%i, from (%i, %i) %ix%i', (h, w, sh, sw, top, left, ch, cw, sum) => {
    const placement = { scaled: { h: sh, w: sw }, cut: { top, left, h: ch, w: cw } };
    expect(crc(scale(picture(h, w), { h, w }, placement))).toBe(sum);
  });

  test('our own picture as VGG sees it is what Pillow makes of it', async () => {
    const path = nodePath.join(import.meta.dirname, '../../examples/pictures/shapes.png');
    expect(fs.statSync(path).size).toBeLessThan(60_000);
    const seen = await see(path, { h: 224, w: 224, c: 3 }, { ...rgb, resize: 256 });
    if (typeof seen === 'string') throw new Error(seen);
    expect(seen.shape).toEqual([1, 224, 224, 3]);
    expect(crc(Uint8Array.from(seen.pixels))).toBe(86529593);
  });

  test('the centre of a line a million pixels long', async () => {
    const bytes = claiming(2 ** 20, 1, new Uint8Array(3 * 2 ** 20 + 1).fill(9, 1));
    const seen = await see(bytes, { h: 224, w: 224, c: 3 });
    expect(typeof seen === 'object' && new Set(seen.pixels)).toEqual(new Set([9]));
  });
});

describe('refused', () => {
  test('a small file that claims 2^30 pixels, before it is decoded', async () => {
    const bytes = claiming(2 ** 15, 2 ** 15, new Uint8Array(1000));
    expect(bytes.length).toBeLessThan(200);
    const before = process.memoryUsage().rss;
    expect(await see(bytes)).toMatch(/^E0507.*it has 32768x32768 pixels/);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 27);
    expect(await see(claiming(2 ** 31 - 1, 2 ** 31 - 1, new Uint8Array()))).toMatch(/^E050[67]/);
    expect(await see(claiming(0, 0, new Uint8Array()))).toMatch(/^E0506/);
  });

  test('a line that would be scaled to a wall', async () => {
    const bytes = claiming(2 ** 20, 1, new Uint8Array(3 * 2 ** 20 + 1));
    expect(await see(bytes, any, { ...rgb, resize: 224 })).toMatch(
      /^E0507.*scaled to 234881024x224/,
    );
  });

  test('pixels that are not there', async () =>
    expect(await see(claiming(100, 100, new Uint8Array(50)))).toMatch(/^E0506/));

  test.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'],
    ['GIF', 'GIF89a'],
    ['only a signature', '\x89PNG\r\n\x1a\n'],
    ['a JPEG of three bytes', '\xff\xd8\xff'],
  ])('%s', async (_, text) => expect(await see(Buffer.from(text, 'latin1'))).toMatch(/^E0506/));

  test('a missing file, a folder, the wrong channels, a lack of sharp', async () => {
    expect(await see(nodePath.join(folder, 'absent.png'))).toMatch(/^E0001/);
    expect(await see(folder)).toMatch(/^E0001/);
    const bytes = await png(1, 1, 3, [1, 2, 3]);
    expect(await see(bytes, { ...any, c: 1 })).toMatch(/^E0508.*has 3 channels, the net takes 1$/);
    expect(await see(bytes, { ...any, c: 1 }, defaultInput(1))).toMatchObject({ pixels: [2] });
    const packageJson = fs.readFileSync(nodePath.join(import.meta.dirname, '../../package.json'));
    const wanted: unknown = JSON.parse(String(packageJson)).optionalDependencies.sharp;
    const absent = await readPicture(put(bytes), any, rgb, () => Promise.reject(new Error('no')));
    expect(absent).toMatchObject({
      left: {
        code: 'E0702',
        notes: [expect.stringContaining(`npm install sharp@${wanted}\``), expect.anything()],
      },
    });
  });

  test('a picture cut anywhere or with any bit flipped: a fault or a picture, never an exception', async () => {
    const whole = await sharp(
      Uint8Array.from({ length: 300 }, (_, i) => i),
      {
        raw: { width: 10, height: 10, channels: 3 },
      },
    )
      .jpeg()
      .toBuffer();
    const frame = { h: 4, w: 4, c: 3 };
    const flipped = fc.nat(whole.length * 8 - 1).map((bit) => {
      const bytes = Uint8Array.from(whole);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      return bytes;
    });
    const cut = fc.nat(whole.length - 3).map((n) => whole.subarray(0, n));
    await fc.assert(
      fc.asyncProperty(fc.oneof(flipped, cut), async (bytes) => {
        const seen = await see(bytes, frame);
        if (typeof seen === 'string') expect(seen).toMatch(/^E050[67]/);
        else expect(seen.shape).toEqual([1, 4, 4, 3]);
      }),
      { numRuns: 150 },
    );
  });
});
