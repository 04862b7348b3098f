/**
 * `netc eval`: every way to measure a net, compared with the same written out in float64 here, picture by picture; and
 * what is said where something does not fit.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNpy } from '../../src/runtime/files/arrays.ts';
import { openWeights } from '../../src/runtime/files/weights.ts';
import { scale } from '../../src/runtime/store/picture-scale.ts';
import { netc, newFolder, removeFolder, type Said } from './session.ts';

const program = `net Narrow : [16, 16, 3] -> [6] {
  block { 2x { conv3-4; relu }; maxpool }
  block { conv3-6; relu; maxpool }
  flatten
  fc-8; relu; dropout
  fc-6; softmax
}
net Other : [16, 16, 3] -> [6] { conv3-4; relu; gap; fc-6; softmax }
net Stuck : [16, 16, 3] -> [6] { conv3-4; relu; flatten; softmax; fc-6; softmax }

eval base {
  data   imagefolder("birds")
  scales 20
}
eval one    : Narrow from "N.safetensors" with base { views center }
eval sides  : Narrow from "N.safetensors" with base { views center; flip }
eval whole  : Narrow from "N.safetensors" with base { views dense; flip }
eval scaled : Narrow from "N.safetensors" with base { scales 16, 21, 27 views dense }
eval crops  : Narrow from "N.safetensors" with base { views crops-3x3; flip }
eval both   : Narrow from "N.safetensors" with base { scales 18, 24
  views dense; crops-2x3; flip }
eval other  : Other from "O.safetensors" with base
eval fused = mean(both, other)
eval stuck  : Stuck from "N.safetensors" with base { views dense }
`.replaceAll(' views dense }', '\n views dense }');

// -------------------------------------------------------------------------------------- the same, written out

/** [h, w, c] in rows. */
type Map3 = {
  readonly h: number;
  readonly w: number;
  readonly c: number;
  readonly at: Float64Array;
};

const mapOf = (h: number, w: number, c: number): Map3 => ({
  h,
  w,
  c,
  at: new Float64Array(h * w * c),
});

type Tensor = { readonly shape: readonly number[]; readonly data: Float32Array };
type Weights = (name: string) => Tensor;

const conv = (x: Map3, { shape, data }: Tensor, bias: Tensor): Map3 => {
  const [kh = 0, kw = 0, , out = 0] = shape;
  const y = mapOf(x.h, x.w, out);
  for (let i = 0; i < x.h; i++)
    for (let j = 0; j < x.w; j++)
      for (let o = 0; o < out; o++) {
        let sum = bias.data[o]!;
        for (let a = 0; a < kh; a++)
          for (let b = 0; b < kw; b++) {
            const [r, s] = [i + a - 1, j + b - 1];
            if (r < 0 || s < 0 || r >= x.h || s >= x.w) continue;
            for (let c = 0; c < x.c; c++)
              sum += x.at[(r * x.w + s) * x.c + c]! * data[((a * kw + b) * x.c + c) * out + o]!;
          }
        y.at[(i * x.w + j) * out + o] = sum;
      }
  return y;
};

const relu = (x: Map3): Map3 => ({ ...x, at: x.at.map((n) => Math.max(0, n)) });

const maxpool = (x: Map3): Map3 => {
  const y = mapOf(Math.floor(x.h / 2), Math.floor(x.w / 2), x.c);
  for (let i = 0; i < y.h; i++)
    for (let j = 0; j < y.w; j++)
      for (let c = 0; c < x.c; c++)
        y.at[(i * y.w + j) * x.c + c] = Math.max(
          ...[0, 1].flatMap((a) =>
            [0, 1].map((b) => x.at[((2 * i + a) * x.w + 2 * j + b) * x.c + c]!),
          ),
        );
  return y;
};

/** A vector through a fully connected layer. */
const fc = (x: readonly number[], { shape, data }: Tensor, bias: Tensor): readonly number[] =>
  Array.from({ length: shape[1]! }, (_, o) =>
    x.reduce((sum, n, i) => sum + n * data[i * shape[1]! + o]!, bias.data[o]!),
  );

