/** A plan, kernel by kernel: each value is freed after its last use. */
import { Bug } from '../../diagnostic/bug.ts';
import type { ValueId } from '../../graph/graph.ts';
import { isView } from '../../kernel/table.ts';
import type { Plan, PlannedCall } from '../../lower/plan.ts';
import type { CalledEngine, HeldOperand, Joined } from './engine.ts';
import { chainsOf, sourcesOf } from './joins.ts';

/** Values by their numbers. */
export type Values<V> = Map<ValueId, V>;

/** A call of a plan that is done, before what it was the last to read is freed. */
export type Done<V> = { readonly step: PlannedCall; readonly made: readonly V[] };

/** What is done at once: a call, or several that an engine joins. */
export type Group<V> = {
  readonly calls: readonly PlannedCall[];
  readonly joined: Joined<V> | undefined;
};

/** The calls of a plan one by one. */
export const singly = <V>({ steps }: Plan): readonly Group<V>[] =>
  steps.map((step) => ({ calls: [step], joined: undefined }));

/** The calls of a plan as an engine joins them. */
export const joining = <V>(
  { join }: Pick<CalledEngine<V>, 'join'>,
  plan: Plan,
): readonly Group<V>[] =>
  join === undefined
    ? singly(plan)
    : chainsOf(plan).flatMap((chain) => {
        const groups: Group<V>[] = [];
        for (let at = 0; at < chain.length;) {
          const joined = join(chain.slice(at));
          const count = joined?.count ?? 1;
          groups.push({ calls: chain.slice(at, at + count), joined });
          at += count;
        }
        return groups;
      });

/** Gives a value of a plan by its number, while it is there. */
type At<V> = (id: ValueId) => V;

/**
 * Runs a plan group by group, and ends with what gives each remaining value by its number. `owned` holds the inputs and
 * every computed value that must be freed, also after a throw; `stored` is only read.
 */
export function* walking<V>(
  engine: Pick<CalledEngine<V>, 'call' | 'free'>,
  { net }: Pick<Plan['program'], 'net'>,
  groups: readonly Group<V>[],
  stored: ReadonlyMap<ValueId, V>,
  owned: Values<V>,
): Generator<Done<V>, At<V>> {
  const views: Values<V> = new Map();
  const at: At<V> = (id) => {
    const value = owned.get(id) ?? stored.get(id) ?? views.get(id);
    if (value === undefined) throw new Bug(`value ${id} of ${net} is not there`);
    return value;
  };
  const held = ({ call, operands }: PlannedCall, i: number): HeldOperand<V> => {
    const [{ id, of }, { shape, batched }] = [call.operands[i]!, operands[i]!];
    return { shape, batched, value: of === 'value' ? at(id) : undefined };
  };
  for (const { calls, joined } of groups) {
    const step = calls[calls.length - 1]!;
    const { call, results } = step;
    if (joined !== undefined) {
      const made = joined.call(operandsOf(calls, held));
      owned.set(call.outputs[0]!, made);
      yield { step, made: [made] };
    } else {
      // without a spread, which costs more than the rest of a call
      const on = call.operands.map((_, i) => held(step, i));
      const seen = isView(call.kernel) ? on[0]?.value : undefined;
      const made = seen === undefined ? engine.call(call.kernel, on, results) : [seen];
      const to = seen === undefined ? owned : views;
      call.outputs.forEach((id, i) => to.set(id, made[i]!));
      yield { step, made };
    }
    for (const { frees } of calls)
      for (const id of frees) {
        const value = owned.get(id);
        owned.delete(id);
        if (value !== undefined) engine.free(value);
      }
  }
  return at;
}

/** The operands of joined calls, but for what is handed on. */
const operandsOf = <V>(
  calls: readonly PlannedCall[],
  held: (call: PlannedCall, i: number) => HeldOperand<V>,
): readonly HeldOperand<V>[] => {
  const sources = sourcesOf(calls);
  return calls.flatMap((call, k) =>
    call.operands.flatMap((_, i) => (sources[k]![i] === 'handed on' ? [] : [held(call, i)])),
  );
};

/** Runs a plan to its end. */
export const walk = <V>(...of: Parameters<typeof walking<V>>): At<V> => {
  const calls = walking(...of);
  let next = calls.next();
  while (next.done !== true) next = calls.next();
  return next.value;
};
