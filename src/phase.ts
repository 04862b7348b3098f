/**
 * Phases of the compiler as values. Whoever runs, prints or measures them folds over them, so nobody wires them by
 * hand: `netc dump --after` and `--time` are watchers of the same run.
 */
import { andThen, resultOf, type Checked } from './diagnostic/checked.ts';

const beforePasses = {
  parse: 'the tree of the source',
  check: 'nets with the type of every layer',
  build: 'the graph of each net, as .net again',
} as const;

const withPasses = {
  rewrite: 'the graph that passes leave',
  kernels: 'the operations that engines have, in order of execution',
  plan: 'kernels with lifetimes and memory, for one batch',
} as const;

const forTrainings = {
  derive: 'the step of each training as kernels, with what it keeps and its memory',
} as const;

/** What each phase makes, in the order in which they run; `derive` goes on from `lower`. */
export const phases = { ...beforePasses, ...withPasses, ...forTrainings };

/** The phases whose result depends on the passes that are applied. */
export const phasesWithPasses = Object.keys(withPasses);

/** The name of a phase, as `netc dump --after` takes it. */
export type PhaseName = keyof typeof phases;

/** How much there is of what a phase made: `[5, 'net']`. */
export type Amount = readonly [count: number, unit: string];

/** One phase. */
export type Phase<In, Out> = {
  readonly name: PhaseName;
  readonly run: (input: In) => Checked<Out>;
  /** what it made, as text in lines of this width */
  readonly show: (made: Out, width: number) => string;
  readonly amounts: (made: Out) => readonly Amount[];
};

/** What a phase made, for those who do not know its type. */
export type Made = {
  readonly phase: PhaseName;
  readonly show: (width: number) => string;
  readonly amounts: () => readonly Amount[];
};

/** Sees phases run: called before each, and with what it made, if it made anything. */
export type Watch = {
  readonly before: (phase: PhaseName) => void;
  readonly after: (phase: PhaseName, made: Made | undefined) => void;
};

/** Sees nothing. */
export const unwatched: Watch = { before: () => {}, after: () => {} };

/** One phase, or several in a row. Nobody watches unless somebody is given. */
export type Line<In, Out> = (input: In, watch?: Watch) => Checked<Out>;

/** A phase that is watched. */
export const line =
  <In, Out>({ name, run, show, amounts }: Phase<In, Out>): Line<In, Out> =>
  (input, watch = unwatched) => {
    watch.before(name);
    const result = run(input);
    const made = resultOf(result);
    watch.after(
      name,
      made === undefined
        ? undefined
        : { phase: name, show: (width) => show(made, width), amounts: () => amounts(made) },
    );
    return result;
  };

/**
 * Goes on with what the first makes. What both find is kept, in order. Its name is not `then`, because `import()` takes
 * a module that exports a function of that name for a promise.
 */
export const followedBy =
  <A, B, C>(first: Line<A, B>, next: Line<B, C>): Line<A, C> =>
  (input, watch) =>
    andThen(first(input, watch), (made) => next(made, watch));
