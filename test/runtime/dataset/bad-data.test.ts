/** What is said of data that cannot be used: one message for each mistake, and no exception. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { renderDiagnostics } from '../../../src/diagnostic/terminal/render.ts';
import type { Diagnostic } from '../../../src/diagnostic/diagnostic.ts';
import type { Data } from '../../../src/protocol/recipe.ts';
import { openLoader } from '../../../src/runtime/dataset/load.ts';
import type { Settings } from '../../../src/runtime/batches/loader.ts';
import { openDataset } from '../../../src/runtime/dataset/open.ts';
import { expectGolden } from '../../golden.ts';
import { idx, mnist, npy, pax, png, record, tar, zip, type TarFile } from './packed.ts';
import { drawn, opened, plain, put } from './sets.ts';

type Files = { readonly [name: string]: Uint8Array | string };

/** A mistake: what it is, its code, the data that a recipe names, and the files that are there. */
type Mistake = {
  readonly what: string;
  readonly code: string;
  readonly data: Data;
  readonly files?: () => Files | Promise<Files>;
  readonly outputs?: number;
};

const folder = { tag: 'imagefolder', path: 'data/birds' } as const;
const digits = { tag: 'mnist', path: 'data/mnist' } as const;
const cifar = { tag: 'cifar10', path: 'data/cifar' } as const;
const shards = { tag: 'webdataset', path: 'birds.tar' } as const;
const archive = { tag: 'arrays', path: 'd.npz' } as const;
const usual = { tag: 'usual' } as const;

const under = (path: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [join(path, name), bytes]));

const grey = await png(9, 9, 9);
const digitsWith = (files: Files): Files => under('data/mnist', { ...mnist(3, 2), ...files });
const birds = (files: Files): Files => under('data/birds', files);
const shard = (...files: readonly TarFile[]): Files => ({ 'birds.tar': tar(...files) });
const ones = npy('|u1', [2], Uint8Array.of(0, 1));
const vectors = npy('<f4', [2, 1], new Uint8Array(8));

