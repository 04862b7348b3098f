/** The shipped passes on whole nets. */
import * as Either from 'fp-ts/lib/Either.js';
import { describe, expect, test } from 'vitest';
import { analyse } from '../../src/check.ts';
import { diagnosticsOf } from '../../src/diagnostic/checked.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Tensor } from '../../src/numeric/tensor.ts';
import { image, showType } from '../../src/ops/types.ts';
import { admissibleSizes } from '../../src/build/admissible.ts';
import { applyPasses, loadPasses, passTable } from '../../src/rewrite/passes.ts';
import { freed } from '../../src/build/freed.ts';
import { retyped } from '../../src/graph/retype.ts';
import { sourcesIn } from '../../src/graph/weights.ts';
import { sourceWeights } from '../../src/rewrite/match/weight-values.ts';
import { showSizes } from '../../src/size/sizes.ts';
import {
  applied,
  difference,
  example,
  fileText,
  netOf,
  opsOf,
  randomTensor,
  randomWeights,
  run,
  shipped,
  sound,
} from './nets.ts';

/** VGG-D with few channels; the classifier without its softmax, whose mean is taken of scores. */
const body = `
  2x (conv3-2; relu); maxpool
  2x (conv3-3; relu); maxpool
  3x (conv3-4; relu); maxpool
  3x (conv3-4; relu); maxpool
  3x (conv3-4; relu); maxpool`;
const classifier = `
  flatten
  2x (fc-6; relu; dropout)
  fc-5`;
const narrow = (): Graph => netOf('[224, 224, 3]', '[5]', `${body}\n${classifier}`);

