/**
 * Values in order of execution, kept while rules put new ones in: a list in which each has a label that is larger than
 * that of the one before. A new value gets the label in the middle of its neighbours'. Where labels lie
 * too close for that, those around are spread again, ever more of them until there is room (Bender et al. 2002).
 */
import { Bug } from '../../diagnostic/bug.ts';
import type { ValueId } from '../../graph/graph.ts';

type Entry = {
  readonly id: ValueId;
  label: number;
  before: Entry | undefined;
  after: Entry | undefined;
};

/** A line of values. None is ever taken out, so that two can be compared as long as anybody has them. */
export type Order = {
  /** Larger is later. It may change, and which of two values comes first never does. */
  readonly label: (id: ValueId) => number;
  /** puts a new value right before one that is there */
  readonly insert: (id: ValueId, before: ValueId) => void;
  /** from the first to the last */
  readonly all: () => Iterable<ValueId>;
};

/** Spread again, labels are at least so far apart; they start a whole number apart. */
const apart = 2 ** -12;

/** These values in a line. */
export const orderOf = (values: readonly ValueId[]): Order => {
  // by their ids, which are small
  const entries: (Entry | undefined)[] = [];
  let last: Entry | undefined;
  values.forEach((id, label) => {
    const entry: Entry = { id, label, before: last, after: undefined };
    if (last !== undefined) last.after = entry;
    entries[id] = entry;
    last = entry;
  });
  const entry = (id: ValueId): Entry => {
    const found = entries[id];
    if (found === undefined) throw new Bug(`no value ${id}`);
    return found;
  };
  return {
    label: (id) => entry(id).label,
    insert: (id, before) => {
      const after = entry(before);
      const made: Entry = { id, label: 0, before: after.before, after };
      if (made.before !== undefined) made.before.after = made;
      after.before = made;
      entries[id] = made;
      const low = made.before?.label ?? after.label - 2;
      made.label = (low + after.label) / 2;
      if (!(low < made.label && made.label < after.label)) spread(made);
    },
    *all() {
      for (let at = entries[values[0]!]; at !== undefined; at = at.after) yield at.id;
    },
  };
};

/** Gives new labels to the neighbours of a crowded place, with room between them. */
const spread = (place: Entry): void => {
  let [first, last, count] = [place, place, 1];
  for (;;) {
    for (let more = count; more > 0; more--) {
      if (first.before !== undefined) [first, count] = [first.before, count + 1];
      if (last.after !== undefined) [last, count] = [last.after, count + 1];
    }
    // beyond the ends there is all the room in the world
    const low = first.before?.label ?? (last.after?.label ?? 0) - count - 1;
    const high = last.after?.label ?? low + count + 1;
    const step = (high - low) / (count + 1);
    if (step < apart) continue;
    let label = low;
    for (let at: Entry | undefined = first; at !== last.after && at !== undefined; at = at.after)
      at.label = label += step;
    return;
  }
};
