/**
 * Whole programs, from the text to the numbers: what `netc run` computes on each engine, and what the compiled model
 * does when `tf.loadGraphModel` has opened it on each backend, is what the float64 reference gives for the net as it is
 * written, at every output.
 */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { graphOfNet } from '../../src/build/build.ts';
import { kernelsOf } from '../../src/compile.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { interpret } from '../../src/graph/interpret.ts';
import { freed } from '../../src/build/freed.ts';
import { below, words } from '../../src/numeric/random.ts';
import { elements, type Tensor } from '../../src/numeric/tensor.ts';
import { identity } from '../../src/ops/roles.ts';
import { rowOf, table } from '../../src/ops/table.ts';
import { shapeOf } from '../../src/ops/types.ts';
import { hostWeights } from '../../src/rewrite/match/host-weights.ts';
import { sourceWeights } from '../../src/rewrite/match/weight-values.ts';
import { applyPasses, passTable } from '../../src/rewrite/passes.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import type { WeightSpec } from '../../src/ops/row.ts';
import { calledNames, engine, engineNames, loadProgram, outputsOf } from '../lower/engines.ts';
import { distance, float64 } from '../lower/graphs.ts';
import { check } from '../programs.ts';
import { shipped, sound } from '../rewrite/nets.ts';
import { modelOfProgram } from './models.ts';
import { randomText } from './random-texts.ts';

const count = process.env['NETC_DEEP'] === undefined ? 500 : 2000;
const first = Number(process.env['NETC_FIRST'] ?? 0);

const byDefault = passTable.filter((p) => p.byDefault).map((p) => shipped(p.file, p.name));

/** Numbers in [−1, 1) that depend on the purpose alone. */
const uniform = (shape: readonly number[], purpose: string): Float32Array => {
  const draw = words({ seed: 3, purpose, epoch: 0, index: 0 });
  return Float32Array.from({ length: elements(shape) }, () => below(draw, 2 ** 20) / 2 ** 19 - 1);
};

/** Weights that keep numbers about as large as they are: variances are positive, and gammas of both signs. */
const weightFor = (path: string, { name, shape, initial }: WeightSpec): HostTensor => {
  const scale = initial.tag === 'drawn' ? Math.sqrt(3 / initial.fans.in) : 0.5;
  const number = (x: number): number => {
    if (name === 'variance') return 1 + x / 2;
    return name === 'gamma' ? Math.sign(x) - x / 2 : x * scale;
  };
  return { shape, data: uniform(shape, path).map(number) };
};

/** A program with what it is computed on, and the numbers that it must give. */
type Case = {
  readonly text: string;
  readonly source: Graph;
  readonly graph: Graph; // what the default passes leave
  readonly weight: (path: string) => HostTensor;
  readonly x: HostTensor;
  readonly expected: ReadonlyMap<string, Tensor>;
  /** 1, or more where the numbers hang on the last digits of what is between, which float32 does not have */
  readonly within: number;
};

/** 1 or −1, without a pattern. */
const sign = (i: number): number =>
  1 - 2 * (Math.imul(Math.imul(i, 0x9e3779b1) ^ 0x5bd1e995, 0x85ebca6b) >>> 31);

/** What a graph gives where every layer is off by two bits of float32, up and down, as sums of larger numbers are. */
const shaken = (graph: Graph, x: Tensor, weight: (path: string) => Tensor) => {
  const values = new Map<number, Tensor>([[graph.input.id, x]]);
  for (const { id, op, args, inputs, weights } of graph.nodes) {
    const operands = inputs.map((of) => values.get(of)!);
    const named = Object.fromEntries(weights.map((w) => [w.spec.name, weight(w.path)]));
    const y = rowOf(op).reference(args, operands, named);
    const most = y.data.reduce((m, n) => Math.max(m, Math.abs(n)), 0);
    const data = y.data.map(
      (n, i) => n + sign(i + id) * (Math.abs(n) * 2 ** -22 + most * 2 ** -24),
    );
    values.set(id, { ...y, data });
  }
  return new Map(graph.outputs.map(({ name, id }) => [name, values.get(id)!]));
};

