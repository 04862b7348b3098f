/** Pictures per second: crops of 224 pixels from JPEGs of 500x375 with the step idle, and the set `shapes`. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import sharp from 'sharp';
import type { Data } from '../src/protocol/recipe.ts';
import type { Dataset } from '../src/runtime/batches/dataset.ts';
import { openLoader } from '../src/runtime/dataset/load.ts';
import type { Settings } from '../src/runtime/batches/loader.ts';
import { openDataset } from '../src/runtime/dataset/open.ts';
import { drawShape } from '../src/runtime/batches/shapes/draw.ts';
import { median, type Measured } from './measure.ts';

const right = <A>(either: E.Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(either)) throw new Error(either.left.message);
  return either.right;
};

const pictures = 240;

/** Photographs in detail and size of file: shapes, enlarged, with noise; 60 KB each. */
const makePictures = async (folder: string): Promise<void> => {
  for (const name of ['a', 'b']) mkdirSync(join(folder, name));
  for (let index = 0; index < pictures; index++) {
    const { data, h, w } = drawShape({
      size: 96,
      shape: index % 8,
      purpose: 'bench',
      index,
      clutter: 0,
    });
    await sharp(data, { raw: { width: w, height: h, channels: 3 } })
      .resize(500, 375, { fit: 'fill' })
      .composite([
        {
          input: await sharp({
            create: {
              ...{ width: 500, height: 375, channels: 3, background: '#000' },
              noise: { type: 'gaussian', mean: 128, sigma: 12 },
            },
          })
            .png()
            .toBuffer(),
          blend: 'soft-light',
        },
      ])
      .jpeg({ quality: 90 })
      .toFile(join(folder, index % 2 === 0 ? 'a' : 'b', `${index}.jpg`));
  }
};

const crops = (workers: number): Settings => ({
  takes: { tag: 'map', h: 224, w: 224, c: 3 },
  input: { order: 'rgb', scale: 1, mean: [123.68, 116.78, 103.94], std: [] },
  augment: [
    { tag: 'rescale', from: 256, to: 512 },
    { tag: 'crop', size: { h: 224, w: 224 }, pad: 0 },
    { tag: 'flip' },
  ],
  ...{ batch: 32, seed: 1, workers, strict: true },
});

const small = (workers: number): Settings => ({
  takes: { tag: 'map', h: 32, w: 32, c: 3 },
  input: { order: 'rgb', scale: 1 / 255, mean: [], std: [] },
  augment: [{ tag: 'crop', size: { h: 32, w: 32 }, pad: 2 }, { tag: 'flip' }],
  ...{ batch: 32, seed: 1, workers, strict: true },
});

const epochs = 4; // the first warms up

/** Over an epoch, when nobody does anything with the pictures; other programs disturb the second less. */
type Rate = { readonly perSecond: number; readonly processorTime: number };

const rate = async (dataset: Dataset, settings: Settings): Promise<Rate> => {
  const loader = right(await openLoader(dataset, settings));
  const rates: number[] = [];
  const times: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const start = performance.now();
    const before = process.cpuUsage();
    let count = 0;
    for await (const batch of loader.training(epoch, 0)) count += right(batch).labels.length;
    rates.push((count * 1000) / (performance.now() - start));
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000 / count);
  }
  await loader.close();
  return { perSecond: median(rates.slice(1)), processorTime: median(times.slice(1)) };
};

const rowsOf = async (
  data: Data,
  name: string,
  settings: (workers: number) => Settings,
  targets: readonly (readonly [workers: number, target: string])[],
): Promise<readonly Measured[]> => {
  const dataset = right(await openDataset(data, '.'));
  const found: Measured[] = [];
  for (const [workers, target] of targets) {
    const { perSecond, processorTime } = await rate(dataset, settings(workers));
    const row = `${name}, ${workers} workers`;
    found.push({ name: row, value: perSecond, unit: 'pictures/s', target });
    found.push({ name: `${row}, processor`, value: processorTime, unit: 'ms', target: '' });
  }
  await dataset.close();
  return found;
};

export const rows = async (): Promise<readonly Measured[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'netc-bench-'));
  try {
    await makePictures(folder);
    const photographs = { tag: 'imagefolder', path: folder } as const;
    const drawn = {
      tag: 'shapes',
      size: 32,
      classes: 8,
      images: 4000,
      validation: 0,
      clutter: 0,
    } as const;
    return [
      ...(await rowsOf(photographs, '224 of 500x375', crops, [
        [2, '>= 100'],
        [1, ''],
        [0, ''],
      ])),
      ...(await rowsOf(drawn, 'shapes of 32x32', small, [
        [0, '>= 5000'],
        [1, ''],
      ])),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
};
