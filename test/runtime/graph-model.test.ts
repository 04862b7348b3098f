/** What `netc compile` writes is opened by tf.loadGraphModel and gives the numbers of `netc run`. */
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { graphModel } from '../../src/emit/graph-model/graph-model.ts';
import { interpret } from '../../src/graph/interpret.ts';
import { table } from '../../src/ops/table.ts';
import { image } from '../../src/ops/types.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { calledNames, engine, loadOn, outputsOf } from '../lower/engines.ts';
import {
  branching,
  casesOf,
  distance,
  float64,
  graphOf,
  inputOf,
  vggLike,
  weightsOf,
} from '../lower/graphs.ts';
import { modelOf } from './models.ts';

describe.each(calledNames)('tf.loadGraphModel on %s', (name) => {
  it.each([...table.values()].map((row) => row.name))('computes %s', async (op) => {
    await engine(name);
    await tf.setBackend(name);
    for (const { name: label, graph, inputs } of casesOf(op)) {
      const weights = weightsOf(graph);
      const model = await modelOf(graph);
      for (const input of inputs) {
        const title = `${label}: [${input}]`;
        const x = inputOf([2, ...input]);
        const expected = interpret(graph, float64(x), (path) => float64(weights(path)));
        const output = (await model.predict(x)).get('output')!;
        expect(output.shape, title).toEqual(expected.get('output')!.shape);
        expect(distance(output.data, expected.get('output')!), title).toBeLessThanOrEqual(1);
      }
      model.dispose();
    }
  });

  it.each([
    ['a small VGG', vggLike, [32, 32, 3]],
    ['branches and two outputs', branching, [20, 24, 8]],
  ] as const)('gives the numbers of the executor for %s', async (_, net, size) => {
    const on = await engine(name);
    const x = inputOf([2, ...size]);
    const loaded = loadOn(on, net());
    const outputs = await outputsOf(loaded, x);
    loaded.dispose();
    await tf.setBackend(name);
    for (const fused of [true, false]) {
      const model = await modelOf(net(), fused);
      const results = await model.predict(x);
      model.dispose();
      expect([...results.keys()]).toEqual(outputs.map((o) => o.name));
      for (const { name: output, shape, data } of outputs) {
        expect(results.get(output)!.shape).toEqual(shape);
        const expected = { shape, data: Float64Array.from(data) };
        expect(distance(results.get(output)!.data, expected)).toBeLessThanOrEqual(1);
      }
    }
  });
});

it('is opened by its address, as the files lie on a server', async () => {
  const graph = graphOf(image(24, 24, 4), (b) => {
    b.op('flatten');
    return b.op('fc', { units: 700 }); // 6 MiB: two shards
  });
  const on = await engine('wasm');
  const x = inputOf([1, 24, 24, 4]);
  const loaded = loadOn(on, graph);
  const [expected] = await outputsOf(loaded, x);
  loaded.dispose();
  const model = graphModel(kernels(graph), { generatedBy: 'netc test' });
  const files = new Map([['/model.json', Buffer.from(JSON.stringify(model.json))]]);
  for (const { path, bytes } of model.shards(weightsOf(graph)))
    files.set(`/${path}`, Buffer.from(bytes));
  expect(files.size).toBe(3);
  const server = createServer((request, response) => {
    response.end(files.get(request.url ?? ''));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await tf.setBackend('wasm');
  const opened = await loadGraphModel(`http://127.0.0.1:${port}/model.json`);
  const result = opened.predict(tf.tensor(x.data, [...x.shape]));
  if (!(result instanceof tf.Tensor)) throw new Error('one output was expected');
  expect(
    distance(await result.data(), {
      shape: result.shape,
      data: Float64Array.from(expected!.data),
    }),
  ).toBeLessThanOrEqual(1);
  server.close();
});

it('cuts the weights into equal shards, end to end', () => {
  const graph = graphOf(image(16, 16, 8), (b) => {
    b.op('flatten');
    b.op('fc', { units: 1111 });
    return b.op('fc', { units: 1500 });
  });
  const weights = weightsOf(graph);
  const { json, shards } = graphModel(kernels(graph), { generatedBy: 'netc test' });
  const pieces = [...shards(weights)].map((s) => ({ ...s, bytes: Buffer.from(s.bytes) }));
  expect(pieces.map((p) => p.path)).toEqual([1, 2, 3, 4].map((i) => `group1-shard${i}of4.bin`));
  expect(pieces.map((p) => p.path)).toEqual(json.weightsManifest[0]!.paths);
  for (const { bytes } of pieces.slice(0, -1)) expect(bytes.length).toBe(4 * 1024 * 1024);
  expect(pieces.at(-1)!.bytes.length).toBeLessThanOrEqual(4 * 1024 * 1024);
  const whole = Buffer.concat(pieces.map((p) => p.bytes));
  let at = 0;
  for (const { name, shape } of json.weightsManifest[0]!.weights) {
    const size = 4 * shape.reduce((a, b) => a * b, 1);
    if (name.startsWith('N/')) {
      const { buffer, byteOffset } = weights(name).data;
      expect(whole.subarray(at, at + size).equals(Buffer.from(buffer, byteOffset, size))).toBe(
        true,
      );
    }
    at += size;
  }
  expect(at).toBe(whole.length);
});

it('keeps outputs apart that are one value, and names that are taken', () => {
  const graph = graphOf(image(2, 2, 1), (b) => ({ output: b.op('relu'), input: 1, twin: 1 }));
  const { signature, modelTopology } = graphModel(kernels(graph), {
    generatedBy: 'netc test',
  }).json;
  expect(Object.keys(signature.outputs)).toEqual(['output', 'input', 'twin']);
  const nodes = modelTopology.node.map((n) => n.name);
  expect(new Set(nodes).size).toBe(nodes.length);
});
