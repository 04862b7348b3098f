/** What torchvision computed (make.py), and the same from netc: nets, weights and inputs. */
import * as E from 'fp-ts/lib/Either.js';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { accept } from '../../src/check.ts';
import { resultOf } from '../../src/diagnostic/checked.ts';
import { graphOfNet } from '../../src/build/build.ts';
import type { Graph, GraphNode, ValueId } from '../../src/graph/graph.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { fillNormal, uniform, words } from '../../src/numeric/random.ts';
import { elements } from '../../src/numeric/tensor.ts';
import type { Args } from '../../src/ops/params.ts';
import { rowOf } from '../../src/ops/table.ts';
import { image, type TensorType } from '../../src/ops/types.ts';
import { toNet } from '../../src/runtime/pytorch/layout.ts';
import { pairUp, type Pairs } from '../../src/runtime/torchvision/pairs.ts';
import { example, inMemory } from '../programs.ts';
import type { TrainingFixture } from './training.ts';
import { modelNamed } from '../../src/runtime/zoo/keys.ts';

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

/** The graph of a net of a program in memory. */
export const netNamed = (
  files: { readonly [path: string]: string },
  entry: string,
  name: string,
): Graph => {
  const program = resultOf(accept(inMemory(files), entry));
  const net = program?.nets.find((n) => n.name === name);
  if (net === undefined) throw new Error(`no net ${name} in ${entry}`);
  return graphOfNet(net);
};

/** The graph of the example, and its weights paired with torchvision's. */
export const exampleOf = (model: string): { readonly graph: Graph; readonly pairs: Pairs } => {
  const [file, name] = nets[model]!;
  const graph = netNamed({ [file]: example(file) }, file, name);
  const pairs = pairUp(graph, modelNamed(model)!);
  if ('tag' in pairs) throw new Error(`${name} is not ${model}: ${JSON.stringify(pairs)}`);
  return { graph, pairs };
};

/**
 * A VGG with a fraction of the channels and ten classes, from the same source: a definition of the caller's takes the
 * place of `conv`. Its layers are those of the model, so they pair with its modules.
 */
const narrowVgg = (model: string, by: number): { readonly graph: Graph; readonly pairs: Pairs } => {
  const column = nets[model.replace(/_bn$/, '')]![1];
  const norm = model.endsWith('_bn') ? 'batchnorm; ' : '';
  const narrow = `
import "vgg.net"
def narrow(size, channels) = std.conv(size, channels/${by}); ${norm}relu
net Narrow : [224, 224, 3] -> [10] = ${column}(10, narrow)
`;
  const graph = netNamed({ 'vgg.net': example('vgg.net'), 'n.net': narrow }, 'n.net', 'Narrow');
  const pairs = pairUp(graph, modelNamed(model)!);
  if ('tag' in pairs) throw new Error(`${column} is not ${model}: ${JSON.stringify(pairs)}`);
  return { graph, pairs };
};

/** One file of fixtures/. Numbers are float64. */
export type Fixture = {
  readonly model: string;
  /** what the channels of torchvision's are divided by, where they are */
  readonly narrow?: number;
  /** the child that is applied alone, a head on the side, or else the whole */
  readonly part: '' | 'aux1' | 'aux2' | 'AuxLogits';
  readonly input: readonly [h: number, w: number, c: number];
  readonly weights: string; // SHA-256 of the SHA-256 of what each repeats, in order of keys
  readonly output: { readonly shape: readonly number[]; readonly values: string };
  readonly stages: readonly {
    readonly module: string;
    readonly shape: readonly number[];
    readonly largest: number; // magnitude of the whole
    readonly samples: string; // at i · 7919 mod its size
  }[];
};

/** One file of fixtures/modules: a module that somebody wrote, its state dict, and what it computes (modules.py). */
export type ModuleFixture = {
  readonly input: Fixture['input'];
  readonly state: readonly (readonly [name: string, shape: readonly number[]])[];
  readonly output: Fixture['output'];
};

