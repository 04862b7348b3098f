/**
 * Admissible images against brute force: random nets of windows, joins and heads, whose sizes are worked out
 * height by height with the formulas of the frameworks, written here a second time.
 */
import { readdirSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { rowOf } from '../../src/ops/table.ts';
import { extentOf, image, type TensorType } from '../../src/ops/types.ts';
import { writtenOut } from '../../src/typecheck/net/flat.ts';
import { contains, near, showSizes } from '../../src/size/sizes.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import { check, example } from '../programs.ts';
import { randomFrom, type Random } from './random-programs.ts';

const deep = process.env['NETC_DEEP'] !== undefined;
const nets = deep ? 20_000 : 300;
const heights = 1024;

/** A layer on one axis: how it is written, and its size; undefined where it takes no such height. */
type Layer = { readonly text: string; readonly size: (h: number) => number | undefined };

const positive = (n: number): number | undefined => (n >= 1 ? n : undefined);

/** PyTorch's windows: ceil counts one more, unless it would start beyond the image and its leading pad. */
const windows = (h: number, k: number, s: number, p: number, q: number, ceil: boolean): number => {
  const room = h + p + q - k;
  if (!ceil) return Math.floor(room / s) + 1;
  const count = Math.ceil(room / s) + 1;
  return (count - 1) * s >= h + p ? count - 1 : count;
};

const layers: readonly ((r: Random) => Layer)[] = [
  (r) => {
    const [k, s, p, q] = [1 + r(5), 1 + r(3), r(3), r(3)];
    return {
      text: `conv(${k}, 1, ${s}, pad = [${p}, ${q}])`,
      size: (h) => positive(windows(h, k, s, p, q, false)),
    };
  },
  (r) => {
    const [k, rate] = [2 + r(2), 1 + r(3)];
    const span = rate * (k - 1) + 1;
    return {
      text: `conv(${k}, 1, pad = valid, dilation = ${rate})`,
      size: (h) => positive(windows(h, span, 1, 0, 0, false)),
    };
  },
  (r) => {
    const [k, s] = [2 + r(3), 1 + r(4)];
    const p = r(k);
    const ceil = r(2) === 0;
    return {
      text: `maxpool(${k}, ${s}, pad = ${p}, round = ${ceil ? 'ceil' : 'floor'})`,
      size: (h) => positive(windows(h, k, s, p, p, ceil)),
    };
  },
  (r) => {
    const [k, s] = [1 + r(4), 1 + r(3)];
    return { text: `conv(${k}, 1, ${s}, pad = same)`, size: (h) => Math.ceil(h / s) };
  },
  (r) => {
    const n = 2 + r(2);
    return { text: `upsample-${n}`, size: (h) => n * h };
  },
  (r) => {
    const [k, s, p] = [2 + r(3), 2 + r(2), r(2)];
    return {
      text: `deconv(${k}, 1, ${s}, pad = ${p})`,
      size: (h) => positive(s * (h - 1) + k - 2 * p),
    };
  },
  (r) => {
    const [a, b] = [r(3), r(3)];
    return { text: `crop([${a}, ${b}])`, size: (h) => positive(h - a - b) };
  },
  (r) => {
    const [a, b] = [r(3), r(3)];
    return { text: `pad([${a}, ${b}])`, size: (h) => h + a + b };
  },
];

const chain = (parts: readonly Layer[]): Layer => ({
  text: parts.length === 0 ? 'id' : parts.map((p) => p.text).join('; '),
  size: (h) => parts.reduce<number | undefined>((n, p) => (n === undefined ? n : p.size(n)), h),
});

/** Both branches must give one size. */
const join = (a: Layer, b: Layer): Layer => ({
  text: `(${a.text}) + (${b.text})`,
  size: (h) => {
    const [x, y] = [a.size(h), b.size(h)];
    return x === y ? x : undefined;
  },
});

const some = (r: Random, most: number, depth: number): Layer =>
  chain(
    Array.from({ length: r(most + 1) }, () =>
      depth > 0 && r(4) === 0
        ? join(some(r, 2, depth - 1), some(r, 2, depth - 1))
        : layers[r(layers.length)]!(r),
    ),
  );

it(`agrees with brute force on ${nets} random nets, for every height up to ${heights}`, () => {
  let tried = 0;
  for (let seed = 1; tried < nets; seed++) {
    const r = randomFrom(seed);
    const body = some(r, 6, 2);
    const fits = Array.from({ length: 200 }, (_, i) => i + 1).filter(
      (h) => body.size(h) !== undefined,
    );
    if (fits.length === 0) continue; // no height at all: refused, which other tests look at
    tried++;
    const declared = fits[r(fits.length)]!;
    const head = r(3) === 0;
    const text = `net N : [${declared}, ${declared}, 1] -> _ { ${body.text}${head ? '; flatten; fc-2' : ''} }`;
    const { admissible } = check(text).net('N');
    const wanted = body.size(declared);
    const odd = Array.from({ length: heights }, (_, i) => i + 1).filter((h) => {
      const size = body.size(h);
      const admitted = size !== undefined && (!head || size === wanted);
      return admissible === undefined || contains(admissible.h, h) !== admitted;
    });
    expect(odd, text).toEqual([]);
  }
});

/** Whether every layer of a net takes images of one concrete height, by the rows' rules on numbers. */
const takes = (net: TypedNet, h: number, w: number): boolean => {
  const { layers } = writtenOut(net);
  const types: TensorType[] = [image(h, w, net.input.tag === 'map' ? Number(net.input.c) : 0)];
  for (const layer of layers) {
    const inputs = layer.inputs.map((id) => types[id]!);
    const shape = rowOf(layer.op).shape(layer.args, inputs);
    if (E.isLeft(shape)) return false;
    const { type, conditions } = shape.right;
    if (conditions.some((c) => extentOf(c.first) !== extentOf(c.other))) return false;
    if (type.tag === 'map' && Math.min(extentOf(type.h)!, extentOf(type.w)!) < 1) return false;
    const free = layer.inputTypes.some((t) => t.tag === 'map' && extentOf(t.h) === undefined);
    if (
      !free &&
      type.tag === 'vector' &&
      type.c !== (layer.output.tag === 'vector' ? layer.output.c : 0)
    )
      return false; // a head trained for another map
    types.push(type);
  }
  return true;
};

const examples = readdirSync(new URL('../../examples/', import.meta.url)).filter(
  (file) => file.endsWith('.net') && file !== 'vgg-protocol.net',
);

it.each(examples)('agrees with the concrete sizes of examples/%s', (file) => {
  for (const net of check(example(file)).program.nets) {
    const { admissible, input } = net;
    if (admissible === undefined || input.tag !== 'map') continue;
    const w = extentOf(input.w) ?? near(admissible.w, 224).above ?? near(admissible.w, 224).below!;
    const step = deep ? 1 : 1 + Math.ceil(net.body.totals.layers / 15);
    const odd: number[] = [];
    for (let h = 1; h <= heights; h += step)
      if (contains(admissible.h, h) !== takes(net, h, w)) odd.push(h);
    expect(odd, net.name).toEqual([]);
  }
});

it.each([
  ['[2, 2, 1]', 'maxpool(1, 70000) + crop([0, 1, 0, 1])', '2', '2'],
  ['[h, 2, 1]', 'maxpool(1, 1x70000) + crop([0, 0, 0, 1])', '1..', '2'],
  ['[2, w, 1]', 'maxpool(1, 70000x1) + crop([0, 1, 0, 0])', '2', '1..'],
  ['[9, 2, 1]', 'maxpool(3, 2x70000, pad = 1)', '1..', '1..'],
  ['[9, 2, 1]', 'maxpool(1, 1x70000) + crop([0, 0, 0, 1])', '1..', '2'],
  ['[140002, 9, 4]', 'maxpool70001x1; upsample-2; maxpool3x1; flatten; fc-1', '140002', '9'],
])('of a size that repeats too rarely, %s admits the declared one: %s', (type, body, h, w) => {
  const { found, net } = check(`net N : ${type} -> _ { ${body} }`);
  expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { admissible } = net('N');
  expect([showSizes(admissible!.h), showSizes(admissible!.w)]).toEqual([h, w]);
});
