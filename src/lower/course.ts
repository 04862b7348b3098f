/** The course of memory over a plan: how much is alive at each call, and what that is where it is most. */
import type { ValueId } from '../graph/graph.ts';
import { bytesOf } from '../kernel/shape.ts';
import { isView } from '../kernel/table.ts';
import type { Plan } from './plan.ts';

/** Bytes of a layer that are alive together; of inputs the name stands for the layer. */
type Held = { readonly layer: string; readonly bytes: number };

/** What is alive over the calls of a plan, in bytes; weights excepted. */
export type Course = {
  /** while each call runs */
  readonly live: readonly number[];
  /** the layer of each call */
  readonly layers: readonly string[];
  /** the first call at which it is most */
  readonly peak: number;
  /** what is alive at that call, by the layer that made it, the most first; the sum is what is alive then */
  readonly held: readonly Held[];
  readonly weights: number;
};

/** What an engine holds within a call is of no layer. */
const withinCall = 'within the kernel itself';

/** The course of a plan. */
export const courseOf = ({ program, inputs, steps, weightBytes }: Plan): Course => {
  const live = steps.map((step) => step.live);
  const peak = live.reduce((best, bytes, i) => (bytes > live[best]! ? i : best), 0);
  const alive = new Map<ValueId, Held>();
  program.inputs.forEach(({ id, name }, i) =>
    alive.set(id, { layer: name, bytes: bytesOf(inputs[i]!) }),
  );
  for (const [i, { call, results, frees }] of steps.slice(0, peak + 1).entries()) {
    if (!isView(call.kernel))
      call.outputs.forEach((id, k) =>
        alive.set(id, { layer: call.path, bytes: bytesOf(results[k]!) }),
      );
    if (i < peak) for (const id of frees) alive.delete(id);
  }
  const sums = new Map<string, number>();
  const within = { layer: withinCall, bytes: steps[peak]?.within ?? 0 };
  for (const { layer, bytes } of [...alive.values(), within])
    sums.set(layer, (sums.get(layer) ?? 0) + bytes);
  const held = Array.from(sums, ([layer, bytes]) => ({ layer, bytes }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
  return { live, layers: steps.map(({ call }) => call.path), peak, held, weights: weightBytes };
};
