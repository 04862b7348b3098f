/**
 * Finds the order in which modules are executed, where shapes leave a choice. A net runs through the tree of its modules
 * mostly one branch after the other, and numbers in names count up. So of all ways to give each layer a module of its
 * shapes, this looks for the one that goes the shortest way through the tree, each branch entered before its number
 * is due costing as much as a step. The best few beginnings are followed at a time.
 */
import { Bug } from '../../diagnostic/bug.ts';

/** The numbers of the modules that each layer may take, in the order of execution of the layers. */
export type Choices = readonly (readonly number[])[];

export type Arranged = {
  /** the module of each layer */
  readonly chosen: readonly number[];
  /** layers that could have another module at the same cost */
  readonly tossed: ReadonlySet<number>;
};

/** Beginnings that are followed, and candidates of each that are tried in each direction. */
const beam = (layers: number): number => (layers > 2_000 ? 4 : 16);
const nearest = 4;

/** Branches of one parent that should be done one after the other, and which of them one is. */
type Rank = { readonly family: readonly number[]; readonly at: number };

/** How many older branches are looked at. */
const older = 64;

/** The tree of names: the way to each module, by branches. */
type Tree = {
  readonly ways: readonly (readonly number[])[];
  readonly ranks: readonly Rank[];
  readonly sizes: readonly number[]; // the modules of a branch
};

/** `conv` of `conv12` and of `conv3b`: branches of one stem are in order of their numbers. */
const stemOf = (part: string): string => part.replace(/\d+[a-z]?$/i, '');

const treeOf = (names: readonly string[], anyStem: boolean): Tree => {
  const branches = new Map<string, number>();
  const families = new Map<string, number[]>();
  const ranks: Rank[] = [];
  const sizes: number[] = [];
  const ways = names.map((name) => {
    const parts = name.split('.');
    return parts.map((part, i) => {
      const parent = parts.slice(0, i).join('.');
      const key = `${parent}.${part}`;
      const known = branches.get(key);
      if (known !== undefined) {
        sizes[known]!++;
        return known;
      }
      const branch = sizes.push(1) - 1;
      branches.set(key, branch);
      const stem = `${parent} ${anyStem ? '' : stemOf(part)}`;
      const family = families.get(stem) ?? [];
      families.set(stem, family);
      ranks.push({ family, at: family.push(branch) - 1 });
      return branch;
    });
  });
  return { ways, ranks, sizes };
};

type Trail = { readonly module: number; readonly behind: Trail | undefined };

/** A beginning: what it has cost, and what is left. */
type State = {
  readonly cost: number;
  /** the words that names of neighbours begin with alike */
  readonly likeness: number;
  readonly trail: Trail | undefined;
  readonly left: Int32Array; // the modules of each branch that are not taken yet
  readonly taken: Uint8Array;
  readonly sum: number; // of the modules taken, as numbers drawn for them
  readonly tossed: ReadonlySet<number>;
};

/** How many members two lists begin with alike. */
const shared = <A>(a: readonly A[], b: readonly A[]): number => {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n++;
  return n;
};

/** `enc`, `convs` and `3` of `enc_convs.3`. */
const wordsOf = (name: string): readonly string[] => name.match(/[A-Za-z]+|\d+/g) ?? [];

/** Of the candidates that are left the first ones, and those next to the module before. */
const within = ({ taken, trail }: State, candidates: readonly number[]): readonly number[] => {
  const left = candidates.filter((m) => taken[m] === 0);
  const last = trail?.module ?? -1;
  const at = left.findIndex((m) => m > last);
  const middle = at < 0 ? left.length : at;
  const around = left.slice(Math.max(0, middle - nearest), middle + nearest);
  return [...new Set([...left.slice(0, nearest), ...around])];
};

/** Layers at which two trails of one length differ. */
const differences = (a: Trail | undefined, b: Trail | undefined, layers: number): number[] => {
  const found: number[] = [];
  for (let i = layers - 1; a !== b && i >= 0; i--) {
    if (a?.module !== b?.module) found.push(i);
    a = a?.behind;
    b = b?.behind;
  }
  return found;
};

