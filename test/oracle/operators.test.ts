/**
 * An operator computes what PyTorch's layer computes (operators.py), for arguments and shapes drawn at random: the
 * reference to the last digits, and wasm and the GraphModel as far as float32 goes.
 */
import * as tf from '@tensorflow/tfjs-core';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { interpret } from '../../src/graph/interpret.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { fuse } from '../../src/lower/fuse.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { table, type OperatorName } from '../../src/ops/table.ts';
import { image, vectorType } from '../../src/ops/types.ts';
import { load } from '../../src/runtime/engines/session.ts';
import { engine } from '../lower/engines.ts';
import { float64, graphOf } from '../lower/graphs.ts';
import { modelOfProgram } from '../runtime/models.ts';
import { decode, drawn, operatorCases, operatorNames, type OperatorCase } from './oracle.ts';

/** Operators that no layer of PyTorch is compared with, and why. */
const notCompared: { readonly [O in OperatorName]?: string } = {
  scale: 'a product in Python',
  dropout: 'nothing at inference',
  flatten: 'the order of its numbers is netc’s own; nets with a head show that weights fit it',
  crop: 'a slice in Python',
  channels: 'a slice in Python',
  exactly: 'nothing',
  id: 'nothing',
  add: 'a sum in Python',
  multiply: 'a product in Python',
  concat: 'nets with branches show it',
};

/** The layer as a net, its weights by path, and its input. */
const layerOf = (op: OperatorName, name: string, made: OperatorCase) => {
  const [, ...size] = made.input.shape;
  const [h, w, c] = size;
  const type = c === undefined ? vectorType(h!) : image(h!, w!, c);
  const graph = graphOf(type, (b) => b.op(op, made.args));
  const layer = graph.nodes[0]!;
  const shapes = layer.weights.map(({ spec }) => [spec.name, spec.shape] as const);
  expect(Object.fromEntries(shapes), name).toEqual(made.weights);
  const weights = new Map(
    layer.weights.map(({ path, spec }) => {
      const values = drawn(`${name}/${spec.name}`, spec.shape, { spread: 1, middle: 0 });
      return [path, values] as const;
    }),
  );
  return {
    graph,
    weight: (path: string): HostTensor => weights.get(path)!,
    x: drawn(`${name}/input`, made.input.shape, made.input),
  };
};

/** The largest |found − expected| as a part of 1 + |expected|. */
const off = (found: HostTensor | ReturnType<typeof float64>, made: OperatorCase): number => {
  expect(found.shape).toEqual(made.output.shape);
  const expected = decode(made.output.values);
  return expected.reduce((worst, v, i) => {
    const d = Math.abs(found.data[i]! - v) / (1 + Math.abs(v));
    return Number.isNaN(d) ? Infinity : Math.max(worst, d);
  }, 0);
};

const compared = [...table.values()].filter(({ name }) => operatorNames.includes(name));

describe('an operator gives what PyTorch gives', () => {
  it.each(compared.map(({ name }) => name))('%s', async (op) => {
    await engine('wasm');
    await tf.setBackend('wasm');
    for (const [i, made] of operatorCases(op).entries()) {
      const title = `${op}/${i} ${JSON.stringify(made.args)}`;
      const { graph, weight, x } = layerOf(op, `${op}/${i}`, made);
      const values = interpret(graph, float64(x), (path) => float64(weight(path)));
      expect(off(values.get('output')!, made), title).toBeLessThanOrEqual(1e-9);

      const program = fuse(kernels(graph));
      const session = load(await engine('wasm'), program, weight);
      if (E.isLeft(session)) throw new Error('no room');
      const outputs = await session.right.step({ input: x });
      session.right.dispose();
      if (E.isLeft(outputs)) throw new Error('no room');
      expect(off(outputs.right[0]!, made), title).toBeLessThanOrEqual(1e-4);

      const model = await modelOfProgram(program, weight);
      expect(off((await model.predict(x)).get('output')!, made), title).toBeLessThanOrEqual(1e-4);
      model.dispose();
    }
  });

  it('has a fixture, or a reason to have none', () => {
    const stated = [...operatorNames, ...Object.keys(notCompared)].sort();
    expect(stated).toEqual([...table.keys()].sort());
  });

  it('is compared at several values of each parameter', () => {
    const atInference = new Set(['batchnorm channels', 'batchnorm momentum']); // without effect
    for (const row of compared)
      for (const { name } of row.params) {
        const values = operatorCases(row.name).map(({ args }) => JSON.stringify(args[name]));
        const parameter = `${row.name} ${name}`;
        if (!atInference.has(parameter)) expect(new Set(values).size, parameter).toBeGreaterThan(1);
      }
  });
});
