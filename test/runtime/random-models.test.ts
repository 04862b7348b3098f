/**
 * Whole programs, from the text to the numbers: what `netc run` computes on each engine, and what the compiled model
 * does when `tf.loadGraphModel` has opened it on each backend, is what the float64 reference gives for the net as it is
 * written, at every output.
 */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { kernelsOf } from '../../src/compile.ts';
import { identity } from '../../src/ops/roles.ts';
import { table } from '../../src/ops/table.ts';
import { sourceWeights } from '../../src/rewrite/match/weight-values.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { calledNames, engine, engineNames, loadProgram, outputsOf } from '../lower/engines.ts';
import { distance } from '../lower/graphs.ts';
import { modelOfProgram } from './models.ts';
import { caseOf, type RandomCase } from './random-cases.ts';

const count = process.env['NETC_DEEP'] === undefined ? 500 : 2000;
const first = Number(process.env['NETC_FIRST'] ?? 0);

const compared = (found: ReadonlyMap<string, HostTensor>, c: RandomCase): readonly string[] =>
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