/** The better of two; where they cost the same, layers at which they differ could be otherwise. */
const better = (a: State, b: State, layers: number): State => {
  const [first, second] =
    a.cost < b.cost || (a.cost === b.cost && a.likeness >= b.likeness) ? [a, b] : [b, a];
  if (first.cost < second.cost) return first;
  const apart = differences(first.trail, second.trail, layers);
  return { ...first, tossed: new Set([...first.tossed, ...apart]) };
};

const mixed = (x: number): number => {
  const once = Math.imul(x ^ (x >>> 16), 0x45d9f3b);
  const twice = Math.imul(once ^ (once >>> 15), 0x2c1b3c6d);
  return (twice ^ (twice >>> 16)) >>> 0;
};

/** A number of 48 bits for a module, so that sums of other modules are other sums. */
const drawn = (module: number): number =>
  mixed(module + 1) * 2 ** 16 + (mixed(module ^ 0x5bd1e995) >>> 16);

/** How a module continues a beginning. */
const continued = (
  state: State,
  module: number,
  { ways, ranks }: Tree,
  words: readonly (readonly string[])[],
): State => {
  const way = ways[module]!;
  const last = state.trail === undefined ? [] : ways[state.trail.module]!;
  const common = shared(last, way);
  const isEarly = (branch: number): boolean => {
    const { family, at } = ranks[branch]!;
    return family.slice(Math.max(0, at - older), at).some((one) => state.left[one]! > 0);
  };
  const early = way.slice(common).filter(isEarly).length;
  const left = state.left.slice();
  for (const branch of way) left[branch]!--;
  const taken = state.taken.slice();
  taken[module] = 1;
  const before = state.trail === undefined ? [] : words[state.trail.module]!;
  return {
    cost: state.cost + last.length + way.length - 2 * common + early,
    likeness: state.likeness + shared(before, words[module]!),
    trail: { module, behind: state.trail },
    left,
    taken,
    sum: (state.sum + drawn(module)) % 2 ** 48,
    tossed: state.tossed,
  };
};

const chosenBy = (trail: Trail | undefined): readonly number[] => {
  const chosen: number[] = [];
  for (let at = trail; at !== undefined; at = at.behind) chosen.push(at.module);
  return chosen.reverse();
};

/** `names` are those of the modules, in their order; with `anyStem` that is the order of definition. */
export const arrange = (names: readonly string[], choices: Choices, anyStem: boolean): Arranged => {
  const [tree, words] = [treeOf(names, anyStem), names.map(wordsOf)];
  const start: State = {
    ...{ cost: 0, likeness: 0, trail: undefined, sum: 0, tossed: new Set<number>() },
    left: Int32Array.from(tree.sizes),
    taken: new Uint8Array(names.length),
  };
  let states: readonly State[] = [start];
  for (const [i, candidates] of choices.entries()) {
    const next = new Map<string, State>();
    for (const state of states)
      for (const module of within(state, candidates)) {
        const made = continued(state, module, tree, words);
        const key = `${made.sum} ${module}`;
        const known = next.get(key);
        next.set(key, known === undefined ? made : better(known, made, i + 1));
      }
    states = [...next.values()]
      .sort((a, b) => a.cost - b.cost || b.likeness - a.likeness)
      .slice(0, beam(choices.length));
  }
  // the way back to the root counts too, so that it does not matter where a way ends
  const home = states.map((state) => ({
    ...state,
    cost: state.cost + (state.trail === undefined ? 0 : tree.ways[state.trail.module]!.length),
  }));
  const [first, ...others] = home;
  if (first === undefined) throw new Bug('a layer without a module is left');
  const best = others.reduce((a, b) => better(a, b, choices.length), first);
  return { chosen: chosenBy(best.trail), tossed: best.tossed };
};