const folder = new URL('fixtures/', import.meta.url);
const sums = new Map(
  readFileSync(new URL('SHA256SUMS', folder), 'utf8')
    .trim()
    .split('\n')
    .map((line) => [line.slice(66), line.slice(0, 64)]),
);
const names = [...sums.keys()].map((file) => file.replace(/\.json$/, ''));

/** Fixtures of nets, and of operators by their names. */
export const fixtureNames = names.filter((name) => !name.includes('/'));

/** The nets whose smaller relatives are compared in every run of the tests. */
export const isLarge = (name: string): boolean =>
  /^(vgg|alexnet|resnet(34|101|152)|densenet)/.test(name);

/** The operators that have fixtures. */
export const operatorNames = names.flatMap((name) => /^operators\/(.*)/.exec(name)?.[1] ?? []);

/** The steps of training that have fixtures. */
export const trainingNames = names.flatMap((name) =>
  name === 'training/schedules' ? [] : (/^training\/(.*)/.exec(name)?.[1] ?? []),
);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const stored = (name: string): string => {
  const bytes = readFileSync(new URL(`${name}.json`, folder));
  if (sha256(bytes) !== sums.get(`${name}.json`)) throw new Error(`${name}.json was changed`);
  return bytes.toString();
};

export const fixture = (name: string): Fixture => {
  const made: Fixture = JSON.parse(stored(name));
  return made;
};

/** One case of fixtures/operators: what PyTorch computes for one layer (operators.py). */
export type OperatorCase = {
  readonly args: Args; // netc's
  readonly input: {
    readonly shape: readonly number[];
    readonly spread: number;
    readonly middle: number;
  };
  readonly weights: { readonly [name: string]: readonly number[] }; // shapes
  readonly output: { readonly shape: readonly number[]; readonly values: string };
};

export const operatorCases = (name: string): readonly OperatorCase[] => {
  const made: readonly OperatorCase[] = JSON.parse(stored(`operators/${name}`));
  return made;
};

/** The modules that have fixtures. */
export const moduleNames = names.flatMap((name) => /^modules\/(.*)/.exec(name)?.[1] ?? []);

export const moduleFixture = (name: string): ModuleFixture => {
  const made: ModuleFixture = JSON.parse(stored(`modules/${name}`));
  return made;
};

export const trainingFixture = (name: string): TrainingFixture => {
  const made: TrainingFixture = JSON.parse(stored(`training/${name}`));
  return made;
};

export const decode = (base64: string): Float64Array => {
  const bytes = Buffer.from(base64, 'base64');
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i));
};

const stream = (name: string) => words({ seed: 1, purpose: `oracle:${name}`, epoch: 0, index: 0 });

/** A large weight repeats as many numbers; make.py says why no two rows of a kernel are the same. */
const period = 4_099;

/** `weight` of make.py: the numbers that a weight consists of, in PyTorch's order. */
export const torchWeight = (key: string, shape: readonly number[]): Float32Array => {
  const out = new Float32Array(Math.min(period, elements(shape)));
  const draw = stream(key);
  if (shape.length > 1) fillNormal(draw, out, Math.sqrt(2 / elements(shape.slice(1))));
  else if (/(running_var|weight)$/.test(key))
    out.forEach((_, i) => {
      out[i] = 0.5 + uniform(draw);
    });
  else fillNormal(draw, out, 0.1);
  return out;
};

/** So many numbers, which begin anew wherever they end. */
export const repeated = (numbers: Float32Array, count: number): Float32Array => {
  const out = new Float32Array(count);
  for (let at = 0; at < count; at += numbers.length) out.set(numbers.subarray(0, count - at), at);
  return out;
};

/** The weights of a part by netc's paths, and their checksum by PyTorch's keys. */
const drawWeights = (
  pairs: Pairs,
  part: Fixture['part'],
): { readonly byPath: ReadonlyMap<string, HostTensor>; readonly sum: string } => {
  const hash = createHash('sha256');
  const byPath = new Map<string, HostTensor>();
  const inOrder = pairs.weights
    .filter(({ key }) => key.startsWith(part))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  for (const { key, weight, layout } of inOrder) {
    const numbers = torchWeight(key, layout.shape);
    hash.update(createHash('sha256').update(new Uint8Array(numbers.buffer)).digest());
    const data = toNet(layout, repeated(numbers, elements(layout.shape)));
    byPath.set(weight.path, { shape: weight.spec.shape, data });
  }
  return { byPath, sum: hash.digest('hex') };
};

