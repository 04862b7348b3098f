/** What torchvision computed (make.py), and the same from netc: nets, weights and inputs. */
import * as E from 'fp-ts/lib/Either.js';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { compile } from '../../src/compile.ts';
import { valueOf } from '../../src/diagnostic/checked.ts';
import { buildGraph } from '../../src/lower/build.ts';
import type { Graph, GraphNode, ValueId } from '../../src/lower/graph.ts';
import type { HostTensor } from '../../src/lower/stored.ts';
import { fillNormal, uniform, words } from '../../src/numeric/random.ts';
import { elements } from '../../src/numeric/tensor.ts';
import { rowOf } from '../../src/ops/table.ts';
import { image, type TensorType } from '../../src/ops/types.ts';
import { toNet } from '../../src/runtime/torchvision/layout.ts';
import { pairUp, type Pairs } from '../../src/runtime/torchvision/pairs.ts';
import { modelNamed } from '../../src/runtime/torchvision/recognise.ts';
import { example, inMemory } from '../programs.ts';

/** Which net of examples/ is which of torchvision's. */
export const nets: { readonly [model: string]: readonly [file: string, net: string] } = {
  alexnet: ['alexnet.net', 'AlexNet2014'],
  vgg11: ['vgg.net', 'A'],
  vgg13: ['vgg.net', 'B'],
  vgg16: ['vgg.net', 'D'],
  vgg19: ['vgg.net', 'E'],
  vgg11_bn: ['vgg.net', 'A_BN'],
  vgg13_bn: ['vgg.net', 'B_BN'],
  vgg16_bn: ['vgg.net', 'D_BN'],
  vgg19_bn: ['vgg.net', 'E_BN'],
  googlenet: ['googlenet.net', 'GoogLeNetBN'],
  inception_v3: ['inception_v3.net', 'InceptionV3'],
  resnet18: ['resnet.net', 'ResNet18'],
  resnet34: ['resnet.net', 'ResNet34'],
  resnet50: ['resnet.net', 'ResNet50'],
  resnet101: ['resnet.net', 'ResNet101'],
  resnet152: ['resnet.net', 'ResNet152'],
  densenet121: ['densenet.net', 'DenseNet121'],
  densenet161: ['densenet.net', 'DenseNet161'],
  densenet169: ['densenet.net', 'DenseNet169'],
  densenet201: ['densenet.net', 'DenseNet201'],
  squeezenet1_0: ['squeezenet.net', 'SqueezeNet'],
  squeezenet1_1: ['squeezenet.net', 'SqueezeNet1_1'],
  mobilenet_v2: ['mobilenet_v2.net', 'MobileNetV2'],
};

/** The graph of the example, and its weights paired with torchvision's. */
export const exampleOf = (model: string): { readonly graph: Graph; readonly pairs: Pairs } => {
  const [file, name] = nets[model]!;
  const program = valueOf(compile(inMemory({ [file]: example(file) }), file));
  const net = program?.nets.find((n) => n.name === name);
  if (net === undefined) throw new Error(`no net ${name} in ${file}`);
  const graph = buildGraph(net);
  const pairs = pairUp(graph, modelNamed(model)!);
  if ('tag' in pairs) throw new Error(`${name} is not ${model}: ${JSON.stringify(pairs)}`);
  return { graph, pairs };
};

/** One file of fixtures/. Numbers are float64. */
export type Fixture = {
  readonly model: string;
  readonly part: '' | 'features';
  readonly size: number;
  readonly weights: string; // SHA-256 of all of them
  readonly output: { readonly shape: readonly number[]; readonly values: string };
  readonly stages: readonly {
    readonly module: string;
    readonly shape: readonly number[];
    readonly largest: number; // magnitude of the whole
    readonly samples: string; // at i · 7919 mod its size
  }[];
};

