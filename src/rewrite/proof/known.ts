/**
 * What is known of numbers that have no value yet: the symbols of a rule, their bounds, and the inequalities
 * that the left side of a rule states by matching. A number is a polynomial (`typecheck/channels.ts`); what is
 * no polynomial, such as ⌊p/q⌋ with q a symbol, is a symbol of its own, named after what it is made of.
 *
 * Everything here may fail to see that something holds, and never says that it does where it does not.
 */
import {
  isPolynomial,
  minus,
  over,
  plus,
  sameForm,
  showChannels,
  symbol,
  symbolsOf,
  times,
  type Channels,
  type Factor,
  type Polynomial,
} from '../../typecheck/channels.ts';

import type { Symbolic } from './symbolic.ts';

/** Where the value of a symbol is found in a match. `part` is `h`, `top`, `from`, … of an argument. */
export type Origin =
  | { readonly tag: 'variable'; readonly name: string; readonly part: string | undefined }
  | {
      readonly tag: 'carried';
      readonly rest: string;
      readonly parameter: string;
      readonly part: string | undefined;
    }
  | {
      readonly tag: 'argument';
      readonly node: number;
      readonly parameter: string;
      readonly part: string | undefined;
    }
  | { readonly tag: 'size'; readonly node: number; readonly axis: 'h' | 'w' | 'c' }
  /** ⌊of/by⌋ */
  | { readonly tag: 'floor'; readonly of: Channels; readonly by: Channels }
  /** min(0, of) */
  | { readonly tag: 'least'; readonly of: Channels }
  /** the e of ⌊(x + e)/stride⌋ or stride·x + e, for windows whose padding or rounding is open */
  | {
      readonly tag: 'window' | 'spread';
      readonly axis: 'h' | 'w';
      readonly span: Channels;
      readonly stride: Channels;
      readonly pad: Symbolic | undefined;
      readonly round: Symbolic | undefined;
    }
  /** branches that agree for some images, where it is ⌊of/by⌋ */
  | { readonly tag: 'joined'; readonly of: Channels; readonly by: Channels }
  /** nothing but equal to itself: a real number */
  | { readonly tag: 'itself' };

/** A symbol. Both bounds are allowed values. */
export type Atom = {
  readonly min?: number;
  readonly max?: number;
  readonly odd?: boolean;
  /** a height or width, which a net may leave free */
  readonly image?: boolean;
  readonly origin: Origin;
};

/** Facts by the terms that they may take away from a goal: each with its number before that term. */
type Facts = {
  readonly at: number;
  readonly byTerm: ReadonlyMap<string, readonly (readonly [Polynomial, number])[]>;
};

export type Known = {
  readonly atoms: Map<string, Atom>;
  /** each is ≥ 0 */
  readonly facts: Channels[];
  /** what else the left side says, by a text that names it: `g | n` */
  readonly holds: Set<string>;
  /** sizes of the image that are fixed */
  readonly fixed: Set<string>;
  /** symbols that turned out to be something else: n is g·⌊n/g⌋ where g divides it */
  readonly instead: ReadonlyMap<string, Channels>;
  /** what is to be put in their place when everything is looked at again, and the symbols in that */
  readonly found: Map<string, Channels>;
  readonly made: Map<string, Atom>;
  /** steps of proofs that are left */
  steps: number;
  shifted: Facts | undefined;
};

/** Steps that all proofs about one side may take together; each is one subtraction. */
const mostSteps = 2000;

/** `before` is what looking at the rule once has found. */
export const nothingKnown = (
  before: Pick<Known, 'instead' | 'found' | 'made'> | undefined,
): Known => ({
  atoms: new Map(before?.made),
  facts: [],
  holds: new Set(),
  fixed: new Set(),
  instead: new Map([...(before?.instead ?? []), ...(before?.found ?? [])]),
  found: new Map(),
  made: new Map(before?.made),
  steps: mostSteps,
  shifted: undefined,
});

// ----------------------------------------------------------------------------------------- symbols

