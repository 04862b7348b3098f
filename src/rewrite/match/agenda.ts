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

/** An attempt as one number. */
type Coded = number;

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
  const watchers = watchersOf();
  const wake = (attempts: readonly Coded[]): void =>
    attempts.forEach((attempt) => push(attempt % count, Math.floor(attempt / count)));
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
    failed: ({ rule, at }) => watchers.add(at * count + rule, live.noted),
    again: ({ rule, at }) => push(rule, at),
    changed: {
      node: (id) => {
        wake(watchers.ofNode(id));
        if (live.has(id)) for (const rule of rulesFor(id)) push(rule, id);
      },
      readers: (id, left) => wake(watchers.ofReaders(id, left)),
    },
  };
};

/** Who waits for what. */
type Watchers = {
  readonly add: (attempt: Coded, noted: Noted) => void;
  /** those that wait for a change of this node; they do so no longer */
  readonly ofNode: (id: ValueId) => readonly Coded[];
  /** those that wait for others to read this value, or for few to do so */
  readonly ofReaders: (id: ValueId, left: number) => readonly Coded[];
};

const watchersOf = (): Watchers => {
  // by the ids of values; of what is crowded, by the most readers too
  const nodes: (Coded[] | undefined)[] = [];
  const readers: (Coded[] | undefined)[] = [];
  const crowded: (Map<number, Coded[]> | undefined)[] = [];
  return {
    add: (attempt, noted) => {
      for (const id of noted.nodes) (nodes[id] ??= []).push(attempt);
      for (const id of noted.readers) (readers[id] ??= []).push(attempt);
      for (const [id, most] of noted.crowded) {
        const known = (crowded[id] ??= new Map<number, Coded[]>());
        const waiting = known.get(most);
        if (waiting === undefined) known.set(most, [attempt]);
        else waiting.push(attempt);
      }
    },
    ofNode: (id) => {
      const waiting = nodes[id] ?? [];
      nodes[id] = undefined;
      return waiting;
    },
    ofReaders: (id, left) => {
      const waiting = [...(readers[id] ?? [])];
      readers[id] = undefined;
      const known = crowded[id];
      for (const [most, attempts] of known ?? []) {
        if (left > most) continue;
        known?.delete(most);
        for (const attempt of attempts) waiting.push(attempt);
      }
      return waiting;
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
