/**
 * VGG-D forward at 224 × 224, batch 1, on wasm: the plan against the same network written by hand with
 * tf.fused.conv2d, in one process, by turns.
 */
import * as tf from '@tensorflow/tfjs-core';
import { fuse } from '../src/lower/fuse.ts';
import type { Graph } from '../src/graph/graph.ts';
import type { HostTensor } from '../src/lower/weight-part.ts';
import { elements } from '../src/numeric/tensor.ts';
import { image } from '../src/ops/types.ts';
import { kernels } from '../src/lower/from-graph.ts';
import { graphOf, numbers } from '../test/lower/graphs.ts';
import { median, type Measured } from './measure.ts';
import { onWasm, type OnWasm } from './on-wasm.ts';
import { addStages } from './stages.ts';

const rounds = 11;
const stages = [
  [64, 2],
  [128, 2],
  [256, 3],
  [512, 3],
  [512, 3],
] as const;
const units = [4096, 4096, 1000] as const;

/** Table 1, column D. */
const vggD = (): Graph =>
  graphOf(image(224, 224, 3), (b) => {
    addStages(b, stages);
    b.op('flatten');
    for (const n of units.slice(0, 2)) {
      b.op('fc', { units: n });
      b.op('relu');
      b.op('dropout');
    }
    b.op('fc', { units: units[2] });
    return b.op('softmax');
  });

/** Uniform with the variance 2/fan, so that activations neither vanish nor explode. */
const kaiming = (graph: Graph): ReadonlyMap<string, HostTensor> => {
  const weights = graph.nodes.flatMap((n) => n.weights);
  return new Map(
    weights.map(({ path, spec: { shape } }, i) => {
      const data = numbers(elements(shape), i + 1);
      const scale = Math.sqrt(1.5 / elements(shape.slice(0, -1)));
      return [path, { shape, data: data.map((x) => (shape.length === 1 ? 0.01 * x : scale * x)) }];
    }),
  );
};

type Run = (data: Float32Array) => Promise<Float32Array>;
type Watch = () => void; // called while the most is allocated

/** As somebody who knows TensorFlow.js writes it: every value is disposed as soon as it has been read. */
const byHand = (weights: ReadonlyMap<string, HostTensor>, watch: Watch): Run => {
  const tensors = [...weights.values()].map((w) => tf.tensor(w.data, [...w.shape]));
  return async (data) => {
    const x = tf.tensor4d(data, [1, 224, 224, 3]);
    let at = 0;
    let y: tf.Tensor = x;
    const next = (value: tf.Tensor): void => {
      watch();
      y.dispose();
      y = value;
    };
    for (const [, count] of stages) {
      for (let i = 0; i < count; i++)
        next(
          tf.fused.conv2d({
            x: y as tf.Tensor4D,
            filter: tensors[at++] as tf.Tensor4D,
            bias: tensors[at++]!,
            strides: 1,
            pad: 'same',
            activation: 'relu',
          }),
        );
      next(tf.maxPool(y as tf.Tensor4D, 2, 2, 'valid'));
    }
    next(tf.reshape(y, [1, -1]));
    for (const activation of ['relu', 'relu', 'linear'] as const)
      next(tf.fused.matMul({ a: y, b: tensors[at++]!, bias: tensors[at++]!, activation }));
    next(tf.softmax(y));
    const result = await y.data<'float32'>();
    y.dispose();
    return result;
  };
};

const planned = (
  on: OnWasm,
  graph: Graph,
  weights: ReadonlyMap<string, HostTensor>,
  watch: Watch,
): Run => {
  const loaded = on.load(fuse(kernels(graph)), (path) => weights.get(path)!, watch);
  return async (data) => {
    const outputs = await loaded.step({ input: { shape: [1, 224, 224, 3], data } });
    return outputs[0]!.data;
  };
};

/** The median milliseconds of each, by turns, and the median of the ratios of neighbours, which a slow spell does not move. */
const rivals = async (data: Float32Array, runs: readonly [Run, Run]) => {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++)
    for (const i of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const start = performance.now();
      await runs[i](data);
      times[i].push(performance.now() - start);
    }
  const ratio = median(times[0].map((ms, round) => ms / times[1][round]!));
  return [median(times[0]), median(times[1]), ratio] as const;
};

export const rows = async (): Promise<readonly Measured[]> => {
  const on = await onWasm();
  const graph = vggD();
  const weights = kaiming(graph);
  const input = numbers(224 * 224 * 3, 99);
  let peak = 0;
  let resting = 0;
  const watch = (): void => {
    peak = Math.max(peak, on.bytes() - resting);
  };
  const runs = [planned(on, graph, weights, watch), byHand(weights, watch)] as const;
  resting = on.bytes();
  const peaks: number[] = [];
  const results: Float32Array[] = [];
  for (const run of runs) {
    peak = 0;
    results.push(await run(input)); // warms up: filters are packed
    peaks.push(peak);
  }
  const off = Math.max(...results[0]!.map((p, i) => Math.abs(p - results[1]![i]!)));
  const [plan, hand, ratio] = await rivals(input, runs);
  const mib = (bytes: number): number => bytes / 1024 ** 2;
  return [
    { name: 'VGG-D forward, plan', value: plan, unit: 'ms', target: '' },
    { name: 'VGG-D forward, by hand', value: hand, unit: 'ms', target: '' },
    { name: 'VGG-D forward, plan / by hand', value: ratio, unit: '', target: '<= 1.03' },
    { name: 'VGG-D peak beside weights, plan', value: mib(peaks[0]!), unit: 'MiB', target: '' },
    { name: 'VGG-D peak beside weights, by hand', value: mib(peaks[1]!), unit: 'MiB', target: '' },
    { name: 'VGG-D peak, plan / by hand', value: peaks[0]! / peaks[1]!, unit: '', target: '<= 1' },
    { name: 'VGG-D, largest difference', value: off, unit: '', target: '<= 1e-6' },
  ];
};
