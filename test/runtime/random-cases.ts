/** Random programs with weights, inputs, and what they give in float64. */
import { expect } from 'vitest';
import { graphOfNet } from '../../src/build/build.ts';
import { freed } from '../../src/build/freed.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { interpret } from '../../src/graph/interpret.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { below, words } from '../../src/numeric/random.ts';
import { elements, type Tensor } from '../../src/numeric/tensor.ts';
import type { WeightSpec } from '../../src/ops/row.ts';
import { rowOf } from '../../src/ops/table.ts';
import { shapeOf } from '../../src/ops/types.ts';
import { hostWeights } from '../../src/rewrite/match/host-weights.ts';
import { sourceWeights } from '../../src/rewrite/match/weight-values.ts';
import { applyPasses, passTable } from '../../src/rewrite/passes.ts';
import { distance, float64 } from '../lower/graphs.ts';
import { check } from '../programs.ts';
import { shipped, sound } from '../rewrite/nets.ts';
import { randomText } from './random-texts.ts';

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
export type RandomCase = {
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

/** The program of a seed; undefined where something is no number, such as 0 / 0. */
export const caseOf = (seed: number): RandomCase | undefined => {
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
