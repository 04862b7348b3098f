/** Whether netc computes what torchvision computes: fixtures against the reference and against wasm. */
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { fuse } from '../../src/lower/fuse.ts';
import { interpret } from '../../src/graph/interpret.ts';
import { load } from '../../src/runtime/engines/session.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { engine } from '../lower/engines.ts';
import { float64 } from '../lower/graphs.ts';
import { decode, prepared, type Fixture } from './oracle.ts';

type Values = { readonly shape: readonly number[]; readonly data: ArrayLike<number> };

/** The largest |found − expected| over the largest |expected|, of the output and of each stage. */
const errors = (expected: Fixture, value: (name: string) => Values) => {
  const off = (found: (i: number) => number, values: Float64Array, largest: number): number =>
    values.reduce((worst, v, i) => {
      const d = Math.abs(found(i) - v) / largest;
      return Number.isNaN(d) ? Infinity : Math.max(worst, d);
    }, 0);
  const output = value('output');
  expect(output.shape).toEqual(expected.output.shape);
  const logits = decode(expected.output.values);
  const stages = expected.stages.map(({ module, shape, largest, samples }) => {
    const found = value(module);
    expect(found.shape).toEqual(shape);
    const at = (i: number): number => found.data[(i * 7919) % found.data.length]!;
    return [module, off(at, decode(samples), largest)] as const;
  });
  const largest = logits.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return [...stages, ['output', off((i) => output.data[i]!, logits, largest)] as const];
};

/** Names the first layer that differs. */
const expectWithin = (found: ReturnType<typeof errors>, tolerance: number): void =>
  expect(found.filter(([, d]) => d > tolerance)).toEqual([]);

/**
 * Each fixture as a test: the reference in float64 shows that the definition is the same, and wasm that it is still so
 * when it is run.
 */
export const compare = (names: readonly string[]): void =>
  it.each(names)('%s', { timeout: 300_000 }, async (name) => {
    const { expected, graph, byPath, sum, input } = prepared(name);
    expect(sum).toBe(expected.weights);
    const weight = (path: string) => byPath.get(path)!;
    const values = interpret(graph, float64(input), (path) => float64(weight(path)));
    expectWithin(
      errors(expected, (n) => values.get(n)!),
      1e-9,
    );
    const wasm = load(await engine('wasm'), fuse(kernels(graph)), weight);
    if (E.isLeft(wasm)) throw new Error('no room');
    const outputs = await wasm.right.step({ input });
    wasm.right.dispose();
    if (E.isLeft(outputs)) throw new Error('no room');
    expectWithin(
      errors(expected, (n) => outputs.right.find((o) => o.name === n)!),
      1e-4,
    );
  });