/** Scores of Narrow at every place of the map where its classifier fits, and their mean. */
const scoresOfNarrow = (picture: Map3, weight: Weights): readonly number[] => {
  const layer = (x: Map3, name: string): Map3 =>
    relu(conv(x, weight(`Narrow/${name}/kernel`), weight(`Narrow/${name}/bias`)));
  const first = maxpool(layer(layer(picture, 'block1/conv1'), 'block1/conv2'));
  const map = maxpool(layer(first, 'block2/conv1'));
  const [side, all] = [4, [] as (readonly number[])[]];
  for (let i = 0; i + side <= map.h; i++)
    for (let j = 0; j + side <= map.w; j++) {
      const window: number[] = [];
      for (let a = 0; a < side; a++)
        for (let b = 0; b < side; b++)
          for (let c = 0; c < map.c; c++)
            window.push(map.at[((i + a) * map.w + j + b) * map.c + c]!);
      const hidden = fc(window, weight('Narrow/fc1/kernel'), weight('Narrow/fc1/bias'));
      const scores = hidden.map((n) => Math.max(0, n));
      all.push(fc(scores, weight('Narrow/fc2/kernel'), weight('Narrow/fc2/bias')));
    }
  return mean(all);
};

const scoresOfOther = (picture: Map3, weight: Weights): readonly number[] => {
  const map = relu(conv(picture, weight('Other/conv1/kernel'), weight('Other/conv1/bias')));
  const means = Array.from({ length: map.c }, (_, c) => {
    let sum = 0;
    for (let i = c; i < map.at.length; i += map.c) sum += map.at[i]!;
    return sum / (map.h * map.w);
  });
  return fc(means, weight('Other/fc1/kernel'), weight('Other/fc1/bias'));
};

const mean = (all: readonly (readonly number[])[]): readonly number[] =>
  all[0]!.map((_, i) => all.reduce((sum, one) => sum + one[i]!, 0) / all.length);

const softmax = (scores: readonly number[]): readonly number[] => {
  const most = Math.max(...scores);
  const all = scores.map((s) => Math.exp(s - most));
  const sum = all.reduce((a, b) => a + b);
  return all.map((e) => e / sum);
};

const cutOut = (x: Map3, top: number, left: number, h: number, w: number): Map3 => {
  const y = mapOf(h, w, x.c);
  for (let i = 0; i < h; i++)
    for (let j = 0; j < w; j++)
      for (let c = 0; c < x.c; c++)
        y.at[(i * w + j) * x.c + c] = x.at[((top + i) * x.w + left + j) * x.c + c]!;
  return y;
};

const mirrored = (x: Map3): Map3 => {
  const y = mapOf(x.h, x.w, x.c);
  for (let i = 0; i < x.h; i++)
    for (let j = 0; j < x.w; j++)
      for (let c = 0; c < x.c; c++)
        y.at[(i * x.w + j) * x.c + c] = x.at[(i * x.w + x.w - 1 - j) * x.c + c]!;
  return y;
};

type Picture = { readonly h: number; readonly w: number; readonly rgb: Uint8Array };

/** How pixels become numbers: the weights say it. */
const input = { order: 'bgr', scale: 1 / 64, mean: [1, 2, 1.5], std: [1, 1.5, 2] };

/** The shorter side becomes `side`; that scaling is Pillow's has its own tests. */
const scaledTo = ({ h, w, rgb }: Picture, side: number): Map3 => {
  const size =
    h <= w
      ? { h: side, w: Math.floor((side * w) / h) }
      : { h: Math.floor((side * h) / w), w: side };
  const data = scale(rgb, { h, w }, { scaled: size, cut: { top: 0, left: 0, ...size } });
  const { scale: factor, mean: means, std } = input;
  // blue comes first
  const at = Float64Array.from(data, (_, i) => {
    const c = i % 3;
    return (data[i - c + 2 - c]! * factor - means[c]!) / std[c]!;
  });
  return { ...size, c: 3, at };
};

