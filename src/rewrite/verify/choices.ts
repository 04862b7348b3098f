/**
 * Random decisions that can be taken again: an instance of a rule is a function of a list of numbers, and
 * shrinking a counter-example is making that list smaller. The choice 0 is always the simplest.
 */
import { below, words } from '../../numeric/random.ts';

/** A source of decisions for making nets: drawn at random, replayed, or enumerated. */
export type Choices = {
  /** one of 0 … n − 1 */
  readonly below: (n: number) => number;
  /** one of a list, the simplest first */
  readonly of: <A>(first: A, ...others: readonly A[]) => A;
  /** true once in n times */
  readonly once: (n: number) => boolean;
  /** a height or a width */
  readonly side: () => number;
  /** the decisions so far, and the number of options of each */
  readonly taken: () => readonly number[];
  readonly bounds: () => readonly number[];
  /** the same decisions from the first one on; what was not decided yet is simple */
  readonly again: () => Choices;
};

type Manner = {
  readonly side: (of: Choices['of']) => number;
  /** the number of options among which an event of odds 1 in n is decided */
  readonly odds: (n: number) => number;
};

const choices = (decide: (n: number) => number, manner: Manner): Choices => {
  const { side, odds } = manner;
  const taken: number[] = [];
  const bounds: number[] = [];
  const next = (n: number): number => {
    const choice = decide(n);
    taken.push(choice);
    bounds.push(n);
    return choice;
  };
  const of: Choices['of'] = (first, ...others) =>
    [first, ...others][next(others.length + 1)] ?? first;
  return {
    below: next,
    of,
    once: (n) => next(odds(n)) === odds(n) - 1,
    side: () => side(of),
    taken: () => taken,
    bounds: () => bounds,
    again: () => replayed([...taken], manner),
  };
};

/** The decisions of instance `index` of a rule. */
export const drawn = (seed: number, purpose: string, index: number): Choices => {
  const draw = words({ seed, purpose: `verify:${purpose}`, epoch: 0, index });
  return choices((n) => (n <= 1 ? 0 : below(draw, n)), byChance);
};

/**
 * Replays decisions; after the end of the list it takes the simplest ones. Decisions with one option are in the list
 * too, as they are in `taken`: otherwise all that follow would be shifted.
 */
export const replayed = (list: readonly number[], manner = byChance): Choices => {
  let at = 0;
  return choices((n) => Math.max(0, Math.min(list[at++] ?? 0, n - 1)), manner);
};

/** Odd sizes, even ones and a single pixel; now and then one that many windows fit into. */
const byChance: Manner = {
  side: (of) => of(1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 14, 21),
  odds: (n) => n,
};

/** Most layers take the first size; it does not matter when sizes are left free afterwards. */
const oneByOne: Manner = { side: (of) => of(12, 7, 1), odds: () => 2 };

/**
 * Enumerates lists of decisions, the simplest first, `most` at most: all decisions simple, then one that is not, then
 * two, and so on. `visit` returns whether it has seen enough.
 */
export const inTurn = (most: number, visit: (choose: Choices) => boolean): void => {
  // the decisions of an earlier list up to a place, and another choice there
  const waiting: { readonly like: readonly number[]; at: number; choice: number }[] = [];
  for (let next = -1; next < waiting.length; next++) {
    const decided = waiting[next];
    const list =
      decided === undefined ? [] : [...decided.like.slice(0, decided.at), decided.choice];
    const choose = replayed(list, oneByOne);
    if (visit(choose)) return;
    const [like, bounds] = [choose.taken(), choose.bounds()];
    for (let at = list.length; at < like.length; at++)
      for (let choice = 1; choice < (bounds[at] ?? 1) && waiting.length < most; choice++)
        waiting.push({ like, at, choice });
  }
};
