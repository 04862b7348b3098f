/** A plan, kernel by kernel: each value is freed after its last use. */
import { Bug } from '../../diagnostic/bug.ts';
import type { ValueId } from '../../graph/graph.ts';
import { isView } from '../../kernel/table.ts';
import type { Plan } from '../../lower/plan.ts';
import type { CalledEngine, HeldOperand } from './engine.ts';

/** Values by their numbers. */
export type Values<V> = Map<ValueId, V>;

/**
 * Runs a plan and gives each remaining value by its number. `owned` holds the inputs and every computed value that must
 * be freed, also after a throw; `stored` is only read.
 */
export const walk = <V>(
  engine: Pick<CalledEngine<V>, 'call' | 'free'>,
  { program, steps }: Plan,
  stored: ReadonlyMap<ValueId, V>,
  owned: Values<V>,
): ((id: ValueId) => V) => {
  const views: Values<V> = new Map();
  const at = (id: ValueId): V => {
    const value = owned.get(id) ?? stored.get(id) ?? views.get(id);
    if (value === undefined) throw new Bug(`value ${id} of ${program.net} is not there`);
    return value;
  };
  for (const { call, operands, results, frees } of steps) {
    // without a spread, which costs more than the rest of a call
    const on = call.operands.map(({ id, of }, i): HeldOperand<V> => {
      const { shape, batched } = operands[i]!;
      return { shape, batched, value: of === 'value' ? at(id) : undefined };
    });
    const seen = isView(call.kernel) ? on[0]?.value : undefined;
    const made = seen === undefined ? engine.call(call.kernel, on, results) : [seen];
    const to = seen === undefined ? owned : views;
    call.outputs.forEach((id, i) => to.set(id, made[i]!));
    for (const id of frees) {
      const value = owned.get(id);
      owned.delete(id);
      if (value !== undefined) engine.free(value);
    }
  }
  return at;
};