/** No symbol is made of more than can be written so. */
export const longest = 1000;

/** The symbol of this name, or what stands in its place; its bounds are known from now on. */
export const atom = (k: Known, name: string, what: Atom): Channels => {
  if (name.includes(unclear) || name.length > longest) return 'unknown';
  const before = k.atoms.has(name);
  if (!before) k.atoms.set(name, what);
  const value = replaced(k, symbol(name));
  if (before) return value;
  if (what.max !== undefined) k.facts.push(minus(what.max, value));
  if (what.min !== undefined && k.instead.has(name)) k.facts.push(minus(value, what.min));
  return value;
};

/** No chain of replacements is longer: each takes one symbol away for good. */
const replaced = (k: Known, c: Channels): Channels => {
  let value = c;
  for (let i = 0; i <= k.instead.size; i++) {
    if (![...symbolsOf(value)].some((name) => k.instead.has(name))) return value;
    value = substituted(value, (name) => k.instead.get(name));
  }
  return 'unknown';
};

/** With other numbers for some symbols. */
export const substituted = (
  c: Channels,
  instead: (name: string) => Channels | undefined,
): Channels => {
  if (!isPolynomial(c)) return c;
  const factor = (f: Factor): Channels =>
    f.tag === 'symbol'
      ? (instead(f.name) ?? symbol(f.name))
      : over(substituted(f.of, instead), f.by);
  return c.terms.map((t) => t.factors.map(factor).reduce(times, t.times)).reduce(plus, 0);
};

/** What is written between brackets names one symbol; `*` would read as a product. */
const named = (...parts: readonly string[]): string => parts.join('').replaceAll('*', '·');

/** In the text of what is made of a number that nobody knows; two of these are not equal. */
const unclear = '‽';

/** A text that two equal numbers share, unless it is unclear. */
export const textOf = (c: Channels): string => (c === 'unknown' ? unclear : named(showChannels(c)));

/** That this is so, of what only its text tells. */
export const hold = (k: Known, text: string): void => {
  if (!text.includes(unclear)) k.holds.add(text);
};

const isImage = (k: Known, c: Channels): boolean =>
  [...symbolsOf(c)].some((name) => k.atoms.get(name)?.image === true);

/** ⌊of/by⌋ for by ≥ 1. */
export const floored = (k: Known, of: Channels, by: Channels): Channels => {
  const exact = divided(of, by);
  if (exact !== undefined) return exact;
  if (of === 'unknown' || by === 'unknown') return 'unknown';
  if (typeof by === 'number' && by >= 1) return over(of, by);
  const positive = boundedBelow(k, of, 0) ? { min: 0 } : {};
  return atom(k, named('⌊(', showChannels(of), ')/(', showChannels(by), ')⌋'), {
    ...positive,
    image: isImage(k, of) || isImage(k, by),
    origin: { tag: 'floor', of, by },
  });
};

/** min(0, of) */
export const least = (k: Known, of: Channels): Channels => {
  if (typeof of === 'number') return Math.min(0, of);
  if (of === 'unknown') return of;
  if (boundedBelow(k, of, 0)) return 0;
  if (boundedBelow(k, times(-1, of), 0)) return of;
  return atom(k, named('min⟨0, ', showChannels(of), '⟩'), {
    max: 0,
    origin: { tag: 'least', of },
  });
};

const keyOf = ({ factors }: Pick<Term, 'factors'>): string =>
  factors
    .map((f) => (f.tag === 'symbol' ? f.name : named('⌊', showChannels(f.of), `/${f.by}⌋`)))
    .join('*');

