/** A contact sheet: a picture of pictures, a row for each class. */
import * as E from 'fp-ts/lib/Either.js';
import type { Sharp } from '../store/picture-decode.ts';
import { scale } from '../store/picture-scale.ts';
import type { Part, Sample } from '../batches/dataset.ts';
import { rendered, viewOf } from '../batches/prepare/view.ts';

/** Pixels of a tile, those between tiles, and how many there are. */
const tile = 64;
const gap = 4;
const mostColumns = 16;
const mostRows = 64;

const paper = 0xff;

/** A tile in red, green and blue: small pictures become a whole number of times as large, others are scaled to fit. */
const tileOf = (
  sample: Sample,
): { readonly h: number; readonly w: number; readonly rgb: Uint8Array } => {
  const seen = rendered(viewOf(sample));
  const { h, w } = seen;
  const rgb = seen.tag === 'pixels' ? seen.data : asBytes(seen.data, seen.channels);
  const times = Math.floor(tile / Math.max(h, w));
  if (times >= 1) {
    const big = { h: h * times, w: w * times };
    const out = new Uint8Array(big.h * big.w * 3);
    for (let y = 0, to = 0; y < big.h; y++)
      for (let x = 0; x < big.w; x++, to += 3) {
        const from = (Math.floor(y / times) * w + Math.floor(x / times)) * 3;
        out.set(rgb.subarray(from, from + 3), to);
      }
    return { ...big, rgb: out };
  }
  const side = (n: number): number => Math.max(1, Math.round((n * tile) / Math.max(h, w)));
  const small = { h: side(h), w: side(w) };
  return { ...small, rgb: scale(rgb, seen, { scaled: small, cut: { top: 0, left: 0, ...small } }) };
};

/** Numbers of an array as bytes, from its least to its largest; of channels beyond three nothing is seen. */
const asBytes = (data: Float32Array, channels: number): Uint8Array => {
  let [least, most] = [Infinity, -Infinity];
  for (const x of data) {
    least = Math.min(least, x);
    most = Math.max(most, x);
  }
  const out = new Uint8Array((data.length / channels) * 3);
  const over = 255 / (most - least || 1);
  for (let i = 0; i < out.length; i++) {
    const c = channels < 3 ? 0 : i % 3;
    out[i] = Math.round((data[Math.floor(i / 3) * channels + c]! - least) * over);
  }
  return out;
};

/** So many pictures of a class, from all over the part. */
const someOf = (part: Part, label: number): readonly number[] => {
  const all: number[] = [];
  for (let i = 0; i < part.count; i++) if (part.labels[i] === label) all.push(i);
  const count = Math.min(mostColumns, all.length);
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
};

/** How many classes are on a sheet. */
export const rowsOf = (classes: number): number => Math.min(mostRows, classes);

/** The sheet as a PNG. What cannot be read leaves its place free. */
export const contactSheet = async (
  part: Part,
  classes: number,
  sharp: Sharp,
): Promise<Uint8Array> => {
  const rows = Array.from({ length: rowsOf(classes) }, (_, label) => someOf(part, label));
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 1);
  const height = gap + rows.length * (tile + gap);
  const width = gap + columns * (tile + gap);
  const sheet = new Uint8Array(height * width * 3).fill(paper);
  for (const [row, indices] of rows.entries())
    for (const [column, index] of indices.entries()) {
      const sample = await part.pixels(index);
      if (E.isLeft(sample)) continue;
      const { h, w, rgb } = tileOf(sample.right);
      const top = gap + row * (tile + gap) + Math.floor((tile - h) / 2);
      const left = gap + column * (tile + gap) + Math.floor((tile - w) / 2);
      for (let y = 0; y < h; y++)
        sheet.set(rgb.subarray(y * w * 3, (y + 1) * w * 3), ((top + y) * width + left) * 3);
    }
  return sharp(sheet, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
};

/** One picture as a small PNG. */
export const thumbnail = (sample: Sample, sharp: Sharp): Promise<Uint8Array> => {
  const { h, w, rgb } = tileOf(sample);
  return sharp(rgb, { raw: { width: w, height: h, channels: 3 } })
    .png()
    .toBuffer();
};
