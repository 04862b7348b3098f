/**
 * What a step of data parallel training costs on several GPUs, from the static graph alone: parameters are bytes to
 * exchange, multiply–adds are time, and the order of the backward pass says when each gradient is there. Bandwidth,
 * latency and the speed of a GPU are inputs. `scripts/scale-doc.mjs` writes the tables of docs/scale.md with it.
 */
import { kernels } from '../src/lower/from-graph.ts';
import { sgd } from '../src/lower/training/optimisers.ts';
import { trainingStep, type How, type Step } from '../src/lower/training/step.ts';
import type { KernelProgram } from '../src/lower/kernels.ts';
import { plan, shapesOfInputs } from '../src/lower/plan.ts';
import type { Graph } from '../src/graph/graph.ts';
import { factsOf } from '../src/report/layer-costs.ts';
import { accept } from '../src/check.ts';
import { graphOf } from '../src/compile.ts';
import { resultOf } from '../src/diagnostic/checked.ts';
import { files, sure } from './measure.ts';
import { there } from './nets.ts';
import { withParts } from './page.ts';

/** A layer in order of execution: bytes of its gradients, and multiply–adds for one picture. */
export type Layer = {
  readonly gradients: number;
  readonly forward: number;
  readonly backward: number;
};

/** GPUs that train together. Speeds are of one GPU: FLOPs a second as sustained, bytes a second each way. */
export type Cluster = {
  readonly gpus: number;
  readonly flops: number;
  readonly bandwidth: number;
  /** seconds before the first byte of a message */
  readonly latency: number;
};

/** Bytes that each GPU sends, and receives, when a ring adds gradients up: in n − 1 messages, and n − 1 more with sums. */
export const ringBytes = (gradients: number, gpus: number): number =>
  (2 * (gpus - 1) * gradients) / gpus;

/** Seconds of that. */
export const ringSeconds = (
  gradients: number,
  { gpus, bandwidth, latency }: Omit<Cluster, 'flops'>,
): number => 2 * (gpus - 1) * latency + ringBytes(gradients, gpus) / bandwidth;

/** A step in seconds: computing, exchanging, and both, where exchanging goes on beside the backward pass. */
export type Taken = {
  readonly computing: number;
  readonly exchanging: number;
  readonly all: number;
};

/** Gradients are exchanged as soon as there are so many bytes of them. */
const bucket = 25 * 2 ** 20;

/** The time of a step with so many pictures on each GPU. */
export const stepTime = (layers: readonly Layer[], pictures: number, cluster: Cluster): Taken => {
  const seconds = (macs: number): number => (2 * macs * pictures) / cluster.flops;
  let now = layers.reduce((sum, { forward }) => sum + seconds(forward), 0);
  let [waiting, exchanging, linkFree] = [0, 0, 0];
  for (const [i, { gradients, backward }] of layers.toReversed().entries()) {
    now += seconds(backward);
    waiting += gradients;
    const isLast = i === layers.length - 1;
    if (waiting === 0 || (waiting < bucket && !isLast)) continue;
    const takes = cluster.gpus === 1 ? 0 : ringSeconds(waiting, cluster);
    linkFree = Math.max(linkFree, now) + takes;
    exchanging += takes;
    waiting = 0;
  }
  return { computing: now, exchanging, all: Math.max(now, linkFree) };
};

// ------------------------------------------------------------------------------------------------ from static graphs

/** Kernels that are sums of products; everything else is not counted. */
const products = /^(Conv2D|DepthwiseConv2dNative|MatMul)(Backprop.*)?$/;

const productsByLayer = ({ calls }: KernelProgram): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { kernel, path } of calls)
    if (products.test(kernel.op)) counts.set(path, (counts.get(path) ?? 0) + 1);
  return counts;
};

const how: How = {
  optimiser: sgd({ momentum: 0.9, nesterov: false, weightDecay: 5e-4 }),
  ...{ smoothing: 0, sideLosses: {}, trains: () => true },
  decays: (weight) => weight === 'kernel',
};

/** The layers of a net. A step has so many products of each layer for every one of the forward pass. */
export const layersOf = (graph: Graph, step: Step): readonly Layer[] => {
  const [before, all] = [productsByLayer(kernels(graph)), productsByLayer(step.program)];
  return factsOf(graph).map(({ node: { path }, params, macs: counted }) => {
    const macs = sure(counted, `multiply–adds of ${path}`);
    const own = before.get(path) ?? 0;
    const more = own === 0 ? 0 : (all.get(path) ?? own) / own - 1;
    return { gradients: 4 * params, forward: macs, backward: more * macs };
  });
};

type Named = { readonly name: string; readonly file: string; readonly net: string };
const nets: readonly Named[] = [
  { name: 'AlexNet (2014)', file: 'examples/alexnet.net', net: 'AlexNet2014' },
  { name: 'VGG-A', file: 'examples/vgg.net', net: 'A' },
  { name: 'VGG-D', file: 'examples/vgg.net', net: 'D' },
  { name: 'VGG-E', file: 'examples/vgg.net', net: 'E' },
  { name: 'ResNet-50', file: 'examples/resnet.net', net: 'ResNet50' },
  { name: 'ResNet-152', file: 'examples/resnet.net', net: 'ResNet152' },
  { name: 'DenseNet-121', file: 'examples/densenet.net', net: 'DenseNet121' },
  { name: 'MobileNetV2', file: 'examples/mobilenet_v2.net', net: 'MobileNetV2' },
];

