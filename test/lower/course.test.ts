/** The course of memory is that of the plan: what is alive at the peak, by layer, adds up to the peak. */
import { expect, it } from 'vitest';
import { courseOf } from '../../src/lower/course.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { fuse } from '../../src/lower/fuse.ts';
import { plan, type Within } from '../../src/lower/plan.ts';
import { branching, vggLike } from './graphs.ts';

const held: Within = (_, operands) => 4 * (operands[0]?.shape[0] ?? 0);

it.each([
  ['a chain', vggLike(), [1, 32, 32, 3]],
  ['branches', branching(), [2, 20, 24, 8]],
] as const)('of %s', (_, graph, input) => {
  for (const program of [kernels(graph), fuse(kernels(graph))])
    for (const within of [undefined, held]) {
      const planned = plan(program, { input: [...input] }, within);
      const course = courseOf(planned);
      expect(course.live).toEqual(planned.steps.map(({ live }) => live));
      expect(course.live[course.peak]).toBe(planned.peakBytes);
      expect(course.held.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(planned.peakBytes);
      expect(course.held.every(({ bytes }) => bytes > 0)).toBe(true);
      expect(course.layers[course.peak]).toBe(planned.steps[course.peak]!.call.path);
    }
});
