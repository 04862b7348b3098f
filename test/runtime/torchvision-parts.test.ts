/** Names of networks, orders of numbers and number formats: the parts of taking weights over. */
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/graph/graph.ts';
import { fromBfloat, fromHalf } from '../../src/runtime/data/numbers.ts';
import { toBfloat, toHalf } from '../../src/runtime/pytorch/encode.ts';
import { layoutOf, toNet, toTorch } from '../../src/runtime/pytorch/layout.ts';
import { pairUp } from '../../src/runtime/torchvision/pairs.ts';
import { layersOf, modelOfNet } from '../../src/runtime/torchvision/recognise.ts';
import { zoo } from '../../src/runtime/zoo/zoo.ts';
import { exampleOf, netNamed, nets } from '../oracle/oracle.ts';
import { modelOfKeys, modelNamed } from '../../src/runtime/zoo/keys.ts';

const graphOf = (text: string) => netNamed({ 'n.net': text }, 'n.net', 'N');

/** A net without its side outputs. */
const mainOf = (graph: Graph): Graph => {
  const { side } = layersOf(graph);
  const outputs = graph.outputs.slice(0, 1);
  return { ...graph, nodes: graph.nodes.filter((n) => !side.includes(n)), outputs };
};

describe('networks', () => {
  it.each(Object.keys(nets))('%s is known by its layers and its parameters', (model) => {
    const { graph, pairs } = exampleOf(model);
    expect(modelOfNet(graph)?.name).toBe(model);
    expect(modelOfKeys(pairs.weights.map((p) => p.key))?.name).toBe(model);
    expect(new Set(pairs.weights.map((p) => p.key)).size).toBe(pairs.weights.length);
  });

  it('may be without the heads on the side', () => {
    const { graph, pairs } = exampleOf('googlenet');
    const alone = pairUp(mainOf(graph), modelNamed('googlenet')!);
    if ('tag' in alone) throw new Error(alone.tag);
    expect(alone.without).toContain('aux2.fc1');
    expect(pairs.weights.filter((p) => !p.key.startsWith('aux'))).toEqual(alone.weights);
  });

  it('are all in the examples', () => {
    expect(Object.keys(nets).sort()).toEqual(zoo.map((m) => m.name).sort());
  });
});

describe('layouts', () => {
  const counting = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i);
  const oihw = [2, 3, 4, 5] as const;

  it('turn [out, in, h, w] into [h, w, in, out]', () => {
    const net = toNet({ shape: oihw, pieces: [oihw] }, counting(120));
    const [o, i, h, w] = [1, 2, 3, 4];
    expect(net[((h * 5 + w) * 3 + i) * 2 + o]).toBe(((o * 3 + i) * 4 + h) * 5 + w);
    expect(toTorch({ shape: oihw, pieces: [oihw] }, net)).toEqual(counting(120));
  });

  it('follow the map behind `flatten` through layers that keep its order', () => {
    const graph = graphOf(`net N : [2, 3, 3] -> [7] {
      5x conv3-4; flatten; dropout; fc-6; relu; dropout; fc-6; fc-7
    }`);
    const pairs = pairUp(graph, modelNamed('alexnet')!);
    if ('tag' in pairs) throw new Error(pairs.tag);
    const [first, second] = ['classifier.1.weight', 'classifier.4.weight'].map(
      (key) => pairs.weights.find((p) => p.key === key)!.layout,
    );
    expect(second).toEqual({ shape: [6, 6], pieces: [[6, 6, 1, 1]] });
    expect(first).toEqual({ shape: [6, 24], pieces: [[6, 4, 2, 3]] });
    // torchvision's columns are by channel, row and column of the map; netc's rows by row, column and channel
    const [o, c, y, x] = [5, 1, 1, 2];
    const net = toNet(first!, counting(144));
    expect(net[((y * 3 + x) * 4 + c) * 6 + o]).toBe(o * 24 + (c * 2 + y) * 3 + x);
  });

  it('know the multiplier of a depthwise convolution', () => {
    const graph = graphOf('net N : [4, 4, 3] -> [4, 4, 6] = depthwise3(multiplier = 2)');
    const node = graph.nodes[0]!;
    const layout = layoutOf(node, undefined, node.weights[0]!.spec.shape)!;
    expect(layout.shape).toEqual([6, 1, 3, 3]);
    // filter j of channel c: torchvision's c · 2 + j, netc's [h, w, c, j]
    expect(toNet(layout, counting(54))[(4 * 3 + 2) * 2 + 1]).toBe((2 * 2 + 1) * 9 + 4);
  });
});

describe('number formats', () => {
  it('of 16 bits come back as they were', () => {
    for (let bits = 0; bits < 2 ** 16; bits++) {
      if ((bits & 0x7c00) !== 0x7c00 || (bits & 0x3ff) === 0)
        expect(toHalf(fromHalf(bits))).toBe(bits);
      if ((bits & 0x7f80) !== 0x7f80 || (bits & 0x7f) === 0)
        expect(toBfloat(fromBfloat(bits))).toBe(bits);
    }
  });

  it('round to nearest, ties to even', () => {
    expect(toHalf(1 + 2 ** -11)).toBe(toHalf(1));
    expect(toHalf(1 + 3 * 2 ** -11)).toBe(toHalf(1 + 2 ** -9));
    expect(fromHalf(toHalf(65520))).toBe(Infinity);
    expect(fromHalf(toHalf(65519))).toBe(65504);
    expect(fromHalf(toHalf(-3 * 2 ** -26))).toBe(-(2 ** -24));
    expect(toHalf(NaN) & 0x7fff).toBeGreaterThan(0x7c00);
    expect(fromBfloat(toBfloat(1 + 2 ** -8))).toBe(1);
    expect(fromBfloat(toBfloat(3.4e38))).toBe(Infinity);
  });
});
