/** What every engine is compared in with the float64 references; 1 is the largest distance that is allowed. */
import * as E from 'fp-ts/lib/Either.js';
import { graphOfNet } from '../../src/build/build.ts';
import { kernelsOf } from '../../src/compile.ts';
import { interpret } from '../../src/graph/interpret.ts';
import { kernelTable } from '../../src/kernel/table.ts';
import { fuse } from '../../src/lower/fuse.ts';
import { shapesOfInputs } from '../../src/lower/plan.ts';
import { sgd } from '../../src/lower/training/optimisers.ts';
import { trainingStep } from '../../src/lower/training/step.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { elements } from '../../src/numeric/tensor.ts';
import { square } from '../../src/ops/parts/args.ts';
import { table } from '../../src/ops/table.ts';
import { image } from '../../src/ops/types.ts';
import type { LoadedEngine } from '../../src/runtime/engines/engine.ts';
import { evaluate } from '../../src/runtime/engines/reference.ts';
import { resultsOn } from '../kernel/on-engine.ts';
import { kernelCases, kernelNames, referenceOf } from '../kernel/samples.ts';
import { loadOn, loadProgram, outputsOf, outputsOfAll } from '../lower/engines.ts';
import {
  casesOf,
  distance,
  float64,
  graphOf,
  inputOf,
  numbers,
  weightsOf,
} from '../lower/graphs.ts';
import { check } from '../programs.ts';
import { caseOf } from '../runtime/random-cases.ts';
import { examples } from './examples.ts';

/** One kind of cases: the distance of each on an engine. */
export type Part = {
  readonly name: string;
  readonly long?: true; // where a GPU is played: minutes
  readonly distances: (on: LoadedEngine) => Promise<readonly number[]>;
};

const kernelsThat = (name: string, training: boolean): Part => ({
  name,
  distances: async (on) => {
    const all: number[] = [];
    for (const op of kernelNames.filter((o) => (kernelTable[o].training === true) === training))
      for (const c of kernelCases(op)) {
        const found = await resultsOn(on, c);
        all.push(...referenceOf(c).map((expected, i) => distance(found[i]!, expected)));
      }
    return all;
  },
});

const operators: Part = {
  name: 'operators, for arguments of all kinds',
  distances: async (on) => {
    const all: number[] = [];
    for (const op of table.values())
      for (const { graph, inputs } of casesOf(op.name)) {
        const weights = weightsOf(graph);
        const loaded = loadOn(on, graph);
        for (const input of inputs) {
          const x = inputOf([2, ...input]);
          const expected = interpret(graph, float64(x), (path) => float64(weights(path)));
          const [output] = await outputsOf(loaded, x);
          all.push(distance(output!.data, expected.get('output')!));
        }
        loaded.dispose();
      }
    return all;
  },
};

/** Engines join a convolution with what follows it: every two layers of single numbers. */
const pairs: Part = {
  name: 'a convolution and two activations',
  distances: async (on) => {
    const all: number[] = [];
    const pointwise = [...table.values()].filter(
      ({ elementwise, params }) =>
        elementwise === true && params.every((p) => p.default !== undefined),
    );
    for (const first of pointwise)
      for (const second of pointwise) {
        const graph = graphOf(image(5, 6, 3), (b) => {
          b.op('conv', { size: square(3), channels: 4 });
          b.op(first.name);
          return b.op(second.name);
        });
        const weights = weightsOf(graph);
        const loaded = loadOn(on, graph);
        const x = inputOf([2, 5, 6, 3]);
        const expected = interpret(graph, float64(x), (path) => float64(weights(path)));
        const [output] = await outputsOf(loaded, x);
        loaded.dispose();
        all.push(distance(output!.data, expected.get('output')!));
      }
    return all;
  },
};

const programs: Part = {
  name: 'random programs of all operators',
  distances: async (on) => {
    const all: number[] = [];
    for (let seed = 0; seed < 200; seed++) {
      const c = caseOf(seed);
      if (c === undefined) continue;
      const loaded = loadProgram(on, kernelsOf(c.graph), c.weight);
      const outputs = await outputsOf(loaded, c.x);
      loaded.dispose();
      for (const { name, data } of outputs)
        all.push(distance(data, c.expected.get(name)!) / c.within);
    }
    return all;
  },
};