const folder = new URL('fixtures/', import.meta.url);
const sums = new Map(
  readFileSync(new URL('SHA256SUMS', folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => [line.slice(66), line.slice(0, 64)]),
);
export const fixtureNames = [...sums.keys()].map((file) => file.replace(/\.json$/, ''));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const fixture = (name: string): Fixture => {
  const bytes = readFileSync(new URL(`${name}.json`, folder));
  if (sha256(bytes) !== sums.get(`${name}.json`)) throw new Error(`${name}.json was changed`);
  const made: Fixture = JSON.parse(bytes.toString());
  return made;
};

export const decode = (base64: string): Float64Array => {
  const bytes = Buffer.from(base64, 'base64');
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i));
};

const stream = (name: string) =>
  words({ seed: 1, purpose: `oracle:${name}`, epoch: 0, index: 0 });

/** `weight` of make.py, in PyTorch's order. */
const torchWeight = (key: string, shape: readonly number[]): Float32Array => {
  const out = new Float32Array(elements(shape));
  const draw = stream(key);
  if (shape.length > 1) fillNormal(draw, out, Math.sqrt(2 / elements(shape.slice(1))));
  else if (/(running_var|weight)$/.test(key))
    out.forEach((_, i) => {
      out[i] = 0.5 + uniform(draw);
    });
  else fillNormal(draw, out, 0.1);
  return out;
};

/** All weights by netc's paths, and their checksum by PyTorch's keys. */
export const drawWeights = (
  pairs: Pairs,
): { readonly byPath: ReadonlyMap<string, HostTensor>; readonly sum: string } => {
  const hash = createHash('sha256');
  const byPath = new Map<string, HostTensor>();
  const inOrder = [...pairs.weights].sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { key, weight, layout } of inOrder) {
    const data = torchWeight(key, layout.shape);
    hash.update(new Uint8Array(data.buffer));
    byPath.set(weight.path, { shape: weight.spec.shape, data: toNet(layout, data) });
  }
  return { byPath, sum: hash.digest('hex') };
};

export const drawInput = (size: number): HostTensor => {
  const data = new Float32Array(size * size * 3);
  fillNormal(stream('input'), data, 1);
  return { shape: [1, size, size, 3], data };
};

/** The layers that some values need, for square images of another size. Other layers may not take it. */
const restricted = (graph: Graph, size: number, outputs: Graph['outputs']): Graph => {
  const needed = new Set(outputs.map((o) => o.id));
  for (const node of [...graph.nodes].reverse())
    if (needed.has(node.id)) for (const id of node.inputs) needed.add(id);
  const input = image(size, size, 3);
  const types = new Map<ValueId, TensorType>([[graph.input.id, input]]);
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes.filter((n) => needed.has(n.id))) {
    const inputs = node.inputs.map((id) => types.get(id)!);
    const shape = rowOf(node.op).shape(node.args, inputs);
    if (E.isLeft(shape)) throw new Error(`${node.path}: ${JSON.stringify(shape.left)}`);
    types.set(node.id, shape.right.type);
    nodes.push({ ...node, type: shape.right.type });
  }
  return { ...graph, input: { ...graph.input, type: input }, nodes, outputs };
};

/**
 * The net as the fixture has it: its logits, or the map that its head begins with, and after it the results
 * of some modules, by their names. Only the weights of those layers are drawn.
 */
export const prepared = (name: string) => {
  const expected = fixture(name);
  const { graph, pairs } = exampleOf(expected.model);
  const layer = (module: string): string | undefined =>
    pairs.weights.find((p) => p.key === `${module}.weight`)?.layer;
  const [main] = graph.outputs;
  const last = graph.nodes.find((n) =>
    expected.part === '' ? n.id === main!.id : n.op === 'flatten',
  )!;
  const before = last.inputs[0]!; // of softmax or of flatten
  const stages = expected.stages.flatMap(({ module }) => {
    const node = graph.nodes.find((n) => n.path === layer(module) && n.weights.length > 0);
    if (node === undefined) throw new Error(`no layer for ${module}`);
    return [{ name: module, id: node.id }];
  });
  const whole = drawWeights(pairs);
  return {
    expected,
    graph: restricted(graph, expected.size, [{ name: 'output', id: before }, ...stages]),
    ...whole,
    input: drawInput(expected.size),
  };
};