const pieces = (x: Map3, rows: number, columns: number): readonly Map3[] =>
  Array.from({ length: rows * columns }, (_, k) => {
    const [i, j] = [Math.floor(k / columns), k % columns];
    const top = Math.round((i * (x.h - 16)) / (rows - 1));
    const left = Math.round((j * (x.w - 16)) / (columns - 1));
    return cutOut(x, top, left, 16, 16);
  });

const middle = (x: Map3): Map3 => {
  const half = (n: number): number =>
    n % 4 === 1 ? (n - 1) / 2 : n % 4 === 3 ? (n + 1) / 2 : n / 2;
  return cutOut(x, half(x.h - 16), half(x.w - 16), 16, 16);
};

// --------------------------------------------------------------------------------------------------- the tests

const sizes = [
  [20, 31],
  [33, 24],
  [16, 16],
  [40, 40],
  [25, 29],
  [31, 20],
  [22, 22],
  [20, 31],
] as const;
const classes = ['crow', 'duck', 'goose', 'gull', 'owl', 'wren'];
const pictures = sizes.map(([h, w], n): Picture => ({
  ...{ h, w },
  rgb: Uint8Array.from({ length: h * w * 3 }, (_, i) => (i * (7 + n) + ((i * i) % (31 + n))) % 256),
}));

let folder = '';
const evaluate = (...args: readonly string[]): Promise<Said> =>
  netc(folder, 'eval', 'birds.net', '--workers', '0', ...args);

let weightsOf: (file: string) => Weights;
beforeAll(async () => {
  folder = newFolder({ 'birds.net': program, 'input.json': JSON.stringify(input) });
  for (const [n, { h, w, rgb }] of pictures.entries()) {
    mkdirSync(join(folder, 'birds', classes[n % 6]!), { recursive: true });
    await sharp(rgb, { raw: { width: w, height: h, channels: 3 } }).toFile(
      join(folder, 'birds', classes[n % 6]!, `${n}.png`),
    );
  }
  for (const [net, file] of [
    ['Narrow', 'N'],
    ['Other', 'O'],
  ] as const) {
    const at = `${file}.safetensors`;
    for (const made of [
      ['weights', 'init', 'birds.net', '--net', net, '--seed', '5', '-o', at],
      [
        'weights',
        'label',
        'birds.net',
        at,
        '--net',
        net,
        '--input',
        'input.json',
        '-o',
        at,
        '--force',
      ],
    ]) {
      const { code, err } = await netc(folder, ...made);
      expect(code, err).toBe(0);
    }
  }
  weightsOf = (file) => {
    const opened = openWeights(join(folder, file));
    if (E.isLeft(opened)) throw new Error(opened.left.message);
    const { read, tensors } = opened.right;
    return (name) => {
      const data = read(name);
      if (E.isLeft(data)) throw new Error(data.left.message);
      return { shape: tensors.get(name)!.shape, data: data.right };
    };
  };
});
afterAll(() => removeFolder(folder));

/** The posteriors that `eval` writes, in the order of the set, and the order in which pictures are here. */
const posteriors = async (name: string): Promise<readonly (readonly number[])[]> => {
  const { code, err } = await evaluate('--eval', name, '-o', 'P.npy', '--force');
  expect(code, err).toBe(0);
  const array = readNpy(join(folder, 'P.npy'));
  if (E.isLeft(array)) throw new Error(array.left.message);
  const { data } = array.right;
  return pictures.map((_, row) => Array.from(data.subarray(row * 6, (row + 1) * 6)));
};

/** Folders are read by their names, so of two pictures of a class the first comes before the next class. */
const inOrder = pictures
  .map((picture, n) => ({ picture, key: `${classes[n % 6]}/${n}.png` }))
  .sort((a, b) => (a.key < b.key ? -1 : 1))
  .map(({ picture }) => picture);