/** of/by where that is a polynomial, which it is for some products of symbols. */
export const divided = (of: Channels, by: Channels): Channels | undefined => {
  if (of === 'unknown' || by === 'unknown' || by === 0) return undefined;
  if (sameForm(of, by)) return 1;
  if (of === 0) return 0;
  const [divisor, second] = isPolynomial(by) ? by.terms : [{ times: by, factors: [] }];
  if (divisor === undefined || second !== undefined) return undefined;
  const terms = isPolynomial(of) ? of.terms : [{ times: of, factors: [] }];
  let whole: Channels = 0;
  for (const term of terms) {
    const left = [...term.factors];
    for (const f of divisor.factors) {
      const key = keyOf({ factors: [f] });
      const at = left.findIndex((g) => keyOf({ factors: [g] }) === key);
      if (at < 0) return undefined;
      left.splice(at, 1);
    }
    if (term.times % divisor.times !== 0) return undefined;
    const rest: Polynomial = { tag: 'polynomial', terms: [{ times: 1, factors: left }] };
    const part = left.length === 0 ? 1 : rest;
    whole = plus(whole, times(term.times / divisor.times, part));
  }
  return whole;
};

// ------------------------------------------------------------------------------------------ proofs

/** With s + min for every symbol of a bound, so that what is left of it is ≥ 0. */
const shift = (k: Known, c: Channels): Channels =>
  substituted(c, (name) => {
    const { min } = k.atoms.get(name) ?? {};
    return min === undefined || min === 0 ? undefined : plus(symbol(name), min);
  });

type Term = Polynomial['terms'][number];

const signedKey = (t: Term): string => `${t.times < 0 ? '-' : '+'}${keyOf(t)}`;

const factsOf = (k: Known): Facts => {
  const at = k.facts.length + k.atoms.size;
  if (k.shifted?.at === at) return k.shifted;
  const all = k.facts.map((f) => shift(k, f)).filter(isPolynomial);
  // what bounds alone say needs no other facts
  const needed = new Map(
    all.filter((f) => worst(k, f) !== undefined).map((f) => [showChannels(f), f] as const),
  );
  const byTerm = new Map<string, (readonly [Polynomial, number])[]>();
  for (const fact of needed.values())
    for (const term of fact.terms) {
      const key = signedKey(term);
      const known = byTerm.get(key);
      if (known === undefined) byTerm.set(key, [[fact, term.times]]);
      else known.push([fact, term.times]);
    }
  k.shifted = { at, byTerm };
  return k.shifted;
};

/** Of shifted numbers: symbols with a lower bound are ≥ 0, others may be anything. */
const isSigned = (k: Known, f: Factor): boolean =>
  f.tag === 'symbol' ? k.atoms.get(f.name)?.min === undefined : !isPositive(k, f.of);

const isPositive = (k: Known, p: Polynomial): boolean => worst(k, p) === undefined;

/** A term that may be below 0. */
const worst = (k: Known, p: Polynomial): Term | undefined =>
  p.terms.find((t) => t.times < 0 || t.factors.some((f) => isSigned(k, f)));

/** From the bounds of the symbols alone. */
const boundedBelow = (k: Known, p: Channels, bound: number): boolean => {
  const rest = shift(k, minus(p, bound));
  return isPolynomial(rest) ? isPositive(k, rest) : rest !== 'unknown' && rest >= 0;
};

/** So many facts are added up at most; few are tried first. */
const deepest = 4;

/** Whether p ≥ bound follows: p − bound is a sum of facts, times whole numbers, and of what is ≥ 0. */
export const isAtLeast = (k: Known, p: Channels, bound: number): boolean => {
  const goal = shift(k, minus(p, bound));
  for (let facts = 0; facts <= deepest; facts++) if (isSumOf(k, goal, facts)) return true;
  return false;
};

const isSumOf = (k: Known, goal: Channels, most: number): boolean => {
  if (goal === 'unknown') return false;
  if (typeof goal === 'number') return goal >= 0;
  const term = worst(k, goal);
  if (term === undefined || most === 0) return term === undefined;
  for (const [fact, each] of factsOf(k).byTerm.get(signedKey(term)) ?? []) {
    if (k.steps-- <= 0) return false;
    const often = Math.max(1, Math.floor(term.times / each));
    if (isSumOf(k, minus(goal, times(often, fact)), most - 1)) return true;
  }
  return false;
};