export const drawInput = (shape: Fixture['input']): HostTensor => {
  const data = new Float32Array(elements(shape));
  fillNormal(stream('input'), data, 1);
  return { shape: [1, ...shape], data };
};

/** `tensor` of operators.py: the numbers of an input or a weight, rounded to float32. */
export const drawn = (
  name: string,
  shape: readonly number[],
  { spread, middle }: { readonly spread: number; readonly middle: number },
): HostTensor => {
  const draw = stream(name);
  const data = new Float32Array(elements(shape));
  if (name.endsWith('/variance')) return { shape, data: data.map(() => 0.5 + uniform(draw)) };
  fillNormal(draw, data, spread);
  return { shape, data: data.map((x) => x + middle) };
};

/** The layers between some value, which becomes the input, and others. The shapes are those of the new input. */
const between = (
  graph: Graph,
  from: ValueId,
  type: TensorType,
  outputs: Graph['outputs'],
): Graph => {
  const needed = new Set(outputs.map((o) => o.id));
  for (const node of [...graph.nodes].reverse())
    if (needed.has(node.id) && node.id !== from) for (const id of node.inputs) needed.add(id);
  const types = new Map<ValueId, TensorType>([[from, type]]);
  const nodes: GraphNode[] = [];
  for (const node of graph.nodes.filter((n) => needed.has(n.id) && n.id !== from)) {
    const inputs = node.inputs.map((id) => types.get(id)!);
    const shape = rowOf(node.op).shape(node.args, inputs);
    if (E.isLeft(shape)) throw new Error(`${node.path}: ${JSON.stringify(shape.left)}`);
    types.set(node.id, shape.right.type);
    nodes.push({ ...node, inputTypes: inputs, output: shape.right.type });
  }
  return { ...graph, input: { id: from, type }, nodes, outputs };
};

/** Where a part of torchvision's network begins and ends in the graph of the net: without its softmax. */
const ends = (
  graph: Graph,
  pairs: Pairs,
  part: Fixture['part'],
): { readonly from: ValueId; readonly to: ValueId } => {
  const nodeOf = (id: ValueId | undefined): GraphNode => graph.nodes.find((n) => n.id === id)!;
  const before = (id: ValueId | undefined): ValueId => nodeOf(id).inputs[0]!;
  const [main, first, second] = graph.outputs;
  const layer = pairs.weights.find(({ key }) => key.startsWith(part))!.layer;
  const pool = graph.nodes.find((n) => n.path === layer)!.inputs[0]!;
  switch (part) {
    case '':
      return { from: graph.input.id, to: before(main?.id) };
    case 'AuxLogits':
      return { from: before(pool), to: before(first?.id) };
    case 'aux1': // behind its pool, which differs
      return { from: pool, to: before(first?.id) };
    case 'aux2':
      return { from: pool, to: before(second?.id) };
  }
};

/**
 * The part that a fixture is about: its result, and after it those of some modules, by their names; with all
 * weights of the part and the input.
 */
export const prepared = (name: string) => {
  const expected = fixture(name);
  const { model, narrow } = expected;
  const { graph, pairs } = narrow === undefined ? exampleOf(model) : narrowVgg(model, narrow);
  const { from, to } = ends(graph, pairs, expected.part);
  const stages = expected.stages.map(({ module }) => {
    const layer = pairs.weights.find((p) => p.key === `${module}.weight`)?.layer;
    const node = graph.nodes.find((n) => n.path === layer && n.weights.length > 0);
    if (node === undefined) throw new Error(`no layer for ${module}`);
    return { name: module, id: node.id };
  });
  return {
    expected,
    graph: between(graph, from, image(...expected.input), [{ name: 'output', id: to }, ...stages]),
    ...drawWeights(pairs, expected.part),
    input: drawInput(expected.input),
  };
};
