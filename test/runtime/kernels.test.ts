/** Every engine computes every kernel as its reference does. */
import { describe, expect, it } from 'vitest';
import { resultsOn } from '../kernel/on-engine.ts';
import { kernelCases, kernelNames, referenceOf } from '../kernel/samples.ts';
import { engine, engineNames } from '../lower/engines.ts';
import { distance } from '../lower/graphs.ts';

describe.each(engineNames)('%s computes', (name) => {
  it.each(kernelNames)('%s', async (op) => {
    const on = await engine(name);
    const before = on.memory();
    for (const c of kernelCases(op)) {
      const found = await resultsOn(on, c);
      for (const [i, expected] of referenceOf(c).entries())
        expect(distance(found[i]!, expected), c.title).toBeLessThanOrEqual(1);
    }
    expect(on.memory()).toEqual(before);
  });
});
