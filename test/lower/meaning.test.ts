/** A row's reference and the kernels that it lowers to mean the same, fused or not: in float64, to the last digits. */
import { expect, it } from 'vitest';
import type { Graph } from '../../src/graph/graph.ts';
import { interpret } from '../../src/graph/interpret.ts';
import { fuse } from '../../src/lower/fuse.ts';
import type { Tensor } from '../../src/numeric/tensor.ts';
import { table } from '../../src/ops/table.ts';
import { evaluate } from '../../src/runtime/engines/reference.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { branching, casesOf, float64, inputOf, vggLike, weightsOf } from './graphs.ts';

const check = (graph: Graph, size: readonly number[], title: string): void => {
  const weights = weightsOf(graph);
  const weight = (path: string): Tensor => float64(weights(path));
  const x = float64(inputOf([3, ...size]));
  const expected = interpret(graph, x, weight);
  for (const program of [kernels(graph), fuse(kernels(graph))]) {
    const outputs = evaluate(program, { input: x }, weight);
    program.outputs.forEach(({ name }, i) => {
      const [found, meant] = [outputs[i]!, expected.get(name)!];
      expect(found.shape, title).toEqual(meant.shape);
      const off = found.data.map((a, k) => Math.abs(a - meant.data[k]!) / (1 + Math.abs(a)));
      expect(Math.max(...off), title).toBeLessThanOrEqual(1e-9);
    });
  }
};

it.each([...table.values()].map((row) => row.name))('%s', (op) => {
  for (const { name, graph, inputs } of casesOf(op))
    for (const size of inputs) check(graph, size, `${name} [${size}]`);
});

it('whole nets', () => {
  check(vggLike(), [32, 32, 3], 'a small VGG');
  check(branching(), [20, 24, 8], 'branches, a residual and two outputs');
});
