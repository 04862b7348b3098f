/** Every engine computes every operator as its reference does, through kernels, fusion and plan. */
import * as Either from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { interpret } from '../../src/graph/interpret.ts';
import { table } from '../../src/ops/table.ts';
import type { LoadedEngine } from '../../src/runtime/engines/engine.ts';
import { engines } from '../../src/runtime/engines/engines.ts';
import { node } from '../../src/runtime/node/host.ts';
import { engine, engineNames, loadOn, outputsOf } from '../lower/engines.ts';
import { casesOf, distance, float64, inputOf, weightsOf, type Case } from '../lower/graphs.ts';

const check = async (on: LoadedEngine, { graph, inputs }: Case): Promise<void> => {
  const weights = weightsOf(graph);
  const before = on.memory();
  const running = loadOn(on, graph);
  for (const input of inputs) {
    const x = inputOf([2, ...input]);
    const expected = interpret(graph, float64(x), (path) => float64(weights(path))).get('output')!;
    const [output] = await outputsOf(running, x);
    expect(output!.shape).toEqual(expected.shape);
    expect(distance(output!.data, expected)).toBeLessThanOrEqual(1);
  }
  running.dispose();
  expect(on.memory()).toEqual(before);
};

describe.each(engineNames)('%s computes', (name) => {
  it.each([...table.values()].map((row) => row.name))('%s', async (op) => {
    const on = await engine(name);
    for (const sample of casesOf(op))
      try {
        await check(on, sample);
      } catch (e) {
        throw new Error(`${sample.name}: ${e instanceof Error ? e.message : String(e)}`);
      }
  });
});

describe('an engine that is not here', () => {
  it('says why, and what would help', async () => {
    for (const { name, load } of engines) {
      const loaded = await load(node);
      if (Either.isRight(loaded)) continue;
      expect(['webgpu', 'tensorflow']).toContain(name);
      expect(loaded.left.reason).not.toBe('');
      expect(loaded.left.remedy).toMatch(/install/);
    }
  });
});
