/** What passes do to images of other sizes than the declared one. */
import * as Either from 'fp-ts/lib/Either.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admissibleSizes } from '../../src/build/admissible.ts';
import { typedOf } from '../../src/build/tree.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { freed } from '../../src/build/freed.ts';
import { retyped } from '../../src/graph/retype.ts';
import { tensor, type Tensor } from '../../src/numeric/tensor.ts';
import { rowOf } from '../../src/ops/table.ts';
import { image, showType } from '../../src/ops/types.ts';
import { contains, showSizes } from '../../src/size/sizes.ts';
import { admissibleOf } from '../../src/typecheck/net/admissible.ts';
import { startOf } from '../../src/syntax/source.ts';
import { randomFrom, type Random } from '../typecheck/random-programs.ts';
import {
  applied,
  difference,
  netOf,
  opsOf,
  randomTensor,
  randomWeights,
  rules,
  run,
  shipped,
} from './nets.ts';

const toConv = shipped('fc-to-conv.net', 'fc_to_conv');
const toMap = shipped('fc-to-conv.net', 'fc_to_map');

const forSize = (graph: Graph, h: number, w: number, c: number): Graph => {
  const result = retyped(graph, image(h, w, c));
  if (Either.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

const windowAt = (x: Tensor, top: number, left: number, h: number, w: number): Tensor => {
  const [, , width, c] = x.shape as [number, number, number, number];
  const rows = Array.from({ length: h }, (_, y) => {
    const from = ((top + y) * width + left) * c;
    return [...x.data.subarray(from, from + w * c)];
  });
  return tensor([1, h, w, c], rows.flat());
};

/** The mean over windows of what a net gives for each; a softmax at its end is left for after the mean. */
const meanOverWindows = (net: Graph, x: Tensor, weights: (path: string) => Tensor): Tensor => {
  const { type } = net.input;
  const [, height, width] = x.shape as [number, number, number];
  const [h, w] = /^\[(\d+), (\d+)/.exec(showType(type))!.slice(1).map(Number) as [number, number];
  const last = net.nodes.at(-1)!;
  const scores =
    last.op === 'softmax' ? { ...net, outputs: [{ name: 'output', id: last.inputs[0]! }] } : net;
  const each: Tensor[] = [];
  for (let y = 0; y + h <= height; y++)
    for (let left = 0; left + w <= width; left++)
      each.push(run(scores, windowAt(x, y, left, h, w), weights));
  const mean = tensor(
    each[0]!.shape,
    each[0]!.data.map((_, i) => each.reduce((sum, t) => sum + t.data[i]!, 0) / each.length),
  );
  return last.op === 'softmax' ? rowOf('softmax').reference({}, [mean], {}) : mean;
};

/** Layers from a vector of 4 to one of 4, as heads have them. */
const layers = (r: Random, depth: number): string =>
  Array.from({ length: 1 + r(3) }, () => layer(r, depth)).join('; ');

const layer = (r: Random, depth: number): string => {
  const all = ['fc-4', 'relu', 'tanh', 'batchnorm', 'dropout', 'softmax', 'scale(2)', 'silu'];
  const more = ['layernorm', 'prelu', 'leaky_relu', 'flatten', '(channels(0..2) | channels(2..4))'];
  const kinds = [...all, ...more];
  const part = (): string => `(${layers(r, depth - 1)})`;
  switch (r(depth > 0 ? kinds.length + 9 : kinds.length) - kinds.length) {
    case 0:
      return '(id * id)';
    case 1:
      return `(${part()} + ${part()})`;
    case 2:
      return `(${part()} * id)`;
    case 3:
      return `((${part()}; fc-1) | (fc-2; tanh) | (${part()}; channels(1..2)))`;
    case 4:
      return `(${part()} + ${part()} + id)`;
    case 5:
      return '(id | id; channels(2..6))';
    case 6:
      return `(${part()} + id + ${part()} + id + relu)`;
    case 7:
      return `(id * ${part()} * tanh * id)`;
    case 8:
      return `((fc-1 | ${part()} | id | id | fc-3); channels(1..5))`;
    default:
      return kinds[r(kinds.length)]!;
  }
};

describe('fc_to_conv gives the mean over windows of what the net gives for each', () => {
  test('of a product behind the flatten', () => {
    const net = netOf('[1, 1, 1]', '[1]', 'flatten; fc-1(bias = false); id * id');
    const { graph } = applied(net, toConv);
    const one = () => tensor([1, 1], [1]);
    const pixels = tensor([1, 1, 2, 1], [1, 3]);
    const kernel = (path: string) => (path.endsWith('kernel') ? one() : tensor([1], [0]));
    expect([...run(forSize(graph, 1, 2, 1), pixels, kernel).data]).toEqual([5]);
  });

  test('of any head', () => {
    let [all, open] = [0, 0];
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const r = randomFrom(seed);
        const [h, w] = [1 + r(3), 1 + r(3)];
        const end = r(2) === 0 ? 'softmax' : 'fc-3';
        const text = `flatten; fc-4; ${layers(r, 2)}; ${end}`;
        const net = netOf(`[${h}, ${w}, 2]`, '_', text);
        const { graph } = applied(net, toConv);
        all++;
        if (Either.isLeft(freed(graph))) return;
        open++;
        const weights = randomWeights(net);
        const [tall, wide] = [h + r(3), w + r(3)];
        const x = randomTensor([1, tall, wide, 2], 'image');
        const found = run(forSize(graph, tall, wide, 2), x, weights);
        expect(difference(found, meanOverWindows(net, x, weights)), text).toBeLessThan(1e-9);
      }),
      { numRuns: process.env['NETC_DEEP'] === undefined ? 60 : 3000 },
    );
    expect(open / all).toBeGreaterThan(0.9);
  });

  test.each([
    ['a gate', 'id * (flatten; fc-2; sigmoid)'],
    ['a vector from elsewhere', '(flatten; fc-2) + gap'],
  ])('and leaves a net alone of which that cannot be said: %s', (_, text) => {
    const { graph } = applied(netOf('[3, 4, 2]', '_', text), toConv);
    expect(opsOf(graph)).toContain('flatten');
    expect(showSizes(admissibleSizes(graph)!.h)).toBe('3');
  });
});

