/** The state of one check: what was found, what is known already, and how far it may go. */
import type { Diagnostic, Label } from '../../diagnostic/diagnostic.ts';
import { error } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../syntax/source.ts';
import type { Argument, Expr, Definition } from '../../syntax/tree.ts';
import type { FactName } from './fact-names.ts';
import type { Trial } from './trial.ts';
import { unknown, type Kind, type Value, type Scope } from './values.ts';
import { defaultLimits, type Limits } from '../../diagnostic/limits.ts';
import { grouped } from '../../numeric/figures.ts';

/** A result with what was reported on the way to it. */
export type Heard<A> = { readonly value: A; readonly heard: readonly Diagnostic[] };

export type Context = {
  readonly limits: Limits;
  readonly report: (d: Diagnostic) => void;
  readonly found: () => readonly Diagnostic[];
  /** Takes a step and keeps its reports back: for `tell`, or for nobody. */
  readonly heard: <A>(step: () => A) => Heard<A>;
  /** The result, with its reports made now. */
  readonly tell: <A>(kept: Heard<A>) => A;
  /** A key for a remembered value, unique in the program. */
  readonly freshKey: () => number;
  /** Calls under way, the innermost last: to point at where a faulty body was used. */
  readonly calls: Span[];
  /** Takes a step inside a call or an argument that one waits for; undefined, with a report, when too deep. */
  readonly calling: <A>(place: Span, step: () => A) => A | undefined;
  /** Takes a step inside an expression; undefined, with a report, when they nest too deep or no steps are left. */
  readonly within: <A>(place: Span, step: () => A) => A | undefined;
  /** Counts work as so many steps. Whether that is within the limit: that it is not is reported (E0403). */
  readonly spend: (place: Span, steps: number) => boolean;
  /** Whether some more names may be compared with a mistyped one: many of both would take for ever. */
  readonly mayCompare: (names: number) => boolean;
  /** The text of a place. */
  readonly text: (span: Span) => string;
  /** What an expression means: what `evaluate` does, for those who stand below it. */
  readonly evaluate: (cx: Context, expr: Expr, scope: Scope) => Value;
  /** `params(D)` and its like, in assertions. */
  readonly fact: (name: FactName, given: readonly Argument[], scope: Scope, span: Span) => Value;
  /** What to import for a pass of this name that netc ships, if it does. */
  readonly shipped: (pass: string) => string | undefined;
  /** Scopes of calls and of `where`, by what makes them. */
  readonly scopes: Map<string, Heard<Scope>>;
  /** Values already computed: the same expression in the same scope. */
  readonly values: Map<string, Heard<Value>>;
  /** Scopes of the calls that chains make, by the same keys; undefined where calls nest too deep. */
  readonly opened: Map<string, Heard<Scope | undefined>>;
  /** Kinds already found, by the same keys; unknown while it is being found. */
  readonly kinds: Map<string, Kind>;
  /** Where a definition is tried without its arguments. */
  readonly trial?: Trial;
  /** Definitions that use themselves, which mean nothing. */
  readonly recursive: Set<Definition>;
};

/**
 * What is known under a key, else what `compute` finds. Its faults are told again each time: the first
 * question may have been asked where faults are of no interest.
 */
export const once = <K, A>(cx: Context, known: Map<K, Heard<A>>, key: K, compute: () => A): A => {
  const before = known.get(key);
  if (before !== undefined) return cx.tell(before);
  const kept = cx.heard(compute);
  known.set(key, kept);
  return cx.tell(kept);
};

/** A value that is computed once, when first wanted; `circular` answers when it wants itself. */
export const lazily = (
  cx: Context,
  place: Span,
  compute: () => Value,
  circular: () => Value = () => unknown,
): (() => Value) => {
  let state: 'new' | 'running' | Heard<Value> = 'new';
  return () => {
    if (state === 'running') return circular();
    if (state === 'new') {
      state = 'running';
      state = cx.heard(() => cx.within(place, compute) ?? unknown);
    }
    return cx.tell(state);
  };
};

/** One mistake gives one message: a second fault of the same kind at the same place is the same mistake. */
const identity = (d: Diagnostic): string =>
  `${d.code} ${d.primary.span.path} ${d.primary.span.start} ${d.primary.span.end}`;

/** A list of faults, each once. */
const faults = (): { readonly found: Diagnostic[]; readonly add: (d: Diagnostic) => void } => {
  const found: Diagnostic[] = [];
  const seen = new Set<string>();
  return {
    found,
    add: (d) => {
      if (seen.has(identity(d))) return;
      seen.add(identity(d));
      found.push(d);
    },
  };
};

const none: readonly Diagnostic[] = [];

/** Names compared in search of near ones, in one check. */
const MOST_COMPARED = 1_000_000;

/** What those who stand above the context do for it. */
export type Above = Pick<Context, 'evaluate' | 'fact' | 'shipped'>;

/** `text` gives the text of a place. */
export const newContext = (
  text: Context['text'],
  { evaluate, fact, shipped }: Above,
  limits: Limits = defaultLimits,
): Context => {
  const all = faults();
  /** of the steps under way; made when the first fault is heard, for most hear none */
  let listening: { heard: ReturnType<typeof faults> | undefined } | undefined;
  const calls: Span[] = [];
  let waiting = 0; // calls, and arguments that calls wait for
  let depth = 0;
  let spent = 0;
  let deep = false;
  let key = 0;
  let compared = 0;

  const report = (d: Diagnostic): void => {
    if (listening === undefined) all.add(d);
    else (listening.heard ??= faults()).add(d);
  };

  const spend = (place: Span, steps: number): boolean => {
    const before = spent;
    spent += steps;
    // once: what is given up behind it is the same mistake
    if (spent > limits.steps && before <= limits.steps)
      all.add(
        error('E0403', place, `this takes more than ${grouped(limits.steps)} steps to check`),
      );
    return spent <= limits.steps;
  };

  return {
    limits,
    report,
    found: () => all.found,
    heard: (step) => {
      const outer = listening;
      const own: NonNullable<typeof listening> = { heard: undefined };
      listening = own;
      try {
        const value = step();
        return { value, heard: own.heard?.found ?? none };
      } finally {
        listening = outer;
      }
    },
    tell: ({ value, heard }) => {
      heard.forEach(report);
      return value;
    },
    freshKey: () => key++,
    calls,
    calling: (place, step) => {
      if (waiting >= limits.calls) {
        report(
          error('E0308', place, `calls nest deeper than ${limits.calls} here`, {
            notes: ['a layer that is handed to itself never ends'],
          }),
        );
        return undefined;
      }
      waiting++;
      try {
        return step();
      } finally {
        waiting--;
      }
    },
    within: (place, step) => {
      if (depth >= limits.depth) {
        // what is given up on the way out is the same mistake; and somebody must hear of it
        if (!deep) all.add(error('E0104', place, 'definitions and brackets nest too deep here'));
        deep = true;
        return undefined;
      }
      if (!spend(place, 1)) return undefined;
      depth++;
      try {
        return step();
      } finally {
        depth--;
      }
    },
    spend,
    mayCompare: (names) => (compared += names) <= MOST_COMPARED,
    text,
    evaluate,
    fact,
    shipped,
    scopes: new Map(),
    values: new Map(),
    opened: new Map(),
    kinds: new Map(),
    recursive: new Set(),
  };
};

/** The calls that led to the layer in question, as labels, the innermost first. */
export const callLabels = (cx: Context): readonly Label[] =>
  cx.calls
    .slice(-3)
    .reverse()
    .map((span) => ({ span, message: 'called here' }));
