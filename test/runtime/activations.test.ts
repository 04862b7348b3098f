/** Activations of numbers far from zero, near it and at it: engines are right to a few digits of each number. */
import { describe, expect, it } from 'vitest';
import { interpret } from '../../src/graph/interpret.ts';
import { showCall } from '../../src/ops/show.ts';
import { table } from '../../src/ops/table.ts';
import { vectorType } from '../../src/ops/types.ts';
import { engine, engineNames, loadOn, outputsOf } from '../lower/engines.ts';
import { float64, graphOf, weightsOf } from '../lower/graphs.ts';

const sizes = [0, 1e-6, 1e-3, 0.1, 0.5, 1, 2, 2.999, 3, 5, 8, 20, 50, 100];
const data = Float32Array.from([...sizes, ...sizes.map((x) => -x)]);

/** Each with its defaults, and with what else its row is tested with. */
const activations = [...table.values()]
  .filter((row) => row.elementwise)
  .flatMap((row) => {
    const tested = new Map(row.samples.map(({ args }) => [showCall(row, args), args]));
    return Array.from(tested, ([call, args]) => [call, row.name, args] as const);
  });

/** Half of the digits of float32 are right, or what is wrong is below them beside 1. */
const near = (y: number, expected: number): boolean =>
  Math.abs(y - expected) <= 2e-6 * (1 + Math.abs(expected));

describe.each(engineNames)('%s computes numbers from −100 to 100', (name) => {
  it.each(activations)('with %s', async (_, op, args) => {
    const graph = graphOf(vectorType(data.length), (b) => b.op(op, args));
    const weights = weightsOf(graph);
    const x = { shape: [1, data.length], data };
    const expected = interpret(graph, float64(x), (path) => float64(weights(path))).get(
      'output',
    )!.data;
    const on = await engine(name);
    const running = loadOn(on, graph);
    const [output] = await outputsOf(running, x);
    running.dispose();
    const wrong = [...data].flatMap((at, i) =>
      near(output!.data[i]!, expected[i]!) ? [] : [`${op}(${at}) = ${output!.data[i]}`],
    );
    expect(wrong).toEqual([]);
  });
});