/** Pictures of the recipe's batch, as the VGG paper has it, and of a GPU where each has as many. */
const [whole, each] = [256, 64];

/** What GPUs are joined by. None of these was measured. */
const inside = { name: 'NVLink', bandwidth: 150e9, latency: 10e-6 };
const fast = { name: '200 Gbit/s', bandwidth: 25e9, latency: 20e-6 };
const slow = { name: '10 Gbit/s', bandwidth: 1.25e9, latency: 50e-6 };
const flops = 30e12;
const links = [
  { gpus: 4, ...inside },
  { gpus: 64, ...fast },
  { gpus: 64, ...slow },
];

const table = (rows: readonly (readonly string[])[]): string => {
  const [head = []] = rows;
  const rule = head.map((_, i) => (i === 0 ? '---' : '--:'));
  return [head, rule, ...rows.slice(1)].map((row) => `| ${row.join(' | ')} |`).join('\n');
};
const megabytes = (n: number): string => `${Math.round(n / 1e6).toLocaleString('en')} MB`;
const ms = (seconds: number): string => `${(1000 * seconds).toFixed(seconds < 0.01 ? 1 : 0)} ms`;

const made = () =>
  nets.map(({ name, file, net }) => {
    const { nets: all } = sure(resultOf(accept(files, file)), file);
    const typed = sure(
      all.find((one) => one.name === net),
      net,
    );
    const graph = there(graphOf(typed, { h: 224, w: 224, asked: typed.span }));
    const step = there(trainingStep(graph, how));
    const { program } = step;
    const planned = plan(program, shapesOfInputs(program, each, [224, 224, 3]));
    const bytes = planned.peakBytes + planned.weightBytes;
    return { name, bytes, layers: layersOf(graph, step) };
  });
type Made = ReturnType<typeof made>[number];

const sum = (layers: readonly Layer[], of: (layer: Layer) => number): number =>
  layers.reduce((n, layer) => n + of(layer), 0);

const bytesTable = (all: readonly Made[]): string =>
  table([
    ['net', 'gradients', 'sent on 4 GPUs', 'on 64', 'GMACs forward', 'backward', `memory, ${each}`],
    ...all.map(({ name, bytes, layers }) => {
      const gradients = sum(layers, (l) => l.gradients);
      const forward = sum(layers, (l) => l.forward);
      return [
        name,
        megabytes(gradients),
        ...[4, 64].map((gpus) => megabytes(ringBytes(gradients, gpus))),
        (forward / 1e9).toFixed(2),
        `× ${(sum(layers, (l) => l.backward) / forward).toFixed(3)}`,
        `${(bytes / 1e9).toFixed(1)} GB`,
      ];
    }),
  ]);

/** `130 ms, 48 ×`: a step, and the pictures a second against one GPU. */
const timeTable = (all: readonly Made[], pictures: (gpus: number) => number): string => {
  const one = { gpus: 1, flops, bandwidth: 1, latency: 0 };
  return table([
    ['net', '1 GPU', ...links.map(({ gpus, name }) => `${gpus} GPUs, ${name}`)],
    ...all.map(({ name, layers }) => {
      const alone = stepTime(layers, pictures(1), one);
      return [
        name,
        ms(alone.all),
        ...links.map((link) => {
          const { gpus } = link;
          const taken = stepTime(layers, pictures(gpus), { ...link, flops });
          const faster = (alone.all / pictures(1) / taken.all) * pictures(gpus) * gpus;
          return `${ms(taken.all)}, ${faster.toFixed(1)} ×`;
        }),
      ];
    }),
  ]);
};

/** Four GPUs of 2014 on one board, by a guess of what they sustained. The paper says 3.75 times. */
const asInPaper = (all: readonly Made[]): string => {
  const layers = all.find(({ name }) => name === 'VGG-D')!.layers;
  const board = { gpus: 4, flops: 3e12, bandwidth: 6e9, latency: 20e-6 };
  const { computing, exchanging, all: both } = stepTime(layers, each, board);
  const times = (seconds: number): string => ((4 * computing) / seconds).toFixed(2);
  return `VGG-D with ${each} pictures on each: ${ms(computing)} to compute, ${ms(exchanging)} to exchange; ${times(computing + exchanging)} times one GPU where one comes after the other, ${times(both)} where they go on together.`;
};

/** The document with its tables made anew, each behind its marker. */
export const withTables = (page: string): string => {
  const all = made();
  const parts: { readonly [marker: string]: string } = {
    bytes: bytesTable(all),
    batch: timeTable(all, (gpus) => whole / gpus),
    each: timeTable(all, () => each),
    paper: asInPaper(all),
  };
  return withParts(page, parts);
};