type Net = 'Narrow' | 'Other';
const posteriorOf = (net: Net, piece: Map3): readonly number[] =>
  softmax(
    net === 'Narrow'
      ? scoresOfNarrow(piece, weightsOf('N.safetensors'))
      : scoresOfOther(piece, weightsOf('O.safetensors')),
  );

const averaged = (net: Net, all: readonly Map3[]): readonly number[] =>
  mean(all.map((piece) => posteriorOf(net, piece)));

const withSides = (all: readonly Map3[]): readonly Map3[] => all.flatMap((x) => [x, mirrored(x)]);

const both = (p: Picture): readonly number[] =>
  mean([
    mean([18, 24].map((q) => averaged('Narrow', withSides([scaledTo(p, q)])))),
    mean([18, 24].map((q) => averaged('Narrow', withSides(pieces(scaledTo(p, q), 2, 3))))),
  ]);

const other = (p: Picture): readonly number[] => averaged('Other', [middle(scaledTo(p, 20))]);

const expected: { readonly [name: string]: (p: Picture) => readonly number[] } = {
  one: (p) => averaged('Narrow', [middle(scaledTo(p, 20))]),
  sides: (p) => averaged('Narrow', withSides([middle(scaledTo(p, 20))])),
  whole: (p) => averaged('Narrow', withSides([scaledTo(p, 20)])),
  scaled: (p) => mean([16, 21, 27].map((q) => averaged('Narrow', [scaledTo(p, q)]))),
  crops: (p) => averaged('Narrow', withSides(pieces(scaledTo(p, 20), 3, 3))),
  both,
  other,
  fused: (p) => mean([both(p), other(p)]),
};

describe('the posteriors of', () => {
  it.each(Object.keys(expected))('%s are those of the formula', async (name) => {
    const found = await posteriors(name);
    inOrder.forEach((picture, row) => {
      const wanted = expected[name]!(picture);
      wanted.forEach((p, c) =>
        expect(Math.abs(found[row]![c]! - p), `${name} ${row} ${c}`).toBeLessThan(1e-6),
      );
    });
  });
});

const training = `net Dots : [12, 12, 3] -> [2] { conv3-4; relu; flatten; fc-2; softmax }
train first : Dots {
  data    shapes(size = 14, classes = 2, images = 12, validation = 10)
  augment crop(12, pad = 1); flip
  batch   4
  epochs  1
}
eval again : Dots from first
eval sides : Dots from first { views center; flip }
eval fused = mean(again, sides)
`;

