/** GraphModels as tf.loadGraphModel opens them, for the tests. */
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { graphModel, type ModelJson } from '../../src/emit/graph-model/graph-model.ts';
import { fuse } from '../../src/lower/fuse.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { KernelProgram } from '../../src/lower/kernels.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { weightsOf } from '../lower/graphs.ts';

/** As the loader reads it from files: parsed JSON, and the shards one after the other. */
const opened = async (model: ReturnType<typeof graphModel>, weights: (p: string) => HostTensor) => {
  const json = JSON.parse(JSON.stringify(model.json)) as ModelJson;
  const shards = [...model.shards(weights)];
  expect(shards.map((s) => s.path)).toEqual(json.weightsManifest.flatMap((g) => g.paths));
  return loadGraphModel({
    load: async () => ({
      format: json.format,
      generatedBy: json.generatedBy,
      convertedBy: json.convertedBy,
      signature: json.signature,
      modelTopology: json.modelTopology,
      weightSpecs: json.weightsManifest.flatMap((g) =>
        g.weights.map((w) => ({ ...w, shape: [...w.shape] })),
      ),
      weightData: new Uint8Array(Buffer.concat(shards.map((s) => s.bytes))).buffer,
    }),
  });
};

/** The model of a graph on the backend that is current; `predict` gives the outputs by name. */
export const modelOf = (graph: Graph, fused = true) => {
  const program = kernels(graph);
  return modelOfProgram(fused ? fuse(program) : program, weightsOf(graph));
};

/** The same of a program. */
export const modelOfProgram = async (
  program: KernelProgram,
  weights: (path: string) => HostTensor,
) => {
  const written = graphModel(program, { generatedBy: 'netc test' });
  const model = await opened(written, weights);
  const names = Object.keys(written.json.signature.outputs);
  const nodes = names.map((n) => written.json.signature.outputs[n]!.name);
  const predict = async (x: HostTensor): Promise<ReadonlyMap<string, HostTensor>> => {
    const input = tf.tensor(x.data, [...x.shape]);
    const result = model.execute({ input }, nodes);
    const tensors = Array.isArray(result) ? result : [result];
    const entries = await Promise.all(
      tensors.map(async (t, i) => {
        const data = Float32Array.from(await t.data());
        return [names[i]!, { shape: [...t.shape], data }] as const;
      }),
    );
    for (const t of [...tensors, input]) t.dispose();
    return new Map(entries);
  };
  return { predict, dispose: () => model.dispose() };
};