describe('fc_to_map', () => {
  test('gives the class map of a head behind a mean', () => {
    const net = netOf('[8, 8, 3]', '_', 'conv3-4/2; relu; gap; dropout; fc-5; softmax');
    const { graph } = applied(net, toMap);
    expect(showType(graph.nodes.at(-1)!.output)).toBe('[4, 4, 5]');
    expect(opsOf(graph)).toEqual(['conv', 'relu', 'dropout', 'conv', 'softmax']);
    // without the softmax, the mean of the map is what the net gives
    const linear = netOf('[8, 8, 3]', '_', 'conv3-4/2; relu; gap; fc-5');
    const map = applied(linear, toMap).graph;
    const weights = randomWeights(linear);
    const x = randomTensor([1, 8, 8, 3], 'image');
    const mean = rowOf('gap').reference({}, [run(map, x, weights)], {});
    expect(difference(mean, run(linear, x, weights))).toBeLessThan(1e-12);
  });

  test('and leaves means alone that are no end', () => {
    const gate = 'id * (gap; fc-2; relu; fc-3; sigmoid)';
    const { graph } = applied(netOf('[8, 8, 3]', '_', `${gate}; gap; fc-5`), toMap);
    expect(opsOf(graph).slice(0, 5)).toEqual(['gap', 'fc', 'relu', 'fc', 'sigmoid']);
    expect(opsOf(graph).at(-1)).toBe('conv');
  });
});

const freshKeys = (): (() => number) => {
  let key = 0;
  return () => key++;
};

describe('a rule about one size', () => {
  const mean8 = 'rule r: gap : [8, 8, c] => avgpool(8); flatten';
  const sizes = (graph: Graph): readonly string[] => {
    const { h, w } = admissibleSizes(graph)!;
    const typed = typedOf(graph, startOf('N'), freshKeys());
    const own = admissibleOf(typed);
    if (own === undefined || Either.isLeft(own)) throw new Error('no sizes');
    expect([own.right.h, own.right.w].map(showSizes)).toEqual([h, w].map(showSizes));
    return [showSizes(h), showSizes(w)];
  };

  test.each([
    ['the map', mean8, 'gap', ['8', '8']],
    ['one axis of it', 'rule r: gap : [8, _, c] => gap where 8 > 0', 'relu', ['1..', '1..']],
    ['no map of that size', mean8, 'conv3-2/2; maxpool2; gap', ['3..', '3..']],
    [
      'what is gone',
      'rule r: (maxpool(15, 1, pad = half); relu) : [1, 1, c] => relu',
      'relu',
      ['1..', '1..'],
    ],
  ])('admits only that one: %s', (_, rule, layersOfNet, expected) => {
    const net = netOf('[8, 8, 2]', '_', layersOfNet);
    expect(sizes(applied(net, rules(rule)).graph)).toEqual(expected);
  });

  test('whatever other passes make of it then', () => {
    const net = netOf('[9, 8, 2]', '_', 'conv3-2; batchnorm; relu; dropout; gap; fc-2');
    const own = rules(`
      rule a: (relu; dropout(..p)) : [9, _, c] => relu6; relu
      rule b: (relu6; relu) => relu`);
    const { graph } = applied(applied(net, own).graph, shipped('fold-batchnorm.net'));
    expect(opsOf(graph)).toEqual(['conv', 'exactly', 'relu', 'gap', 'fc']);
    expect(sizes(graph)).toEqual(['9', '1..']);
  });

  test('any image that is admitted gives what the net gave before', () => {
    const net = netOf('[16, 16, 2]', '_', 'conv3-2/2; (gap | (relu; gap)); fc-2');
    const { graph, trace } = applied(net, rules(mean8));
    expect(trace.length).toBe(2);
    const { h } = admissibleSizes(graph)!;
    const weights = randomWeights(net);
    for (const n of [12, 15, 16, 17, 24]) {
      if (!contains(h, n)) continue;
      const x = randomTensor([1, n, n, 2], 'image');
      const [before, after] = [net, graph].map((g) => run(forSize(g, n, n, 2), x, weights));
      expect(difference(after!, before!)).toBeLessThan(1e-12);
    }
    expect(showSizes(h)).toBe('15..16');
  });
});
