/** Every net of the examples, rewritten as `compile` and `run` do it. */
import { readdirSync } from 'node:fs';
import * as Either from 'fp-ts/lib/Either.js';
import { describe, expect, test } from 'vitest';
import { accept } from '../../src/check.ts';
import { kernelsOf, forNet } from '../../src/compile.ts';
import { graphOfNet } from '../../src/build/build.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { showGraph } from '../../src/graph/print.ts';
import { shapeOf } from '../../src/ops/types.ts';
import type { Pass } from '../../src/rewrite/rule/pattern.ts';
import { applyPasses, loadPasses, passTable } from '../../src/rewrite/passes.ts';
import { retyped } from '../../src/graph/retype.ts';
import { sourceWeights } from '../../src/rewrite/match/weight-values.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import { difference, fileText, graphIn, randomTensor, randomWeights, run, sound } from './nets.ts';

const files = [...new Set(passTable.map((row) => row.file))];
const passes = sound(
  loadPasses(files.map((file) => ({ path: `passes/${file}`, text: fileText(`passes/${file}`) }))),
);
const named = (name: string): Pass => passes.find((p) => p.name === name)!;
const byDefault = passTable.filter((row) => row.byDefault).map((row) => named(row.name));

const netsOf = (file: string): readonly TypedNet[] =>
  sound(
    accept(
      {
        read: (path) => Either.right({ path, text: fileText(`examples/${path}`) }),
        resolve: (_, written) => Either.right(written),
      },
      file,
    ),
  ).nets;

const weightsOf = (graph: Graph): readonly string[] =>
  graph.nodes.flatMap((n) => n.weights.map((w) => `${w.path} [${w.spec.shape.join()}]`));

/** A graph is a network, has kernels, and prints as a program of the same layers and weights. */
const check = (graph: Graph): void => {
  const again = retyped(graph, graph.input.type);
  expect(Either.isRight(again)).toBe(true);
  expect(kernelsOf(graph).calls.length).toBeGreaterThan(0);
  const read = graphIn('again.net', showGraph(graph), graph.net);
  expect(weightsOf(read)).toEqual(weightsOf(graph));
  expect(read.nodes.map((n) => [n.op, n.args, n.inputs])).toEqual(
    graph.nodes.map((n) => [n.op, n.args, n.inputs]),
  );
};

/** Up to the scores, for a softmax of large ones is 1 whatever went wrong before. */
const withoutSoftmax = (graph: Graph): Graph => {
  const last = graph.nodes.at(-1)!;
  if (last.op !== 'softmax') return graph;
  const outputs = graph.outputs.map((o) => (o.id === last.id ? { ...o, id: last.inputs[0]! } : o));
  return { ...graph, nodes: graph.nodes.slice(0, -1), outputs };
};

const all = readdirSync(new URL('../../examples/', import.meta.url))
  .filter((name) => name.endsWith('.net'))
  .flatMap((file) => netsOf(file).map((net) => [file, net.name, net] as const));
const netIn = (file: string, name: string): TypedNet =>
  all.find((row) => row[0] === file && row[1] === name)![2];

describe('the default passes', () => {
  test('are some', () => {
    expect(byDefault.map((p) => p.name)).toEqual(['drop_inference', 'fold_batchnorm', 'simplify']);
    expect(all.length).toBeGreaterThan(50);
  });

  test.each(all)('on %s, %s', (_file, _name, net) => {
    const before = graphOfNet(net);
    const { graph, trace } = sound(forNet({ passes: byDefault }).rewrite(net));
    expect(graph.nodes.some((n) => n.op === 'dropout')).toBe(false);
    const folded = trace.filter((event) => event.pass === 'fold_batchnorm').length;
    const count = (g: Graph): number => g.nodes.filter((n) => n.op === 'batchnorm').length;
    expect(count(graph)).toBe(count(before) - folded);
    // every weight of the source is in what the rewritten net is computed from
    expect(new Set(sourceWeights(graph).map((w) => w.path))).toEqual(
      new Set(sourceWeights(before).map((w) => w.path)),
    );
    check(graph);
  });
});

describe('the function stays', () => {
  test.each([
    ['resnet.net', 'ResNet20', 'fold_batchnorm'],
    ['resnet.net', 'PreResNet164', 'simplify'],
    ['densenet.net', 'DenseNetBC100', 'simplify'],
    ['lenet.net', 'LeNet5', 'fc_to_conv'],
  ])('%s, %s, %s and the default passes', (file, name, pass) => {
    const net = netIn(file, name);
    const before = withoutSoftmax(graphOfNet(net));
    const { graph } = sound(applyPasses(before, [named(pass), ...byDefault]));
    const weights = randomWeights(before);
    const input = randomTensor(shapeOf(before.input.type, 1)!, 'image');
    expect(difference(run(graph, input, weights), run(before, input, weights))).toBeLessThan(1e-12);
  });
});

describe('passes that are asked for', () => {
  test.each([
    ['vgg.net', 'D', 'fc_to_conv'],
    ['vgg.net', 'D', 'fc_to_map'],
    ['vgg.net', 'A_LRN', 'drop_lrn'],
    ['alexnet.net', 'AlexNet2014', 'fc_to_conv'],
    ['lenet.net', 'LeNet5', 'fc_to_map'],
    ['googlenet.net', 'GoogLeNet', 'merge_siblings'],
    ['googlenet.net', 'GoogLeNet', 'factor_5x5'],
    ['resnet.net', 'ResNet50', 'factor_7x7'],
    ['inception_v3.net', 'InceptionV3', 'split_nxn'],
    ['squeezenet.net', 'SqueezeNet1_1', 'pool_relu'],
  ])('%s, %s, %s', (file, name, pass) => {
    const net = netIn(file, name);
    const { graph, trace } = sound(forNet({ passes: [named(pass), ...byDefault] }).rewrite(net));
    expect(trace.some((event) => event.pass === pass)).toBe(true);
    check(graph);
  });
});
