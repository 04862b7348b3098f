/** A plan, kernel by kernel: each value is freed after its last use. */
import { Bug } from '../../diagnostic/bug.ts';
import type { ValueId } from '../../graph/graph.ts';
import { isView } from '../../kernel/table.ts';
import type { Plan, PlannedCall } from '../../lower/plan.ts';
import type { CalledEngine, HeldOperand } from './engine.ts';

/** Values by their numbers. */
export type Values<V> = Map<ValueId, V>;

/** A call of a plan that is done, before what it was the last to read is freed. */
export type Done<V> = { readonly step: PlannedCall; readonly made: readonly V[] };

/** Gives a value of a plan by its number, while it is there. */
type At<V> = (id: ValueId) => V;

/**
 * Runs a plan call by call, and ends with what gives each remaining value by its number. `owned` holds the inputs and
 * every computed value that must be freed, also after a throw; `stored` is only read.
 */
export function* walking<V>(
  engine: Pick<CalledEngine<V>, 'call' | 'free'>,
  { program, steps }: Plan,
  stored: ReadonlyMap<ValueId, V>,
  owned: Values<V>,
): Generator<Done<V>, At<V>> {
  const views: Values<V> = new Map();
  const at: At<V> = (id) => {
    const value = owned.get(id) ?? stored.get(id) ?? views.get(id);
    if (value === undefined) throw new Bug(`value ${id} of ${program.net} is not there`);
    return value;
  };
  for (const step of steps) {
    const { call, operands, results, frees } = step;
    // without a spread, which costs more than the rest of a call
    const on = call.operands.map(({ id, of }, i): HeldOperand<V> => {
      const { shape, batched } = operands[i]!;
      return { shape, batched, value: of === 'value' ? at(id) : undefined };
    });
    const seen = isView(call.kernel) ? on[0]?.value : undefined;
    const made = seen === undefined ? engine.call(call.kernel, on, results) : [seen];
    const to = seen === undefined ? owned : views;
    call.outputs.forEach((id, i) => to.set(id, made[i]!));
    yield { step, made };
    for (const id of frees) {
      const value = owned.get(id);
      owned.delete(id);
      if (value !== undefined) engine.free(value);
    }
  }
  return at;
}

/** Runs a plan to its end. */
export const walk = <V>(...of: Parameters<typeof walking<V>>): At<V> => {
  const calls = walking(...of);
  let next = calls.next();
  while (next.done !== true) next = calls.next();
  return next.value;
};
