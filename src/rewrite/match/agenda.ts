/**
 * Where rules are still to be tried. A rule that does not match at a place will not match there until something
 * changes that the search has read; so each change costs as much as what it may affect, and the order of matches is
 * that of a search from the beginning: the first rule that matches anywhere, at its first place in order of execution.
 */
import type { ValueId } from '../../graph/graph.ts';
import { heapOf, type Heap } from './heap.ts';
import type { LiveGraph, Noted, OnChange } from './live-graph.ts';

/** A rule, by its number, and the value that would be its result. */
export type Attempt = { readonly rule: number; readonly at: ValueId };

/** The attempts that are left. */
export type Agenda = {
  /** the next attempt; it is off the agenda then */
  readonly next: () => Attempt | undefined;
  /** the rule did not match there, after what has been noted */
  readonly failed: (attempt: Attempt) => void;
  /** puts back an attempt that succeeded: there may be another match */
  readonly again: (attempt: Attempt) => void;
  readonly changed: OnChange;
};

/** `roots` has the operator of the result of each rule; undefined where that may be any value. */
export const agendaOf = (roots: readonly (string | undefined)[], live: LiveGraph): Agenda => {
  const count = roots.length;
  const places = new Map<string, ValueId[]>();
  const all: ValueId[] = [];
  for (const { id, op } of live.nodes()) {
    all.push(id);
    const alike = places.get(op);
    if (alike === undefined) places.set(op, [id]);
    else alike.push(id);
  }
  const isBefore = (a: ValueId, b: ValueId): boolean => live.place(a) < live.place(b);
  const waiting = roots.map((op) => (op === undefined ? all : (places.get(op) ?? [])));
  const queues = waiting.map((ids) => queueOf(isBefore, ids));
  // no rule before it waits anywhere
  let first = 0;
  const push = (rule: number, at: ValueId): void => {
    queues[rule]!.push(at);
    first = Math.min(first, rule);
  };
  // who has read what, as one number for each attempt
  const watching: { readonly [W in keyof Noted]: (number[] | undefined)[] } = {
    nodes: [],
    readers: [],
  };

  const byRoot = new Map<string, readonly number[]>();
  const rulesFor = (id: ValueId): readonly number[] => {
    const op = live.node(id)!.op;
    const known = byRoot.get(op);
    if (known !== undefined) return known;
    const rules = roots.flatMap((root, i) => (root === undefined || root === op ? [i] : []));
    byRoot.set(op, rules);
    return rules;
  };
  return {
    next: () => {
      for (; first < count; first++) {
        const queue = queues[first]!;
        for (;;) {
          const at = queue.pop();
          if (at === undefined) break;
          // what several changes have put there is together
          while (queue.peek() === at) queue.pop();
          if (live.has(at)) return { rule: first, at };
        }
      }
      return undefined;
    },
    failed: ({ rule, at }) => {
      for (const what of ['nodes', 'readers'] as const)
        for (const id of live.noted[what]) {
          const watchers = watching[what][id];
          if (watchers === undefined) watching[what][id] = [at * count + rule];
          else watchers.push(at * count + rule);
        }
    },
    again: ({ rule, at }) => push(rule, at),
    changed: (id, what) => {
      const watchers = watching[what][id];
      if (watchers !== undefined) {
        watching[what][id] = undefined;
        for (const attempt of watchers) push(attempt % count, Math.floor(attempt / count));
      }
      if (what === 'nodes' && live.has(id)) for (const rule of rulesFor(id)) push(rule, id);
    },
  };
};

/** A heap that begins with values in order: these need not be sorted again. */
const queueOf = (
  isBefore: (a: ValueId, b: ValueId) => boolean,
  first: readonly ValueId[],
): Heap<ValueId> => {
  const more = heapOf(isBefore);
  let at = 0;
  const isFirst = (): boolean => {
    const [own, other] = [first[at], more.peek()];
    return own !== undefined && (other === undefined || !isBefore(other, own));
  };
  return {
    push: more.push,
    peek: () => (isFirst() ? first[at] : more.peek()),
    pop: () => (isFirst() ? first[at++] : more.pop()),
  };
};
