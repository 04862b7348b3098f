/** The state of one check: what was found, what is known already, and how far it may go. */
import type { Diagnostic, Label } from '../diagnostic/diagnostic.ts';
import { error } from '../diagnostic/diagnostic.ts';
import type { Span } from '../syntax/source.ts';
import type { Argument } from '../syntax/tree.ts';
import type { Scope } from './scope.ts';
import type { Typed } from './typed.ts';
import type { Value } from './values.ts';

/** Bounds of one compilation; a flag may raise them, source text never does. */
export type Limits = {
  readonly repetitions: number; // of one `n x f`
  readonly layers: number; // of one net, written out
  readonly params: number;
  readonly elements: number; // of one tensor, and any dimension
  readonly calls: number; // nested in each other
  readonly milliseconds: number;
};

export const defaultLimits: Limits = {
  repetitions: 10_000,
  layers: 1_000_000,
  params: 2 ** 33,
  elements: 2 ** 31 - 1,
  calls: 256,
  milliseconds: 10_000,
};

export type Context = {
  readonly limits: Limits;
  readonly report: (d: Diagnostic) => void;
  readonly found: () => readonly Diagnostic[];
  /** Runs a question whose faults are not the user's: nothing is reported. */
  readonly silently: <A>(question: () => A) => A;
  /** A key for a remembered value, unique in the program. */
  readonly freshKey: () => number;
  /** Calls under way, the innermost last: to point at where a faulty body was used. */
  readonly calls: Span[];
  /** How deep calls and the arguments they wait for nest. */
  readonly depth: () => number;
  readonly nested: <A>(step: () => A) => A;
  /** Scopes of calls and of `where`, by what makes them. */
  readonly scopes: Map<string, Scope>;
  /** The text of a place. */
  readonly text: (span: Span) => string;
  /** `params(D)` and its like, in assertions. */
  readonly fact: (name: string, given: readonly Argument[], scope: Scope, span: Span) => Value;
  /** Layers already checked: the same call with the same arguments and input. */
  readonly memo: Map<string, Typed>;
  /** False, with one report, when the time for one compile is over. */
  readonly inTime: (place: Span) => boolean;
};

/** One mistake gives one message: a second fault of the same kind at the same place is the same mistake. */
const identity = (d: Diagnostic): string =>
  `${d.code} ${d.primary.span.path} ${d.primary.span.start} ${d.primary.span.end}`;

export const newContext = (
  text: Context['text'],
  fact: (cx: Context) => Context['fact'],
  limits: Limits = defaultLimits,
  now: () => number = Date.now,
): Context => {
  const found: Diagnostic[] = [];
  const seen = new Set<string>();
  const end = now() + limits.milliseconds;
  let silent = 0;
  let key = 0;
  let late = false;
  const calls: Span[] = [];
  let waiting = 0;
  const report = (d: Diagnostic): void => {
    if (silent > 0 || seen.has(identity(d))) return;
    seen.add(identity(d));
    found.push(d);
  };
  const cx: Context = {
    limits,
    report,
    found: () => found,
    silently: (question) => {
      silent++;
      try {
        return question();
      } finally {
        silent--;
      }
    },
    freshKey: () => key++,
    calls,
    depth: () => calls.length + waiting,
    nested: (step) => {
      waiting++;
      try {
        return step();
      } finally {
        waiting--;
      }
    },
    scopes: new Map(),
    text,
    fact: (...question) => fact(cx)(...question),
    memo: new Map(),
    inTime: (place) => {
      if (!late && now() > end) {
        late = true;
        report(
          error(
            'E0403',
            place,
            `this takes longer than ${limits.milliseconds / 1000} seconds to check`,
          ),
        );
      }
      return !late;
    },
  };
  return cx;
};

/** The calls that led to the layer in question, as labels, the innermost first. */
export const callLabels = (cx: Context): readonly Label[] =>
  cx.calls
    .slice(-3)
    .reverse()
    .map((span) => ({ span, message: 'called here' }));