const forSize = (graph: Graph, h: number, w: number): Graph => {
  const result = retyped(graph, image(h, w, 3));
  if (Either.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

/** [1, k, k, c] of a map, its corner at (u, v). */
const cut = (map: Tensor, u: number, v: number, k: number): Tensor => {
  const [, , w, c] = map.shape as [number, number, number, number];
  const rows = Array.from({ length: k }, (_, a) => {
    const from = ((u + a) * w + v) * c;
    return [...map.data.subarray(from, from + k * c)];
  });
  return { shape: [1, k, k, c], data: Float64Array.from(rows.flat()) };
};

describe('fc_to_conv', () => {
  const graph = narrow();
  const weights = randomWeights(graph);
  const dense = applied(graph, shipped('fc-to-conv.net', 'fc_to_conv'));
  const map = applied(graph, shipped('fc-to-conv.net', 'fc_to_map'));

  test('makes convolutions of the classifier', () => {
    expect(opsOf(dense.graph).slice(-9)).toEqual([
      ...['maxpool', 'conv', 'relu', 'dropout', 'conv', 'relu', 'dropout', 'conv', 'gap'],
    ]);
    expect(dense.trace.map((e) => e.rule)).toMatchInlineSnapshot(`
      [
        "first",
        "slide",
        "drop",
        "first",
        "slide",
        "drop",
        "first",
        "mean",
      ]
    `);
    const paths = (g: Graph) => g.nodes.flatMap((n) => n.weights.map((w) => w.path));
    expect(paths(dense.graph)).toEqual(paths(graph));
    expect(sourceWeights(dense.graph).map((w) => w.spec.shape)).toEqual(
      sourceWeights(graph).map((w) => w.spec.shape),
    );
  });

  test('is the same function at the declared size', () => {
    const input = randomTensor([1, 224, 224, 3], 'input');
    const before = run(graph, input, weights);
    expect(difference(run(dense.graph, input, weights), before)).toBeLessThan(1e-12);
    const scores = run(map.graph, input, weights);
    expect(scores.shape).toEqual([1, 1, 1, 5]);
    expect(difference({ ...scores, shape: [1, 5] }, before)).toBeLessThan(1e-12);
  });

  test('takes every size from there on', () => {
    const shown = (g: Graph): string => {
      const free = freed(g);
      if (Either.isLeft(free)) return free.left.message;
      return showType(free.right.nodes.at(-1)!.output);
    };
    expect(shown(map.graph)).toBe('[h/32 - 6, w/32 - 6, 5]');
    expect(shown(dense.graph)).toBe('[5]');
    expect(shown(graph)).toMatch(/does not take/);
    const sizes = admissibleSizes(dense.graph)!;
    expect([showSizes(sizes.h), showSizes(sizes.w)]).toEqual(['224..', '224..']);
    expect(showSizes(admissibleSizes(graph)!.h)).toBe('224..255');
  });

  test('is the classifier on every window of the last map', () => {
    const [h, w] = [256, 320];
    const image = randomTensor([1, h, w, 3], 'larger');
    const bodyOnly = netOf('[224, 224, 3]', '[7, 7, 4]', body);
    const head = netOf('[7, 7, 4]', '[5]', classifier);
    const ofHead = (path: string): Tensor => weights(path);
    const last = run(forSize(bodyOnly, h, w), image, weights);
    expect(last.shape).toEqual([1, 8, 10, 4]);
    const windows = [0, 1].flatMap((u) =>
      [0, 1, 2, 3].map((v) => run(head, cut(last, u, v, 7), ofHead)),
    );
    const scores = run(forSize(map.graph, h, w), image, weights);
    expect(scores.shape).toEqual([1, 2, 4, 5]);
    const expected = Float64Array.from(windows.flatMap((t) => [...t.data]));
    expect(difference(scores, { shape: [1, 2, 4, 5], data: expected })).toBeLessThan(1e-12);
    const mean = [0, 1, 2, 3, 4].map((k) => windows.reduce((s, t) => s + t.data[k]! / 8, 0));
    const one = run(forSize(dense.graph, h, w), image, weights);
    expect(difference(one, { shape: [1, 5], data: Float64Array.from(mean) })).toBeLessThan(1e-12);
  });

  test('has nothing to do without a fully connected head', () => {
    const none = netOf('[8, 8, 3]', '[3]', 'conv3-3; relu; gap');
    expect(applied(none, shipped('fc-to-conv.net', 'fc_to_conv')).trace).toEqual([]);
  });

  test('of VGG-D itself', () => {
    const { graph: d } = applied(example('vgg.net', 'D'), shipped('fc-to-conv.net', 'fc_to_conv'));
    const fc1 = d.nodes.find((n) => n.path === 'D/classifier1/fc1')!;
    expect([fc1.op, fc1.weights[0]!.spec.shape]).toEqual(['conv', [7, 7, 512, 4096]]);
    const [kernel] = fc1.weights;
    expect(kernel!.madeBy).toEqual({ pass: 'fc_to_conv', rule: 'first', isFresh: false });
    expect([...sourcesIn([kernel!.value!]).keys()]).toEqual(['D/classifier1/fc1/kernel']);
    expect(showSizes(admissibleSizes(d)!.h)).toBe('224..');
  });
});

describe('fold_batchnorm', () => {
  const fold = shipped('fold-batchnorm.net');

  test('leaves none in ResNet-50', () => {
    const graph = example('resnet.net', 'ResNet50');
    const { graph: folded, trace } = applied(graph, fold);
    expect(opsOf(folded)).not.toContain('batchnorm');
    expect(trace).toHaveLength(53);
    expect(sourceWeights(folded).length).toBe(sourceWeights(graph).length);
  });

  test('a bottleneck computes the same', () => {
    const bottleneck = `
      ((conv1-4(bias = false); batchnorm; relu; conv3-4/2(bias = false); batchnorm; relu;
        conv1-8(bias = false); batchnorm) + (conv1-8/2(bias = false); batchnorm)); relu`;
    const graph = netOf('[9, 8, 5]', '[5, 4, 8]', bottleneck);
    const { graph: folded } = applied(graph, fold);
    expect(opsOf(folded)).toEqual(['conv', 'relu', 'conv', 'relu', 'conv', 'conv', 'add', 'relu']);
    const [weights, input] = [randomWeights(graph), randomTensor([2, 9, 8, 5], 'input')];
    expect(difference(run(folded, input, weights), run(graph, input, weights))).toBeLessThan(1e-12);
  });

  test('a value used twice stays', () => {
    const graph = netOf('[4, 4, 2]', '[4, 4, 2]', 'conv3-2 as a; batchnorm; (id + @a)');
    expect(applied(graph, fold).trace).toEqual([]);
  });

  test('a batch norm before a padded convolution stays, before an unpadded one it goes', () => {
    const ops = (pad: string): readonly string[] => {
      const out = pad === 'half' ? '[4, 4, 3]' : '[2, 2, 3]';
      return opsOf(
        applied(netOf('[4, 4, 2]', out, `batchnorm; conv3-3(pad = ${pad})`), fold).graph,
      );
    };
    expect([ops('half'), ops('valid')]).toEqual([['batchnorm', 'conv'], ['conv']]);
  });
});

describe('merge_siblings', () => {
  test('on a module of GoogLeNet', () => {
    const module = `
      ( (conv1-4; relu)
      | (conv1-3; relu; conv3-5; relu)
      | (conv1-2; relu; conv5-3; relu)
      | (maxpool3/1(pad = same); conv1-2; relu))`;
    const graph = netOf('[6, 5, 3]', '[6, 5, 14]', module);
    const { graph: merged, trace } = applied(graph, shipped('merge-siblings.net'));
    expect(trace.map((e) => e.rule)).toMatchInlineSnapshot(`
      [
        "three",
        "relu",
        "relu",
        "relu",
      ]
    `);
    expect(merged.nodes.map((n) => `${n.id} ${n.op} ${n.inputs.join(' ')} ${n.path}`))
      .toMatchInlineSnapshot(`
      [
        "1 maxpool 0 N/maxpool1",
        "2 conv 1 N/conv6",
        "3 relu 2 N/relu6",
        "4 conv 0 N/conv1",
        "5 relu 4 N/relu1",
        "6 channels 5 N/conv1/channels_2",
        "7 channels 5 N/conv1/channels_3",
        "8 conv 7 N/conv3",
        "9 relu 8 N/relu3",
        "10 channels 5 N/conv1/channels",
        "11 conv 10 N/conv5",
        "12 relu 11 N/relu5",
        "13 concat 6 9 12 3 N/concat1",
      ]
    `);
    const [weights, input] = [randomWeights(graph), randomTensor([1, 6, 5, 3], 'input')];
    expect(difference(run(merged, input, weights), run(graph, input, weights))).toBeLessThan(1e-12);
  });
});

describe('the others', () => {
  test('drop_lrn makes A of A_LRN', () => {
    const { graph } = applied(example('vgg.net', 'A_LRN'), shipped('drop-lrn.net'));
    expect(opsOf(graph)).toEqual(opsOf(example('vgg.net', 'A')));
  });

  test('merge_conv multiplies kernels', () => {
    const graph = netOf('[5, 6, 4]', '[3, 3, 3]', 'conv3-5/2; conv1-3');
    const { graph: merged } = applied(graph, shipped('merge-conv.net'));
    expect(opsOf(merged)).toEqual(['conv']);
    const [weights, input] = [randomWeights(graph), randomTensor([1, 5, 6, 4], 'input')];
    expect(difference(run(merged, input, weights), run(graph, input, weights))).toBeLessThan(1e-12);
  });

  test('factor_5x5 has fresh weights below the layer', () => {
    const graph = netOf('[9, 9, 3]', '[9, 9, 4]', 'conv5-4');
    const { graph: factored } = applied(graph, shipped('factor-5x5.net'));
    expect(factored.nodes.map((n) => [n.path, n.weights.map((w) => w.path)]))
      .toMatchInlineSnapshot(`
      [
        [
          "N/conv1/conv1",
          [
            "N/conv1/conv1/kernel",
            "N/conv1/conv1/bias",
          ],
        ],
        [
          "N/conv1/relu",
          [],
        ],
        [
          "N/conv1/conv2",
          [
            "N/conv1/conv2/kernel",
            "N/conv1/conv2/bias",
          ],
        ],
      ]
    `);
  });
});

describe('factors of a program', () => {
  test.each([
    ['0.5', '-4', ['scale']],
    ['1e-15', '1e9', ['scale']],
    ['1e-20', '-1e-20', ['scale', 'scale']], // float32 has no such number
    ['1e9', '1e9', ['scale', 'scale']], // and netc no such factor
    ['0', '2', ['scale', 'scale']],
  ])('scale(%s); scale(%s)', (a, b, expected) => {
    const graph = netOf('[2, 2, 1]', '_', `scale(${a}); scale(${b})`);
    expect(opsOf(applied(graph, shipped('simplify.net')).graph)).toEqual(expected);
  });
});

describe('the registry', () => {
  const files = [...new Set(passTable.map((p) => p.file))];
  const passes = sound(
    loadPasses(files.map((file) => ({ path: `passes/${file}`, text: fileText(`passes/${file}`) }))),
  );

  test('knows every shipped pass', () => {
    expect(passes.map((p) => p.name).sort()).toEqual(passTable.map((p) => p.name).sort());
  });

  test.each([
    ['densenet.net', 'DenseNet201'],
    ['inception_v3.net', 'InceptionV3'],
  ])('the default passes on %s', (file, net) => {
    const graph = example(file, net);
    const byDefault = passTable.filter((p) => p.byDefault).map((p) => p.name);
    const chosen = byDefault.map((name) => passes.find((p) => p.name === name)!);
    const start = performance.now();
    const { graph: after, trace } = sound(applyPasses(graph, chosen));
    const time = performance.now() - start;
    if (process.env['SHOW'])
      console.log(net, graph.nodes.length, after.nodes.length, trace.length, time);
    expect(time).toBeLessThan(2000);
  });
});

describe('the files of passes', () => {
  const files = [...new Set(passTable.map((p) => p.file))];
  test.each(files)('%s says nothing false', (path) => {
    const text = fileText(`passes/${path}`);
    const found = diagnosticsOf(
      analyse(
        {
          read: () => Either.right({ path, text }),
          resolve: (_, written) => Either.right(written),
        },
        path,
      ),
    );
    expect(found.map((d) => `${d.code} ${d.message}`)).toEqual([]);
  });
});
