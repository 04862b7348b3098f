import { describe, expect, test } from 'vitest';
import { showType } from '../../src/ops/types.ts';
import {
  applied,
  difference,
  example,
  netOf,
  opsOf,
  randomTensor,
  randomWeights,
  run,
  shipped,
} from './nets.ts';

const vggNarrow = `
  conv3-4; relu; maxpool
  conv3-6; relu; maxpool
  conv3-8; relu; maxpool
  flatten
  fc-10; relu; dropout
  fc-12; relu; dropout
  fc-5
  softmax`;

describe('fc_to_conv', () => {
  test('on a narrow VGG', () => {
    const graph = netOf('[24, 24, 3]', '[5]', vggNarrow);
    const { graph: dense, trace } = applied(graph, shipped('fc-to-conv.net', 'fc_to_conv'));
    expect(opsOf(dense)).toMatchInlineSnapshot(`
      [
        "conv",
        "relu",
        "maxpool",
        "conv",
        "relu",
        "maxpool",
        "conv",
        "relu",
        "maxpool",
        "conv",
        "relu",
        "dropout",
        "conv",
        "relu",
        "dropout",
        "conv",
        "gap",
        "softmax",
      ]
    `);
    expect(trace.map((e) => e.rule)).toMatchInlineSnapshot(`
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
    expect(dense.nodes.flatMap((n) => n.weights.map((w) => w.path))).toEqual(
      graph.nodes.flatMap((n) => n.weights.map((w) => w.path)),
    );
    const weights = randomWeights(graph);
    const input = randomTensor([2, 24, 24, 3], 'input');
    expect(difference(run(dense, input, weights), run(graph, input, weights))).toBeLessThan(1e-12);
  });
});

describe('fold_batchnorm', () => {
  test('leaves none in ResNet-50', () => {
    const graph = example('resnet.net', 'ResNet50');
    const start = performance.now();
    const { graph: folded, trace } = applied(graph, shipped('fold-batchnorm.net'));
    console.log(performance.now() - start, trace.length);
    expect(opsOf(folded)).not.toContain('batchnorm');
    expect(folded.nodes.at(-1)!.weights).toBeDefined();
    console.log(
      folded.nodes
        .slice(0, 3)
        .map((n) => [n.op, n.path, showType(n.type), n.weights.map((w) => w.path)]),
    );
  });
});
