/** Every engine computes every operator as its reference does, through kernels, fusion and plan. */
import * as Either from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { fuse } from '../../src/lower/fuse.ts';
import { interpret } from '../../src/lower/interpret.ts';
import { kernels } from '../../src/lower/kernels.ts';
import { rowOf, table } from '../../src/ops/table.ts';
import type { LoadedEngine } from '../../src/runtime/engines/engine.ts';
import { engines } from '../../src/runtime/engines/engines.ts';
import { engine, engineNames, loadOn, outputsOf } from '../lower/engines.ts';
import { casesOf, distance, float64, inputOf, weightsOf, type Case } from '../lower/graphs.ts';

/** Whether the case has kernels at all: some rows need to know the size. */
const check = async (on: LoadedEngine, { graph, input }: Case): Promise<boolean> => {
  const program = kernels(graph);
  if (Either.isLeft(program)) return false;
  const x = inputOf([2, ...input]);
  const weights = weightsOf(graph);
  const expected = interpret(graph, float64(x), (path) => float64(weights(path))).get('output')!;
  const before = on.memory();
  const running = loadOn(on, graph, fuse(program.right));
  const [output] = await outputsOf(running, x);
  running.dispose();
  expect(output!.shape).toEqual(expected.shape);
  expect(distance(output!.data, expected)).toBeLessThanOrEqual(1);
  expect(on.memory()).toEqual(before);
  return true;
};

describe.each(engineNames)('%s computes', (name) => {
  it.each([...table.keys()])('%s', async (op) => {
    const on = await engine(name);
    let ran = 0;
    for (const sample of casesOf(op))
      try {
        if (await check(on, sample)) ran++;
      } catch (e) {
        throw new Error(`${sample.name}: ${e instanceof Error ? e.message : String(e)}`);
      }
    expect(ran).toBeGreaterThanOrEqual(rowOf(op).samples.length);
  });
});

describe('an engine that is not here', () => {
  it('says why, and what would help', async () => {
    for (const { name, load } of engines) {
      const loaded = await load();
      if (Either.isRight(loaded)) continue;
      expect(['webgpu', 'tensorflow']).toContain(name);
      expect(loaded.left.reason).not.toBe('');
      expect(loaded.left.remedy).toMatch(/install/);
    }
  });
});
