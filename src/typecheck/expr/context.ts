/** The state of one check: what was found, what is known already, and how far it may go. */
import type { Label } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../syntax/source.ts';
import type { Argument, Expr, Definition, Word } from '../../syntax/tree.ts';
import type { FactName } from './fact-names.ts';
import { newFuel, type Fuel } from './fuel.ts';
import { newReports, type Reported, type Reports } from './reports.ts';
import type { Trial } from './trial.ts';
import {
  unknown,
  type Entry,
  type Kind,
  type ParameterInfo,
  type Value,
  type Scope,
} from './values.ts';
import { defaultLimits, stepCosts, type Limits } from '../../diagnostic/limits.ts';

/** A call whose body is being checked; `definition` is that of the body, where it is not made by a pass. */
type UnderWay = { readonly span: Span; readonly definition: Definition | undefined };

/** The state of one check of expressions, beside the reports. */
type State = {
  readonly limits: Limits;
  /** Calls under way, the innermost last: to point at where a faulty body was used. */
  readonly calls: UnderWay[];
  /** The text of a place. */
  readonly text: (span: Span) => string;
  /** What an expression means: `evaluate`, for the files that `evaluate` imports. */
  readonly evaluate: (cx: Context, expr: Expr, scope: Scope) => Value;
  /** `params(D)` and its like, in assertions. */
  readonly fact: (name: FactName, given: readonly Argument[], scope: Scope, span: Span) => Value;
  /** What to import for a pass of this name that netc ships, if it does. */
  readonly shipped: ReadonlyMap<string, string>;
  /** Is told what each word means, as often as one is looked up; one that means nothing is reported instead. */
  readonly meant: ((word: Word, entry: Entry) => void) | undefined;
  /** Scopes of calls and of `where`, by what makes them. */
  readonly scopes: Map<string, Reported<Scope>>;
  /** Values already computed: the same expression in the same scope. */
  readonly values: Map<string, Reported<Value>>;
  /** Scopes of the calls that chains make, by the same keys; undefined where calls nest too deep. */
  readonly opened: Map<string, Reported<Scope | undefined>>;
  /** Kinds already found, by the same keys; unknown while it is being found. */
  readonly kinds: Map<string, Kind>;
  /** The parameters that definitions declare. */
  readonly parameters: Map<Definition, readonly ParameterInfo[]>;
  /** Those that every call may fill, behind `..p` too, in the scope where the definition was last asked for. */
  readonly settled: Map<
    Definition,
    { readonly scope: number; readonly parameters: readonly ParameterInfo[] }
  >;
  /** Where a definition is tried without its arguments. */
  readonly trial?: Trial;
  /** Definitions that use themselves; they have no meaning. */
  readonly recursive: Set<Definition>;
};

/** What every step of a check is given. */
export type Context = Reports & Fuel & State;

/** How many results of a kind are kept: those of several thousand lines of networks. */
const MOST_KEPT = 8_192;

/**
 * Keeps a result, and forgets the older half of its kind where there are too many: they would take more memory than a
 * check may have, and are found again if they are asked for.
 */
const keep = <K, A>(known: Map<K, A>, key: K, result: A): void => {
  if (known.size >= MOST_KEPT) {
    let older = MOST_KEPT / 2;
    for (const k of known.keys()) {
      if (older-- === 0) break;
      known.delete(k);
    }
  }
  known.set(key, result);
};

/**
 * The value cached under a key, else the value of `compute`. Its faults are replayed each time: the first caller may
 * have ignored faults.
 */
export const once = <K, A>(
  cx: Context,
  known: Map<K, Reported<A>>,
  key: K,
  compute: () => A,
): A => {
  const before = known.get(key);
  if (before !== undefined) return cx.replay(before);
  const kept = cx.quietly(compute);
  keep(known, key, kept);
  return cx.replay(kept);
};

/** A value that is computed once, when first asked for; `circular` is the answer if it asks for itself. */
export const lazily = (
  cx: Context,
  place: Span,
  compute: () => Value,
  circular: () => Value = () => unknown,
): (() => Value) => {
  // what computes the value goes with the scopes that it holds as soon as it is not needed any more
  let state: (() => Value) | 'running' | Reported<Value> = compute;
  return () => {
    if (state === 'running') return circular();
    if (typeof state === 'function') {
      const step = state;
      state = 'running';
      state = cx.quietly(() => cx.within(place, step) ?? unknown);
    }
    return cx.replay(state);
  };
};

/** Functions of the layers above that the context calls. */
export type Above = Pick<Context, 'evaluate' | 'fact' | 'shipped'>;

/** A check that has not begun. `text` gives the text of a place. */
export const newContext = (
  text: Context['text'],
  { evaluate, fact, shipped }: Above,
  limits: Limits = defaultLimits,
  meant?: Context['meant'],
): Context => {
  const { insist, ...reports } = newReports((d) => fuel.spend(d.primary.span, stepCosts.reported));
  const fuel: Fuel = newFuel(limits, { insist, report: reports.report });
  return {
    limits,
    ...reports,
    ...fuel,
    calls: [],
    text,
    evaluate,
    fact,
    shipped,
    meant,
    scopes: new Map(),
    values: new Map(),
    opened: new Map(),
    kinds: new Map(),
    parameters: new Map(),
    settled: new Map(),
    recursive: new Set(),
  };
};

/** Takes a step as if nobody had called it: the same whoever asks. */
export const uncalled = <A>({ calls }: Context, step: () => A): A => {
  const waiting = calls.splice(0);
  try {
    return step();
  } finally {
    calls.push(...waiting);
  }
};

/** The calls that led to the layer in question, as labels, the innermost first. */
export const callLabels = (cx: Context): readonly Label[] =>
  cx.calls
    .slice(-3)
    .reverse()
    .map(({ span }) => ({ span, message: 'called here' }));