describe('a run', () => {
  let room = '';
  const inRoom = (...args: readonly string[]): Promise<Said> =>
    netc(room, ...args, '--workers', '0');
  beforeAll(async () => {
    const plain = training.slice(0, training.indexOf('eval'));
    room = newFolder({ 'dots.net': training, 'plain.net': plain });
    const { code, err } = await inRoom('train', 'dots.net', '--set', 'seed=3');
    expect(code, err).toBe(0);
  });
  afterAll(() => removeFolder(room));

  const top1 = ({ out }: Said): number => JSON.parse(out).evaluations[0].top1;
  const best = (): number =>
    JSON.parse(readFileSync(join(room, 'runs/first-1/state.json'), 'utf8')).best.value;

  it('is measured as it was validated, whoever declares it', async () => {
    for (const args of [
      ['dots.net', '--eval', 'again'],
      ['dots.net', '--eval', 'again', '--weights', 'first-1'],
      ['plain.net', '--weights', 'runs/first-1'],
      ['plain.net'],
    ])
      expect(top1(await inRoom('eval', ...args, '--json'))).toBe(best());
  });

  it('keeps what was measured of it, and shows it in its report', async () => {
    const { code, err, out } = await inRoom('eval', 'dots.net', '--all');
    expect(code, err).toBe(0);
    expect(out).toMatch(/^again: 10 pictures {2}top-1 .* {2}loss .* {2}calibration error /m);
    expect(out).toMatch(/top-1 of the mean is (\d+\.\d points (above|below) )?that of `/);
    const page = readFileSync(join(room, 'runs/first-1/report.html'), 'utf8');
    for (const name of ['again', 'sides', 'fused, the mean with'])
      expect(page).toContain(`>${name}`);
    const log = readFileSync(join(room, 'runs/first-1/evaluations.jsonl'), 'utf8');
    expect(log.trim().split('\n')).toHaveLength(4);
  });

  it('is measured on some pictures, which are not kept', async () => {
    const { out, err } = await inRoom(
      'eval',
      'dots.net',
      '--eval',
      'sides',
      '--limit',
      '3',
      '--json',
    );
    expect(JSON.parse(out).evaluations[0].pictures).toBe(3);
    expect(err).toContain('3 of 10 pictures');
    expect(err).not.toContain('kept in');
  });

  it('fails where it is worse than asked for', async () => {
    const { code, err } = await inRoom(
      'eval',
      'dots.net',
      '--eval',
      'again',
      '--fail-under',
      '100%',
    );
    expect([code, best()]).not.toEqual([1, 1]);
    if (best() < 1) expect(err).toContain('error: top-1 of `again` is');
    expect((await inRoom('eval', 'dots.net', '--eval', 'again', '--fail-under', '0.0')).code).toBe(
      0,
    );
  });

  it('goes on from the clauses that the run was given', async () => {
    const set = ['--set', 'data=shapes(size = 14, classes = 2, images = 12, validation = 6)'];
    expect((await inRoom('train', 'plain.net', ...set)).code).toBe(0);
    const { out } = await inRoom('eval', 'plain.net', '--weights', 'first-2', '--json');
    expect(JSON.parse(out).evaluations[0].pictures).toBe(6);
  });
});

describe('netc eval says', () => {
  const said: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['that several are declared', [], 1, /this file declares 9 evaluations; say which/],
    ['the name that is near', ['--eval', 'hole'], 1, /did you mean `whole`/],
    [
      'a clause that is not one',
      ['--eval', 'one', '--set', 'vews=dense'],
      1,
      /did you mean `views`/,
    ],
    ['that a scale is too small', ['--eval', 'one', '--set', 'scales=16,12'], 1, /E0936/],
    ['that a net stays as it is', ['--eval', 'stuck'], 1, /E0936.*cannot look at whole pictures/s],
    ['that a run is not there', ['--weights', 'first-9'], 2, /there is no run `first-9`/],
    ['that a file is not there', ['--eval', 'one', '--weights', 'M.safetensors'], 1, /E0001/],
    [
      'that weights are of another net',
      ['--eval', 'one', '--weights', 'O.safetensors'],
      1,
      /E0501/,
    ],
    [
      'that nothing names pictures',
      ['--weights', 'O.safetensors', '--net', 'Other'],
      1,
      /E0961.*on what/s,
    ],
    [
      'that a mean has no weights',
      ['--eval', 'fused', '--weights', 'O.safetensors'],
      1,
      /is the mean of others/,
    ],
    ['where data is missing', ['--eval', 'one', '--set', 'data=imagefolder("brds")'], 3, /E0901/],
    ['that posteriors of several are asked for', ['--all', '-o', 'P.npy'], 2, /of one evaluation/],
    ['that options contradict', ['--all', '--eval', 'one'], 2, /`--all` is all of them/],
    ['that a folder is not there', ['--eval', 'one', '-o', 'no/P.npy'], 3, /E0509/],
  ];
  it.each(said)('%s', async (_, args, code, message) => {
    const result = await evaluate(...args);
    expect(result.err).toMatch(message);
    expect(result.code).toBe(code);
  });

  it('the same of views in `netc check`, before anything is there to be measured', async () => {
    const { code, err } = await netc(folder, 'check', 'birds.net');
    expect(code).toBe(1);
    expect(err.match(/E0936\]/g)).toHaveLength(1);
    expect(err).toContain('`Stuck` cannot look at whole pictures');
  });

  it('which pictures cannot be read, and leaves them out', async () => {
    mkdirSync(join(folder, 'bad/owl'), { recursive: true });
    for (const name of classes) mkdirSync(join(folder, 'bad', name), { recursive: true });
    for (const [n, { h, w, rgb }] of pictures.slice(0, 6).entries())
      await sharp(rgb, { raw: { width: w, height: h, channels: 3 } }).toFile(
        join(folder, 'bad', classes[n]!, `${n}.png`),
      );
    writeFileSync(join(folder, 'bad/owl/broken.png'), 'nothing');
    const args = ['--eval', 'one', '--set', 'data=imagefolder("bad")'];
    const { code, err, out } = await evaluate(...args, '--json');
    expect(code, err).toBe(0);
    expect(err).toContain('1 picture could not be read');
    expect(JSON.parse(out).evaluations[0].pictures).toBe(6);
    expect((await evaluate(...args, '--strict')).err).toContain('E0909');
  });

  it('that no picture can be read', async () => {
    for (const name of classes) {
      mkdirSync(join(folder, 'cut', name), { recursive: true });
      const whole = readFileSync(join(folder, 'birds', name, `${classes.indexOf(name)}.png`));
      writeFileSync(join(folder, 'cut', name, 'cut.png'), whole.subarray(0, whole.length / 2));
    }
    const { code, err } = await evaluate('--eval', 'one', '--set', 'data=imagefolder("cut")');
    expect([code, err.includes('E0913')]).toEqual([1, true]);
  });

  it('that scores are not numbers', async () => {
    const bytes = readFileSync(join(folder, 'O.safetensors'));
    bytes.writeFloatLE(NaN, bytes.length - 4); // of a bias, or of a kernel
    writeFileSync(join(folder, 'NaN.safetensors'), bytes);
    const { code, err } = await evaluate('--eval', 'other', '--weights', 'NaN.safetensors');
    expect([code, err.includes('E0956')]).toEqual([1, true]);
  });
});

describe('a mean', () => {
  it('is taken by the names of classes, in whatever order weights have them', async () => {
    const named = async (file: string, from: string, names: readonly string[]): Promise<void> => {
      writeFileSync(join(folder, 'names.txt'), `${names.join('\n')}\n`);
      const label = [
        'weights',
        'label',
        'birds.net',
        from,
        '--net',
        'Other',
        '--classes',
        'names.txt',
      ];
      const { code, err } = await netc(folder, ...label, '-o', file, '--force');
      expect(code, err).toBe(0);
    };
    // the same function: the last layer and the names are turned round alike
    const bytes = readFileSync(join(folder, 'O.safetensors'));
    const start = 8 + Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.subarray(8, start).toString());
    for (const name of ['kernel', 'bias']) {
      const [from, to] = header[`Other/fc1/${name}`].data_offsets;
      const data = bytes.subarray(start + from, start + to);
      const all = new Float32Array(
        data.buffer.slice(data.byteOffset, data.byteOffset + data.length),
      );
      all.forEach((n, i) => data.writeFloatLE(n, 4 * (i - (i % 6) + 5 - (i % 6))));
    }
    writeFileSync(join(folder, 'turned.safetensors'), bytes);
    await named('A.safetensors', 'O.safetensors', classes);
    await named('Z.safetensors', 'turned.safetensors', classes.toReversed());
    writeFileSync(
      join(folder, 'mean.net'),
      `import "birds.net" (Other, base)
eval a : Other from "A.safetensors" with base
eval z : Other from "Z.safetensors" with base
eval both = mean(a, z)
`,
    );
    const { out } = await netc(folder, 'eval', 'mean.net', '--all', '--json', '--workers', '0');
    const [a, z, both] = JSON.parse(out).evaluations;
    expect([z.top1, both.top1]).toEqual([a.top1, a.top1]);
    expect(both.loss).toBeCloseTo(a.loss, 6);
    await named('Z.safetensors', 'turned.safetensors', [...classes.slice(1), 'heron']);
    const other = await netc(folder, 'eval', 'mean.net', '--eval', 'both', '--workers', '0');
    expect([other.code, other.err.includes('E0966')]).toEqual([1, true]);
  });
});