const mistakes: readonly Mistake[] = [
  // nothing there
  { what: 'no folder of pictures', code: 'E0901', data: folder },
  { what: 'no MNIST', code: 'E0901', data: digits },
  { what: 'no CIFAR-10', code: 'E0901', data: cifar },
  { what: 'no CIFAR-100', code: 'E0901', data: { ...cifar, tag: 'cifar100' } },
  { what: 'no tar', code: 'E0901', data: shards },
  { what: 'no arrays', code: 'E0901', data: archive },
  {
    what: 'no labels for an array',
    code: 'E0901',
    data: { tag: 'arrays', path: 'x.npy', labels: 'y.npy' },
    files: () => ({ 'x.npy': vectors }),
  },
  {
    what: 'no folder to validate with',
    code: 'E0901',
    data: { ...folder, validation: { tag: 'path', path: 'data/birds-val' } },
    files: () => birds({ 'a/1.png': grey, 'b/1.png': grey }),
  },
  // something else
  {
    what: 'a file for a folder',
    code: 'E0902',
    data: folder,
    files: () => ({ 'data/birds': 'x' }),
  },
  { what: 'no classes', code: 'E0902', data: folder, files: () => birds({ '1.png': grey }) },
  {
    what: 'pictures of another kind',
    code: 'E0902',
    data: folder,
    files: () => birds({ 'a/1.webp': 'x', 'b/1.webp': 'x', 'b/README': 'x' }),
  },
  {
    what: 'another folder for CIFAR',
    code: 'E0902',
    data: cifar,
    files: () => under('data/cifar', { a: '' }),
  },
  {
    what: 'another folder for MNIST',
    code: 'E0902',
    data: digits,
    files: () => under('data/mnist', { a: '' }),
  },
  {
    what: 'MNIST without labels',
    code: 'E0902',
    data: digits,
    files: () => under('data/mnist', { 'train-images-idx3-ubyte': idx([1, 1, 1], [1]) }),
  },
  {
    what: 'a packed tar',
    code: 'E0902',
    data: shards,
    files: () => ({ 'birds.tar': gzipSync(tar()) }),
  },
  { what: 'an empty tar', code: 'E0902', data: shards, files: () => shard() },
  {
    what: 'an archive with other arrays',
    code: 'E0902',
    data: archive,
    files: () => ({ 'd.npz': zip({ 'z.npy': ones, 'y.npy': ones }, false) }),
  },
  {
    what: 'grey pictures without channels',
    code: 'E0902',
    data: archive,
    files: () => ({
      'd.npz': zip({ 'x.npy': npy('|u1', [2, 1, 1], Uint8Array.of(1, 2)), 'y.npy': ones }, false),
    }),
  },
  {
    what: 'more pictures than labels',
    code: 'E0902',
    data: archive,
    files: () => ({
      'd.npz': zip({ 'x.npy': npy('|u1', [3, 1], Uint8Array.of(1, 2, 3)), 'y.npy': ones }, false),
    }),
  },
  // classes
  { what: 'one class', code: 'E0903', data: folder, files: () => birds({ 'crow/1.png': grey }) },
  {
    what: 'an empty class',
    code: 'E0904',
    data: folder,
    files: () => birds({ 'a/1.png': grey, 'b/1.gif': 'x', 'c/1.png': grey }),
  },
  // broken off, or in contradiction with itself
  {
    what: 'IDX cut off',
    code: 'E0905',
    data: digits,
    files: () => digitsWith({ 'train-images-idx3-ubyte': idx([3, 4, 5], [1, 2, 3]) }),
  },
  {
    what: 'IDX within its header',
    code: 'E0905',
    data: digits,
    files: () => digitsWith({ 'train-images-idx3-ubyte': idx([3, 4, 5], []).subarray(0, 9) }),
  },
  {
    what: 'IDX of another kind',
    code: 'E0905',
    data: digits,
    files: () => digitsWith({ 'train-images-idx3-ubyte': idx([3], [1, 2, 3]) }),
  },
  {
    what: 'IDX with too few labels',
    code: 'E0905',
    data: digits,
    files: () => digitsWith({ 'train-labels-idx1-ubyte': idx([2], [1, 2]) }),
  },
  {
    what: 'IDX packed and cut off',
    code: 'E0905',
    data: digits,
    files: () => ({
      ...under('data/mnist', mnist(3, 2, true)),
      'data/mnist/train-images-idx3-ubyte.gz': gzipSync(idx([300, 10, 10], randomBytes(30000)), {
        level: 9,
      }).subarray(0, 20000),
    }),
  },
  {
    what: 'IDX larger than anything',
    code: 'E0905',
    data: digits,
    files: () => digitsWith({ 'train-images-idx3-ubyte': idx([2 ** 31, 2 ** 31, 2 ** 31], []) }),
  },
  {
    what: 'CIFAR cut off',
    code: 'E0905',
    data: cifar,
    files: () => under('data/cifar', { 'data_batch_1.bin': record([1], 1).subarray(0, 3000) }),
  },
  {
    what: 'CIFAR with too few names',
    code: 'E0905',
    data: cifar,
    files: () =>
      under('data/cifar', { 'data_batch_1.bin': record([1], 1), 'batches.meta.txt': 'a\nb\n' }),
  },
  {
    what: 'a tar cut off',
    code: 'E0905',
    data: shards,
    files: () => ({ 'birds.tar': tar({ name: 'a.png', content: grey }).subarray(0, 600) }),
  },
  {
    what: 'a tar without its end',
    code: 'E0905',
    data: shards,
    files: () => ({ 'birds.tar': tar({ name: 'a.png', content: grey }).subarray(0, 1024) }),
  },
  {
    what: 'a tar with a damaged header',
    code: 'E0905',
    data: shards,
    files: () => {
      const bytes = tar({ name: 'a.png', content: grey });
      bytes[3] = 1;
      return { 'birds.tar': bytes };
    },
  },
  {
    what: 'a picture without a label',
    code: 'E0905',
    data: shards,
    files: () => shard({ name: 'a.png', content: grey }),
  },
  {
    what: 'two pictures of one key',
    code: 'E0905',
    data: shards,
    files: () =>
      shard(
        { name: 'a.png', content: grey },
        { name: 'a.jpg', content: grey },
        { name: 'a.cls', content: '1' },
      ),
  },
  {
    what: 'a zip cut off',
    code: 'E0905',
    data: archive,
    files: () => ({ 'd.npz': zip({ 'x.npy': vectors, 'y.npy': ones }, false).subarray(0, 200) }),
  },
  {
    what: 'a zip with a damaged entry',
    code: 'E0905',
    data: archive,
    files: () => {
      const bytes = zip({ 'x.npy': vectors, 'y.npy': ones }, true);
      bytes[35] = 0b111; // a block of a kind that does not exist
      return { 'd.npz': bytes };
    },
  },
  {
    what: 'an array cut off',
    code: 'E0505',
    data: { tag: 'arrays', path: 'x.npy', labels: 'y.npy' },
    files: () => ({ 'x.npy': vectors.subarray(0, 130), 'y.npy': ones }),
  },
  // refused
  {
    what: 'a tar that climbs out',
    code: 'E0906',
    data: shards,
    files: () => shard({ name: 'a/../../etc/passwd' }),
  },
  {
    what: 'a tar that climbs out by a long name',
    code: 'E0906',
    data: shards,
    files: () =>
      shard({ name: 'x', kind: 'x', content: pax('path', '../a.png') }, { name: 'a.png' }),
  },
  {
    what: 'a tar with an absolute path',
    code: 'E0906',
    data: shards,
    files: () => shard({ name: '/etc/passwd' }),
  },
  {
    what: 'a tar with a link',
    code: 'E0906',
    data: shards,
    files: () => shard({ name: 'a.png', kind: '2' }),
  },
  {
    what: 'a tar with a hard link',
    code: 'E0906',
    data: shards,
    files: () => shard({ name: 'a.png', kind: '1' }),
  },
  {
    what: 'a tar with a device',
    code: 'E0906',
    data: shards,
    files: () => shard({ name: 'a.png', kind: '3' }),
  },
  {
    what: 'a tar with holes',
    code: 'E0906',
    data: shards,
    files: () => shard({ name: 'a.png', kind: 'S' }),
  },
  {
    what: 'a zip with another method',
    code: 'E0906',
    data: archive,
    files: () => {
      const bytes = zip({ 'x.npy': vectors, 'y.npy': ones }, true);
      bytes.writeUInt16LE(12, bytes.lastIndexOf(Buffer.from('PK\x01\x02')) + 10);
      return { 'd.npz': bytes };
    },
  },
  // labels
  {
    what: 'a digit of 10',
    code: 'E0907',
    data: digits,
    files: () => digitsWith({ 'train-labels-idx1-ubyte': idx([3], [1, 10, 2]) }),
  },
  {
    what: 'a class of CIFAR of 200',
    code: 'E0907',
    data: cifar,
    files: () =>
      under('data/cifar', {
        'data_batch_1.bin': Buffer.concat([record([1], 1), record([200], 1)]),
      }),
  },
  {
    what: 'a label in words',
    code: 'E0907',
    data: shards,
    files: () => shard({ name: 'a.png', content: grey }, { name: 'a.cls', content: 'crow' }),
  },
  {
    what: 'a label beyond the outputs',
    code: 'E0907',
    data: shards,
    outputs: 2,
    files: () => shard({ name: 'a.png', content: grey }, { name: 'a.cls', content: '2' }),
  },
  {
    what: 'a label beyond everything',
    code: 'E0907',
    data: shards,
    files: () => shard({ name: 'a.png', content: grey }, { name: 'a.cls', content: '999999999' }),
  },
  {
    what: 'a label of a half',
    code: 'E0907',
    data: archive,
    files: () => ({
      'd.npz': zip(
        {
          'x.npy': vectors,
          'y.npy': npy('<f4', [2], new Uint8Array(Float32Array.of(0, 1.5).buffer)),
        },
        false,
      ),
    }),
  },
  {
    what: 'many mistakes at once',
    code: 'E0905',
    data: shards,
    outputs: 4,
    files: () =>
      shard(
        { name: 'lonely.png', content: grey },
        ...['0', '1', '4', '5', '6', '7', '8', '9', 'crow'].flatMap((label, i) => [
          { name: `${i}.png`, content: grey },
          { name: `${i}.cls`, content: label },
        ]),
      ),
  },
  // bombs
  {
    what: 'a gzip that goes on',
    code: 'E0908',
    data: digits,
    files: () =>
      under('data/mnist', {
        ...mnist(3, 2, true),
        'train-images-idx3-ubyte.gz': gzipSync(
          Buffer.concat([idx([3, 4, 5], []), Buffer.alloc(2 ** 22)]),
        ),
      }),
  },
  {
    what: 'a gzip that claims too much',
    code: 'E0908',
    data: digits,
    files: () =>
      under('data/mnist', {
        ...mnist(3, 2, true),
        'train-images-idx3-ubyte.gz': gzipSync(idx([60000, 100, 100], [])),
      }),
  },
  {
    what: 'a zip that claims too much',
    code: 'E0908',
    data: archive,
    files: () => ({ 'd.npz': zip({ 'x.npy': vectors, 'y.npy': ones }, true, 2 ** 30) }),
  },
  {
    what: 'a zip that goes on',
    code: 'E0908',
    data: archive,
    files: () => ({ 'd.npz': zip({ 'x.npy': new Uint8Array(2 ** 20), 'y.npy': ones }, true, 200) }),
  },
  // validation
  {
    what: 'nothing to validate with',
    code: 'E0911',
    data: { ...folder, validation: usual },
    files: () => birds({ 'a/1.png': grey, 'b/1.png': grey }),
  },
  {
    what: 'a share that nobody falls into',
    code: 'E0911',
    data: { ...folder, validation: { tag: 'share', share: 1e-9 } },
    files: () => birds({ 'a/1.png': grey, 'b/1.png': grey }),
  },
  {
    what: 'a share that all fall into',
    code: 'E0911',
    data: { ...folder, validation: { tag: 'share', share: 1 } },
    files: () => birds({ 'a/1.png': grey, 'b/1.png': grey }),
  },
  {
    what: 'a class for validation only',
    code: 'E0914',
    data: { ...folder, validation: usual },
    files: () => birds({ 'train/a/1.png': grey, 'train/b/1.png': grey, 'val/c/1.png': grey }),
  },
];

