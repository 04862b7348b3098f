/** What PyTorch's steps of training did (training.py), and the same of netc: nets, weights, batches. */
import type { Graph, GraphWeight } from '../../src/graph/graph.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { adam, adamw, sgd, type Optimiser } from '../../src/lower/training/optimisers.ts';
import type { How, Step } from '../../src/lower/training/step.ts';
import { fillNormal, uniform, words } from '../../src/numeric/random.ts';
import { elements } from '../../src/numeric/tensor.ts';
import { example } from '../programs.ts';
import { netNamed, trainingFixture } from './oracle.ts';

/** The nets of training.py, narrow; each ends in softmax over ten classes. */
const sources: { readonly [name: string]: string } = {
  vgg_d: `
def stage(n, c) = block { n x (conv3-c; relu); maxpool2 }
net N : [32, 32, 3] -> [10] {
  stage(2, 4); stage(2, 8); stage(3, 16); stage(3, 32); stage(3, 32)
  flatten; 2x (fc-32; relu; dropout-0.5); fc-10; softmax
}`,
  resnet18: `
import "resnet.net"
net N : [33, 33, 3] -> [10] {
  conv_bn7-4/2; relu; maxpool3/2(pad = 1)
  basics(2, 4, 1); basics(2, 8, 2); basics(2, 16, 2); basics(2, 32, 2)
  gap; fc-10; softmax
}`,
  googlenet: `
def act(..p) = conv(..p); relu
def inception(c1, r3, c3, r5, c5, p) =
    act1-c1 | (act1-r3; act3-c3) | (act1-r5; act5-c5) | (maxpool3/1(pad = same); act1-p)
def auxiliary { avgpool5/3; act1-8; flatten; fc-16; relu; dropout-0.7; fc-10; softmax }
net N : [48, 48, 3] -> [10] {
  act7-8/2; maxpool3/2(round = ceil); lrn
  act1-8; act3-12
  inception(4, 6, 8, 2, 4, 4)
  also aux1 { auxiliary }
  inception(6, 6, 8, 2, 4, 6)
  also aux2 { auxiliary }
  maxpool3/2(round = ceil)
  inception(8, 6, 8, 2, 4, 8)
  gap; dropout-0.4; fc-10; softmax
}`,
  densenet: `
import "densenet.net"
net N : [64, 64, 3] -> [10] = densenet(4, 8, 2, 2, 2, 2, 10)`,
  mobilenet_v2: `
import "mobilenet_v2.net"
def six(..p) = std.conv(..p, bias = false); batchnorm; relu6
net N : [32, 32, 3] -> [10] {
  six3-8/2
  row(1, 8, 1, 1); row(6, 8, 2, 2); row(6, 12, 2, 2); row(6, 16, 2, 1)
  six1-64; gap; dropout-0.2; fc-10; softmax
}`,
  small: `
net N : [12, 12, 3] -> [10] {
  conv3-6(bias = false); batchnorm; relu; maxpool2; conv3-8; relu; maxpool2; flatten; fc-10; softmax
}`,
};

/** One file of fixtures/training. Numbers are float64 in base64. */
export type TrainingFixture = {
  readonly batch: number;
  readonly steps: number;
  readonly size: number;
  readonly decay: number;
  readonly all: boolean;
  readonly smoothing: number;
  readonly clip: number | null;
  readonly sides: { readonly [output: string]: number };
  readonly rates: readonly number[];
  readonly losses: string;
  readonly norms: string;
  readonly tensors: readonly {
    readonly kind: string;
    readonly shape: readonly number[];
    readonly moved: string; // the largest, and the root of the sum of squares
    readonly samples: string; // at i · 7919 mod its size
  }[];
};

const optimisers: { readonly [name: string]: (weightDecay: number) => Optimiser } = {
  ten_nesterov: (weightDecay) => sgd({ momentum: 0.9, nesterov: true, weightDecay }),
  ten_adam: (weightDecay) => adam({ beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay }),
  ten_adamw: (weightDecay) => adamw({ beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay }),
};

/** A case: its net, how it is trained, and where it begins. */
export const trainingCase = (name: string) => {
  const expected = trainingFixture(name);
  const text = sources[name] ?? sources['small']!;
  const files = ['resnet.net', 'densenet.net', 'mobilenet_v2.net'];
  const all = Object.fromEntries(files.map((file) => [file, example(file)]));
  const graph = netNamed({ ...all, 'n.net': text }, 'n.net', 'N');
  const { decay, clip, smoothing, sides } = expected;
  const how: How = {
    optimiser:
      optimisers[name]?.(decay) ?? sgd({ momentum: 0.9, nesterov: false, weightDecay: decay }),
    ...(clip === null ? {} : { clip }),
    decays: (weight) => expected.all || weight === 'kernel',
    smoothing,
    sideLosses: sides,
    trains: () => true,
  };
  return { expected, graph, how, begin: weightsOf(name, graph) };
};

const stream = (purpose: string) =>
  words({ seed: 1, purpose: `training:${purpose}`, epoch: 0, index: 0 });

const normals = (purpose: string, shape: readonly number[], spread: number): HostTensor => {
  const data = new Float32Array(elements(shape));
  fillNormal(stream(purpose), data, spread);
  return { shape, data };
};

/** The weights of a graph in its order, which is that of the layers of training.py. */
export const weightsInOrder = (graph: Graph): readonly GraphWeight[] =>
  graph.nodes.flatMap(({ weights }) => weights);

const weightsOf = (name: string, graph: Graph): ReadonlyMap<string, HostTensor> =>
  new Map(
    weightsInOrder(graph).map(({ path, spec }, i) => {
      const purpose = `${name}/${i}`;
      const { shape } = spec;
      if (spec.name === 'gamma' || spec.name === 'variance') {
        const draw = stream(purpose);
        const half = () => 0.5 + uniform(draw);
        return [path, { shape, data: Float32Array.from({ length: elements(shape) }, half) }];
      }
      const spread = spec.name === 'kernel' ? Math.sqrt(2 / elements(shape.slice(0, -1))) : 0.1;
      return [path, normals(purpose, shape, spread)];
    }),
  );

/** The inputs of a step, from 0: pictures, labels, masks, and the numbers of the optimiser. */
export const inputsAt = (
  name: string,
  { batch, size, rates }: TrainingFixture,
  { program, masks, numbers }: Step,
  step: number,
): { readonly [name: string]: HostTensor } => {
  const labels = new Float32Array(batch * 10);
  for (let i = 0; i < batch; i++) labels[10 * i + ((7 * i + 3 * step) % 10)] = 1;
  const drawn = masks.map(({ name: input, keep }, i) => {
    const shape = [batch, ...program.inputs.find((p) => p.name === input)!.shape.map(Number)];
    const draw = stream(`${name}/mask${i}/${step}`);
    const rate = 1 - keep;
    const data = Float32Array.from({ length: elements(shape) }, () =>
      Math.fround(uniform(draw)) >= Math.fround(rate) ? 1 / keep : 0,
    );
    return [input, { shape, data }] as const;
  });
  const given = Object.entries(numbers({ rate: rates[step]!, step: step + 1 })).map(
    ([input, n]) => [input, { shape: [], data: Float32Array.of(n) }] as const,
  );
  return {
    input: normals(`${name}/input/${step}`, [batch, size, size, 3], 1),
    labels: { shape: [batch, 10], data: labels },
    ...Object.fromEntries([...drawn, ...given]),
  };
};
