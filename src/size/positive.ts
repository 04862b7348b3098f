/**
 * Whether a sum over a net is positive whatever the image: `macs(f : [h, w, 64]) < macs(g : [h, w, 64])`.
 *
 * Sizes of the image are ≥ 1, and a quotient of them is ≥ 0 where a map has it as its size. So a term with a
 * positive coefficient is ≥ 0, and one with a negative coefficient is bounded by ⌊p/q⌋ ≤ p/q. What is left is
 * a polynomial with real coefficients, and with h = 1 + t it is ≥ its constant term for all t ≥ 0 if no other
 * coefficient is negative. This may fail to see that a sum is positive, and is never wrong.
 */
import { isPolynomial, showChannels, type Channels, type Factor } from './channels.ts';

/** Coefficients by the product of symbols, which is written with its factors sorted. */
type Real = ReadonlyMap<string, number>;

const constant = (n: number): Real => new Map([['', n]]);

const sum = (a: Real, b: Real): Real => {
  const all = new Map(a);
  for (const [key, n] of b) all.set(key, (all.get(key) ?? 0) + n);
  return all;
};

const product = (a: Real, b: Real): Real => {
  let all: Real = new Map();
  for (const [k, m] of a)
    for (const [l, n] of b) {
      const key = [...k.split('*'), ...l.split('*')].filter((f) => f !== '').sort();
      all = sum(all, new Map([[key.join('*'), m * n]]));
    }
  return all;
};

/** A symbol is 1 + t. A quotient is p/q, or, from below, an unknown ≥ 0 of its own. */
const real = (f: Factor, above: boolean): Real => {
  if (f.tag === 'symbol')
    return new Map([
      ['', 1],
      [f.name, 1],
    ]);
  if (!above) return new Map([[`⌊${showChannels(f.of)}/${f.by}⌋`.replaceAll('*', '·'), 1]]);
  const terms = f.of.terms.map((t) =>
    t.factors.map((g) => real(g, true)).reduce(product, constant(t.times / f.by)),
  );
  return terms.reduce(sum, constant(0));
};

/** Whether it is at least `least`, for all images. Facts about the symbols of rules are in `ops/symbolic`. */
export const isAtLeast = (n: Channels, least: number): boolean => {
  if (!isPolynomial(n)) return n !== 'unknown' && n >= least;
  const terms = n.terms.map((t) =>
    t.factors.map((f) => real(f, t.times < 0)).reduce(product, constant(t.times)),
  );
  const all = terms.reduce(sum, constant(0));
  return [...all].every(([key, c]) => (key === '' ? c >= least : c >= 0));
};