/**
 * Small nets for pictures of 12 × 12, of all kinds of layers that are trained. Their logits are small: of large ones softmax
 * makes a last digit a thousand times what it was.
 */
const trained: readonly string[] = [
  'flatten; fc-8; tanh; fc-5; softmax',
  'conv3-4; relu; maxpool2; flatten; fc-5; softmax',
  'conv3-8; batchnorm; relu; gap; fc-5; softmax',
  'conv3-8(pad = valid); relu; conv3-8/2; leaky_relu-0.1; gap; fc-5; softmax',
  'conv3-6; (conv3-6; relu; conv3-6) + id; gap; fc-5; softmax',
  'conv1-6; depthwise3; relu6; conv1-6; tanh; avgpool2; flatten; fc-5; softmax',
  'conv3-4; (conv1-4 | conv3-4); lrn; maxpool3/2; gap; fc-5; softmax',
  'conv3-8(groups = 1); layernorm; gelu; conv3-8(dilation = 2); gap; fc-5; softmax',
  'conv3-8/2; deconv2-8/2; groupnorm-2; silu; gap; fc-5; softmax',
  'conv3-4; upsample-2; conv3-4; (id * (gap; fc-4; sigmoid)); prelu; gap; fc-5; softmax',
];

/** All that a step makes: loss, logits, norm, and every state after it. */
const stepOf = async (on: LoadedEngine, layers: string): Promise<readonly number[]> => {
  const graph = graphOfNet(check(`net N : [12, 12, 3] -> [5] { ${layers} }`).net('N'));
  const step = trainingStep(graph, {
    ...{ optimiser: sgd({ momentum: 0.9, nesterov: false, weightDecay: 5e-4 }) },
    ...{ smoothing: 0.1, sideLosses: {}, trains: () => true, decays: () => true },
  });
  if (E.isLeft(step)) throw new Error(step.left.tag);
  const program = fuse(step.right.program);
  const own = weightsOf(graph);
  const paths = new Set(graph.nodes.flatMap(({ weights }) => weights.map((w) => w.path)));
  const shapes = new Map(program.parameters.map(({ path, shape }) => [path, shape]));
  const weight = (path: string): HostTensor => {
    const shape = shapes.get(path)!;
    return paths.has(path) ? own(path) : { shape, data: new Float32Array(elements(shape)) };
  };
  const sized = shapesOfInputs(program, 4, [12, 12, 3]);
  const inputs: { readonly [name: string]: HostTensor } = {
    input: { shape: sized['input']!, data: numbers(4 * 12 * 12 * 3, 1) },
    labels: { shape: [4, 5], data: Float32Array.from({ length: 20 }, (_, i) => +(i % 6 === 0)) },
    rate: { shape: [], data: Float32Array.of(0.1) },
  };
  const exact = Object.entries(inputs).map(([name, t]) => [name, float64(t)] as const);
  const expected = evaluate(program, Object.fromEntries(exact), (path) => float64(weight(path)));
  const session = loadProgram(on, program, weight);
  const found = (await outputsOfAll(session, inputs)).map(({ data }) => data);
  for (const { path, next } of program.state)
    if (next !== undefined) found.push((await session.read(path)).data);
  session.dispose();
  return expected.map((r, i) => distance(found[i]!, r));
};

const steps: Part = {
  name: 'a step of training of ten nets',
  distances: async (on) => {
    const all: number[] = [];
    for (const layers of trained) all.push(...(await stepOf(on, layers)));
    return all;
  },
};

const shipped: Part = {
  name: 'examples at a small size',
  long: true,
  distances: async (on) => {
    const all: number[] = [];
    for (const { graph, weight, x, expected } of examples()) {
      const loaded = loadProgram(on, kernelsOf(graph), weight);
      const outputs = await outputsOf(loaded, x);
      loaded.dispose();
      for (const { name, data } of outputs) all.push(distance(data, expected.get(name)!));
    }
    return all;
  },
};

/** In the order of the table. */
export const parts: readonly Part[] = [
  kernelsThat('kernels that nets are made of', false),
  kernelsThat('kernels of gradients and losses', true),
  operators,
  pairs,
  programs,
  shipped,
  steps,
];
