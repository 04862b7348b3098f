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
import type { Facts, Known } from './known.ts';
import { factorAlone, keyOf, substituted, textOf, type Term } from './polynomials.ts';

/** With s + min for every symbol of a bound, so that what is left of it is ≥ 0. */
const shift = (k: Known, c: Channels): Channels =>
  substituted(c, (name) => {
    const { min } = k.atoms.get(name) ?? {};
    return min === undefined || min === 0 ? undefined : plus(symbol(name), min);
  });

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
export const boundedBelow = (k: Known, p: Channels, bound: number): boolean => {
  const rest = shift(k, minus(p, bound));
  return isPolynomial(rest) ? isPositive(k, rest) : rest !== 'unknown' && rest >= 0;
};

/** So many facts are added up at most; few are tried first. */
const deepest = 4;

/** Whether p ≥ bound follows: p − bound is a sum of facts, times whole numbers, and of what is ≥ 0. */
export const followsAtLeast = (k: Known, p: Channels, bound: number): boolean => {
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
export const isFixed = (k: Known, c: Channels): boolean => {
  if (c === 'unknown') return false;
  if (!isPolynomial(c) || k.fixed.has(textOf(c))) return true;
  return c.terms.every(({ factors }) => factors.every((f) => isFixedFactor(k, f)));
};

const isFixedFactor = (k: Known, f: Factor): boolean => {
  if (k.fixed.has(textOf(factorAlone(f)))) return true;
  if (f.tag === 'quotient') return isFixed(k, f.of);
  const known = k.atoms.get(f.name);
  if (known?.image !== true) return true;
  const { origin } = known;
  if (origin.tag === 'least') return isFixed(k, origin.of);
  return origin.tag === 'floor' && isFixed(k, origin.of) && isFixed(k, origin.by);
};

/** Whether two numbers are equal: in form, or, where no free size is in them, by what is known. */
export const sameCount = (k: Known, a: Channels, b: Channels): boolean => {
  if (a === 'unknown' || b === 'unknown') return false;
  if (sameForm(a, b)) return true;
  const difference = minus(a, b);
  return (
    isFixed(k, difference) &&
    followsAtLeast(k, difference, 0) &&
    followsAtLeast(k, times(-1, difference), 0)
  );
};

/** Whether it is a safe integer: by the size of its terms, or by what is known of it as a whole. */
export const isExact = (k: Known, c: Channels): boolean =>
  magnitude(k, c) <= Number.MAX_SAFE_INTEGER ||
  (followsAtLeast(k, c, -LARGEST) && followsAtLeast(k, times(-1, c), -LARGEST));

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