/** Undefined where something is no number, such as 0 / 0. */
const caseOf = (seed: number): Case | undefined => {
  const text = randomText(seed);
  const checked = check(text);
  expect(
    checked.found.filter((d) => d.severity === 'error').map((d) => d.message),
    text,
  ).toEqual([]);
  const source = graphOfNet(checked.net('N'));
  const { graph: rewritten } = sound(applyPasses(source, byDefault));
  const free = seed % 3 === 0 ? freed(rewritten) : undefined;
  const graph = free?._tag === 'Right' ? free.right : rewritten;
  const specs = new Map(sourceWeights(source).map((w) => [w.path, w.spec]));
  const read = (path: string): HostTensor => weightFor(path, specs.get(path)!);
  const shape = shapeOf(source.input.type, 2)!;
  const x = { shape, data: uniform(shape, `input ${seed}`) };
  const expected = interpret(source, float64(x), (path) => float64(read(path)));
  const moved = shaken(source, float64(x), (path) => float64(read(path)));
  const off = Array.from(expected, ([name, tensor]) => distance(moved.get(name)!.data, tensor));
  const most = Math.max(...off);
  if (!Number.isFinite(most)) return undefined;
  return {
    text,
    source,
    graph,
    within: most <= 0.3 ? 1 : 10 * most,
    weight: hostWeights(graph, read),
    x,
    expected,
  };
};

const compared = (found: ReadonlyMap<string, HostTensor>, c: Case): readonly string[] =>
  Array.from(c.expected, ([name, tensor]): string | undefined => {
    const output = found.get(name);
    if (output === undefined) return `${name} is missing`;
    if (output.shape.join() !== tensor.shape.join()) return `${name} is [${output.shape.join()}]`;
    const by = distance(output.data, tensor);
    return by <= c.within ? undefined : `${name} is off by ${by}`;
  }).filter((fault) => fault !== undefined);

const named = (outputs: readonly (HostTensor & { readonly name: string })[]) =>
  new Map(outputs.map((o) => [o.name, o]));

describe('random programs', () => {
  it('are computed as written, and so are their models', async () => {
    const engines = await Promise.all(engineNames.map(engine));
    const wrong: string[] = [];
    const used = new Set<string>();
    let [odd, hard, sides, bare] = [0, 0, 0, 0];
    for (let seed = first; seed < first + count; seed++) {
      const c = caseOf(seed);
      if (c === undefined) {
        odd++;
        continue;
      }
      if (c.within > 1) hard++;
      if (c.expected.size > 1) sides++;
      if (sourceWeights(c.graph).length === 0) bare++;
      for (const { op } of c.source.nodes) used.add(op);
      const program = kernelsOf(c.graph);
      for (const on of engines) {
        const loaded = loadProgram(on, program, c.weight);
        const ran = named(await outputsOf(loaded, c.x));
        loaded.dispose();
        wrong.push(...compared(ran, c).map((w) => `${seed}, run on ${on.name}: ${w}\n${c.text}`));
        if (!calledNames.includes(on.name)) continue; // no backend of TensorFlow.js
        await tf.setBackend(on.name);
        const model = await modelOfProgram(program, c.weight);
        const predicted = await model.predict(c.x);
        model.dispose();
        wrong.push(
          ...compared(predicted, c).map((w) => `${seed}, model on ${on.name}: ${w}\n${c.text}`),
        );
      }
    }
    if (process.env['SHOW']) console.log({ odd, hard, sides, bare, used: used.size });
    expect(wrong).toEqual([]);
    expect([...table.keys()].filter((op) => !used.has(op))).toEqual([identity.name]);
    expect(odd / count).toBeLessThan(0.02);
    expect(hard / count).toBeLessThan(0.08);
    expect(sides / count).toBeGreaterThan(0.1);
    expect(bare / count).toBeGreaterThan(0.1);
  });
});