const rendered = (found: Diagnostic): string =>
  renderDiagnostics([found], new Map(), { colour: false, width: 100 });

describe('data', () => {
  const said = new Map<string, string>();

  it.each(mistakes)('with $what: $code', async ({ what, code, data, files, outputs }) => {
    const room = put((await files?.()) ?? {});
    const set = await openDataset(data, room, outputs);
    if (E.isRight(set)) throw new Error('it was opened');
    said.set(what, rendered(set.left).replaceAll(room, 'ROOM'));
    expect(set.left.code).toBe(code);
  });

  it('is spoken of in words', () => {
    const text = mistakes.map(({ what }) => `# ${what}\n\n${said.get(what)}\n`).join('');
    expectGolden(join(import.meta.dirname, 'bad-data.txt'), text);
  });
});

describe('data and a net', () => {
  const numbers = async () =>
    opened(
      archive,
      put({
        'd.npz': zip(
          { 'x.npy': npy('<f4', [2, 4, 4, 3], new Uint8Array(384)), 'y.npy': ones },
          false,
        ),
      }),
    );
  const shapes = () => drawn(4);
  const crop = { tag: 'crop', size: { h: 6, w: 6 }, pad: 1 } as const;
  const takes = (h: number, c = 3) => ({ tag: 'map', h, w: h, c }) as const;
  const cases: readonly (readonly [
    string,
    string | undefined,
    typeof numbers,
    Partial<Settings>,
  ])[] = [
    ['pictures for a vector', 'E0910', shapes, { takes: { tag: 'vector', c: 768 } }],
    ['colour for a grey net', 'E0910', shapes, { takes: takes(16, 1) }],
    ['arrays of another size', 'E0910', numbers, { takes: takes(6) }],
    ['arrays of other channels', 'E0910', numbers, { takes: takes(4, 1) }],
    ['arrays for a vector', 'E0910', numbers, { takes: { tag: 'vector', c: 48 } }],
    [
      'arrays, rescaled',
      'E0912',
      numbers,
      { takes: takes(4), augment: [{ tag: 'rescale', from: 4, to: 5 }] },
    ],
    [
      'arrays in other light',
      'E0912',
      numbers,
      { takes: takes(4), augment: [{ tag: 'rgb_shift', deviation: 1 }] },
    ],
    ['arrays that fit', undefined, numbers, { takes: takes(4) }],
    ['arrays with padding', undefined, numbers, { takes: takes(6), augment: [crop] }],
  ];
  it.each(cases)('%s: %s', async (_what, code, set, settings) => {
    const loader = await openLoader(await set(), { ...plain, ...settings });
    expect(E.isLeft(loader) ? loader.left.code : undefined).toBe(code);
  });
});
