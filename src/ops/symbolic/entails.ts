/**
 * What follows from what is known. Everything here may fail to see that something holds, and never says that it
 * does where it does not.
 */
import {
  isPolynomial,
  minus,
  plus,
  sameForm,
  showChannels,
  symbol,
  times,
  type Channels,
  type Factor,
  type Polynomial,
} from '../../size/channels.ts';
import { LARGEST } from '../parts/declare.ts';
import type { Facts, Assumptions } from './assumptions.ts';
import { factorAlone, keyOf, substituted, textOf, type Term } from './polynomials.ts';

/** With s + min for every symbol of a bound, so that what is left of it is ≥ 0. */
const shift = (assumed: Assumptions, c: Channels): Channels =>
  substituted(c, (name) => {
    const { min } = assumed.atoms.get(name) ?? {};
    return min === undefined || min === 0 ? undefined : plus(symbol(name), min);
  });

const signedKey = (t: Term): string => `${t.times < 0 ? '-' : '+'}${keyOf(t)}`;

const factsOf = (assumed: Assumptions): Facts => {
  const at = assumed.facts.length + assumed.atoms.size;
  if (assumed.shifted?.at === at) return assumed.shifted;
  const all = assumed.facts.map((f) => shift(assumed, f)).filter(isPolynomial);
  // what bounds alone say needs no other facts
  const needed = new Map(
    all.filter((f) => worst(assumed, f) !== undefined).map((f) => [showChannels(f), f] as const),
  );
  const byTerm = new Map<string, (readonly [Polynomial, number])[]>();
  for (const fact of needed.values())
    for (const term of fact.terms) {
      const key = signedKey(term);
      const known = byTerm.get(key);
      if (known === undefined) byTerm.set(key, [[fact, term.times]]);
      else known.push([fact, term.times]);
    }
  assumed.shifted = { at, byTerm };
  return assumed.shifted;
};

/** Of shifted numbers: symbols with a lower bound are ≥ 0, others may be anything. */
const isSigned = (assumed: Assumptions, f: Factor): boolean =>
  f.tag === 'symbol' ? assumed.atoms.get(f.name)?.min === undefined : !isPositive(assumed, f.of);

const isPositive = (assumed: Assumptions, p: Polynomial): boolean =>
  worst(assumed, p) === undefined;

/** A term that may be below 0. */
const worst = (assumed: Assumptions, p: Polynomial): Term | undefined =>
  p.terms.find((t) => t.times < 0 || t.factors.some((f) => isSigned(assumed, f)));

/** From the bounds of the symbols alone. */
export const boundedBelow = (assumed: Assumptions, p: Channels, bound: number): boolean => {
  const rest = shift(assumed, minus(p, bound));
  return isPolynomial(rest) ? isPositive(assumed, rest) : rest !== 'unknown' && rest >= 0;
};

/** So many facts are added up at most; few are tried first. */
const deepest = 4;

/** Whether p ≥ bound follows: p − bound is a sum of facts, times whole numbers, and of what is ≥ 0. */
export const followsAtLeast = (assumed: Assumptions, p: Channels, bound: number): boolean => {
  const goal = shift(assumed, minus(p, bound));
  for (let facts = 0; facts <= deepest; facts++) if (isSumOf(assumed, goal, facts)) return true;
  return false;
};

const isSumOf = (assumed: Assumptions, goal: Channels, most: number): boolean => {
  if (goal === 'unknown') return false;
  if (typeof goal === 'number') return goal >= 0;
  const term = worst(assumed, goal);
  if (term === undefined || most === 0) return term === undefined;
  for (const [fact, each] of factsOf(assumed).byTerm.get(signedKey(term)) ?? []) {
    if (assumed.steps-- <= 0) return false;
    const often = Math.max(1, Math.floor(term.times / each));
    if (isSumOf(assumed, minus(goal, times(often, fact)), most - 1)) return true;
  }
  return false;
};

/** Whether it is the same for every image of one net. */
export const isFixed = (assumed: Assumptions, c: Channels): boolean => {
  if (c === 'unknown') return false;
  if (!isPolynomial(c) || assumed.fixed.has(textOf(c))) return true;
  return c.terms.every(({ factors }) => factors.every((f) => isFixedFactor(assumed, f)));
};

const isFixedFactor = (assumed: Assumptions, f: Factor): boolean => {
  if (assumed.fixed.has(textOf(factorAlone(f)))) return true;
  if (f.tag === 'quotient') return isFixed(assumed, f.of);
  const known = assumed.atoms.get(f.name);
  if (known?.image !== true) return true;
  const { origin } = known;
  if (origin.tag === 'least') return isFixed(assumed, origin.of);
  return origin.tag === 'floor' && isFixed(assumed, origin.of) && isFixed(assumed, origin.by);
};

/** Whether two numbers are equal: in form, or, where no free size is in them, by what is known. */
export const sameCount = (assumed: Assumptions, a: Channels, b: Channels): boolean => {
  if (a === 'unknown' || b === 'unknown') return false;
  if (sameForm(a, b)) return true;
  const difference = minus(a, b);
  return (
    isFixed(assumed, difference) &&
    followsAtLeast(assumed, difference, 0) &&
    followsAtLeast(assumed, times(-1, difference), 0)
  );
};

/** Whether it is a safe integer: by the size of its terms, or by what is known of it as a whole. */
export const isExact = (assumed: Assumptions, c: Channels): boolean =>
  magnitude(assumed, c) <= Number.MAX_SAFE_INTEGER ||
  (followsAtLeast(assumed, c, -LARGEST) && followsAtLeast(assumed, times(-1, c), -LARGEST));

/** No larger than this, whatever the symbols are; Infinity where that is not known. */
export const magnitude = (assumed: Assumptions, c: Channels): number => {
  if (c === 'unknown') return Infinity;
  if (!isPolynomial(c)) return Math.abs(c);
  const factor = (f: Factor): number => {
    if (f.tag === 'quotient') return magnitude(assumed, f.of) / f.by + 1;
    const { min, max } = assumed.atoms.get(f.name) ?? {};
    return min === undefined || max === undefined
      ? Infinity
      : Math.max(Math.abs(min), Math.abs(max));
  };
  return c.terms.reduce(
    (sum, t) => sum + t.factors.reduce((p, f) => p * factor(f), Math.abs(t.times)),
    0,
  );
};