/** Whether it is the same for every image of one net. */
export const isFixed = (k: Known, c: Channels): boolean =>
  c !== 'unknown' &&
  [...symbolsOf(c)].every((name) => {
    const known = k.atoms.get(name);
    if (known?.image !== true || k.fixed.has(name)) return true;
    return (
      known.origin.tag === 'floor' && isFixed(k, known.origin.of) && isFixed(k, known.origin.by)
    );
  });

/** Whether two numbers are equal: in form, or, where no free size is in them, by what is known. */
export const sameCount = (k: Known, a: Channels, b: Channels): boolean => {
  if (a === 'unknown' || b === 'unknown') return false;
  if (sameForm(a, b)) return true;
  const difference = minus(a, b);
  return (
    isFixed(k, difference) && isAtLeast(k, difference, 0) && isAtLeast(k, times(-1, difference), 0)
  );
};

/** Whether no double is too coarse for it, and no sum or product on the way was. */
export const isExact = (k: Known, c: Channels): boolean =>
  magnitude(k, c) <= Number.MAX_SAFE_INTEGER ||
  (isAtLeast(k, c, -largest) && isAtLeast(k, times(-1, c), -largest));

const largest = 2 ** 31 - 1;

/** No larger than this, whatever the symbols are; Infinity where that is not known. */
export const magnitude = (k: Known, c: Channels): number => {
  if (c === 'unknown') return Infinity;
  if (!isPolynomial(c)) return Math.abs(c);
  const factor = (f: Factor): number => {
    if (f.tag === 'quotient') return magnitude(k, f.of) / f.by + 1;
    const { min, max } = k.atoms.get(f.name) ?? {};
    return min === undefined || max === undefined
      ? Infinity
      : Math.max(Math.abs(min), Math.abs(max));
  };
  return c.terms.reduce(
    (sum, t) => sum + t.factors.reduce((p, f) => p * factor(f), Math.abs(t.times)),
    0,
  );
};

// ------------------------------------------------------------------------------------------- facts

const bare = (c: Channels): string | undefined => {
  const [term, second] = isPolynomial(c) ? c.terms : [];
  const [factor, more] = term?.factors ?? [];
  return term?.times === 1 && second === undefined && more === undefined && factor?.tag === 'symbol'
    ? factor.name
    : undefined;
};

/** That the two are equal: one of them is put in the place of the other, where it is a symbol. */
export const equate = (k: Known, a: Channels, b: Channels): void => {
  if (a === 'unknown' || b === 'unknown' || sameForm(a, b)) return;
  if (!replace(k, a, b) && !replace(k, b, a)) k.facts.push(minus(a, b), minus(b, a));
};

const replace = (k: Known, a: Channels, b: Channels): boolean => {
  const name = bare(a);
  if (name === undefined || k.found.has(name) || symbolsOf(b).has(name)) return false;
  const what = k.atoms.get(name);
  // sizes of the image are no numbers, and what is made of others follows them
  if (what === undefined || what.image === true || isImage(k, b) || isMade(what)) return false;
  k.found.set(name, b);
  return true;
};

const isMade = ({ origin }: Atom): boolean => origin.tag === 'floor' || origin.tag === 'least';

/** That `by` divides `of`. */
export const divides = (k: Known, by: Channels, of: Channels): void => {
  hold(k, `${textOf(by)} | ${textOf(of)}`);
  const name = bare(of);
  const known = name === undefined ? undefined : k.atoms.get(name);
  if (name === undefined || known === undefined || isMade(known) || known.image === true) return;
  if (by === 'unknown' || k.found.has(name) || symbolsOf(by).has(name)) return;
  if (divided(of, by) !== undefined) return;
  const part = `⌊${name}/(${textOf(by)})⌋`;
  const origin = { tag: 'floor', of: symbol(name), by } as const;
  k.made.set(part, { min: 1, ...(known.max === undefined ? {} : { max: known.max }), origin });
  k.found.set(name, times(by, symbol(part)));
};
