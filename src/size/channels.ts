/**
 * Numbers of channels: integers, and while a definition is tried without its arguments,
 * polynomials in its parameters with integer coefficients. A quotient rounded down, ⌊p/q⌋, is a factor of
 * its own kind.
 *
 * Two polynomials are equal for all values iff their coefficients are (a polynomial that vanishes on all
 * integers ≥ some bound is zero in each variable, by induction on their number). With quotients equal forms
 * are equal numbers, and unequal forms say nothing: ⌊c/2⌋ + ⌊(c + 1)/2⌋ = c.
 */
import { gcd } from './integers.ts';

export type Factor =
  | { readonly tag: 'symbol'; readonly name: string }
  /** ⌊of/by⌋ in normal form: coefficients in 0 … by − 1, with `by` and those of the symbols coprime */
  | { readonly tag: 'quotient'; readonly of: Polynomial; readonly by: number };

/** times · the product of the factors, which are sorted as they are written; none is 1. */
type Term = { readonly times: number; readonly factors: readonly Factor[] };

/** A sum of terms with different factors, none with `times` 0; sorted by degree, the constant last. */
export type Polynomial = { readonly tag: 'polynomial'; readonly terms: readonly Term[] };

/** After a fault a number is unknown; it agrees with everything. */
export type Channels = number | Polynomial | 'unknown';

/** Whether it depends on parameters. */
export const isPolynomial = (c: unknown): c is Polynomial =>
  typeof c === 'object' && c !== null && 'tag' in c && c.tag === 'polynomial';

/** A parameter that has no value yet. */
export const symbol = (name: string): Polynomial => ({
  tag: 'polynomial',
  terms: [{ times: 1, factors: [{ tag: 'symbol', name }] }],
});

// --------------------------------------------------------------------------------------- arithmetic

/** The most terms of a polynomial. A longer one helps no reader, and a product of sums could have any number. */
const MOST_TERMS = 64;

/** A sum or product of two numbers; unknown if one is unknown or the result is not a safe integer. */
type Sum = (a: Channels, b: Channels) => Channels;

export const plus: Sum = (a, b) => {
  if (a === 'unknown' || b === 'unknown') return 'unknown';
  // as almost always
  if (typeof a === 'number') return typeof b === 'number' ? exactly(a + b) : further(b, a);
  if (typeof b === 'number') return further(a, b);
  return collected([...a.terms, ...b.terms]);
};

export const times: Sum = (a, b) => {
  if (a === 'unknown' || b === 'unknown') return 'unknown';
  if (typeof a === 'number') return typeof b === 'number' ? exactly(a * b) : scaled(b, a);
  if (typeof b === 'number') return scaled(a, b);
  return collected(
    a.terms.flatMap((s) =>
      b.terms.map((t) => ({
        times: s.times * t.times,
        factors: [...s.factors, ...t.factors],
      })),
    ),
  );
};

const exactly = (n: number): Channels => (Number.isSafeInteger(n) ? n : 'unknown');

/** p + n: only the constant changes, which is the last term. */
const further = (p: Polynomial, n: number): Channels => {
  const isConstant = (t: Term | undefined): t is Term => t?.factors.length === 0;
  const last = p.terms.at(-1);
  const others = isConstant(last) ? p.terms.slice(0, -1) : p.terms;
  const constant = isConstant(last) ? last.times + n : n;
  return summed(constant === 0 ? others : [...others, { times: constant, factors: [] }]);
};

/** p · n: the terms stay in order. */
const scaled = (p: Polynomial, n: number): Channels =>
  n === 0 ? 0 : summed(p.terms.map((t) => ({ times: t.times * n, factors: t.factors })));

/** Terms in normal form as a number; unknown where they are too many or too large. */
const summed = (terms: readonly Term[]): Channels =>
  terms.length > MOST_TERMS || !terms.every((t) => Number.isSafeInteger(t.times))
    ? 'unknown'
    : { tag: 'polynomial', terms };

/** a − b. */
export const minus: Sum = (a, b) => plus(a, times(-1, b));

/** ⌊a/q⌋ for q ≥ 1: what q divides is taken out, and the rest is a factor of its own. */
export const over = (a: Channels, q: number): Channels => {
  if (a === 'unknown') return a;
  const terms = termsOf(a);
  const taken = collected(terms.map((t) => ({ ...t, times: Math.floor(t.times / q) })));
  const rest = terms.map((t) => ({ ...t, times: t.times - q * Math.floor(t.times / q) }));
  const g = rest.reduce((d, t) => (t.factors.length === 0 ? d : gcd(d, t.times)), q);
  // ⌊(g·x + b)/(g·q)⌋ = ⌊(x + ⌊b/g⌋)/q⌋
  const reduced = collected(rest.map((t) => ({ ...t, times: Math.floor(t.times / g) })));
  return isPolynomial(reduced) ? plus(taken, quotient(reduced, q / g)) : taken;
};

/** ⌊p/by⌋; ⌊(⌊x/d⌋ + b)/by⌋ = ⌊(x + d·b)/(d·by)⌋. */
const quotient = (p: Polynomial, by: number): Channels => {
  const [first, second, ...others] = p.terms;
  const inner = first?.factors.length === 1 && first.times === 1 ? first.factors[0] : undefined;
  const constant =
    second === undefined ? 0 : second.factors.length === 0 ? second.times : undefined;
  if (inner?.tag === 'quotient' && constant !== undefined && others.length === 0)
    return over(plus(inner.of, times(inner.by, constant)), inner.by * by);
  return collected([{ times: 1, factors: [{ tag: 'quotient', of: p, by }] }]);
};

const termsOf = (c: number | Polynomial): readonly Term[] =>
  isPolynomial(c) ? c.terms : c === 0 ? [] : [{ times: c, factors: [] }];

/** The normal form of a sum; a number when no symbol is left. */
const collected = (terms: readonly Term[]): Channels => {
  const sums = new Map<string, Term>();
  for (const t of terms) {
    const factors =
      t.factors.length < 2
        ? t.factors
        : t.factors.toSorted((a, b) => compare(showFactor(a), showFactor(b)));
    const key = factors.map(showFactor).join('*');
    sums.set(key, { times: (sums.get(key)?.times ?? 0) + t.times, factors });
  }
  const left = [...sums.entries()].filter(([, t]) => t.times !== 0);
  if (left.every(([key]) => key === '')) return exactly(left[0]?.[1].times ?? 0);
  const rank = ({ factors }: Term): number => (factors.length === 0 ? Infinity : factors.length);
  left.sort(([a, s], [b, t]) => (rank(s) === rank(t) ? compare(a, b) : rank(s) - rank(t)));
  return summed(left.map(([, t]) => t));
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

// ---------------------------------------------------------------------------------------- equality

/** Whether two forms are the same. Unequal forms with symbols may still be equal numbers. */
export const sameForm = (a: Channels, b: Channels): boolean =>
  isPolynomial(a) && isPolynomial(b) ? showSum(a) === showSum(b) : a === b;

/** What the symbol must be for two numbers to be equal, where it stands alone and once: x = 4·c. */
export const solveFor = (a: Channels, b: Channels, name: string): Channels | undefined => {
  const difference = minus(a, b);
  if (!isPolynomial(difference)) return undefined;
  const own = difference.terms.find(
    ({ factors: [f, ...more] }) => f?.tag === 'symbol' && f.name === name && more.length === 0,
  );
  if (own === undefined || Math.abs(own.times) !== 1) return undefined;
  const solution = times(-own.times, minus(difference, times(own.times, symbol(name))));
  return symbolsOf(solution).has(name) ? undefined : solution;
};

/** The parameters that it depends on, those inside quotients included. */
export const symbolsOf = (c: Channels): ReadonlySet<string> =>
  new Set(
    isPolynomial(c)
      ? c.terms.flatMap((t) =>
          t.factors.flatMap((f) => (f.tag === 'symbol' ? [f.name] : [...symbolsOf(f.of)])),
        )
      : [],
  );

// ---------------------------------------------------------------------------------------- printing

/**
 * In `.net`'s own syntax, where `/` rounds down: `4*c`, `c + 6*k`, `(c + 1)/2`, `c*(h - 6)*(w - 6)`; `_` when
 * unknown.
 */
export const showChannels = (c: Channels): string => {
  if (!isPolynomial(c)) return c === 'unknown' ? '_' : String(c);
  const product = factored(c);
  if (product.length < 2) return showSum(c);
  const isSum = (p: Polynomial): boolean => p.terms.length > 1;
  const alone = product.filter((p) => !isSum(p)).reduce<Channels>(times, 1);
  const shown = isPolynomial(alone) ? showAmong(alone) : alone === 1 ? undefined : String(alone);
  const sums = product.filter(isSum).map((p) => `(${showSum(p)})`);
  return [...(shown === undefined ? [] : [shown]), ...sums].join('*');
};

/** One term as a factor. */
const showAmong = (p: Polynomial): string =>
  p.terms[0]?.factors[0]?.tag === 'quotient' ? `(${showSum(p)})` : showSum(p);

/**
 * The polynomials whose product a sum is, as far as that is seen: with x once at most in each term it is
 * x·A + B, and if B = k·A for an integer k it is (x + k)·A.
 */
const factored = (c: Polynomial): readonly Polynomial[] => {
  for (const name of c.terms.length < 2 ? [] : symbolsOf(c)) {
    const isOwn = (f: Factor): boolean => f.tag === 'symbol' && f.name === name;
    const apart = c.terms.map((t) => ({ term: t, others: t.factors.filter((f) => !isOwn(f)) }));
    if (apart.some(({ term, others }) => term.factors.length > others.length + 1)) continue;
    const holds = ({ term, others }: (typeof apart)[number]): boolean =>
      others.length < term.factors.length;
    const of = (some: typeof apart): Channels =>
      collected(some.map(({ term, others }) => ({ times: term.times, factors: others })));
    const a = of(apart.filter(holds));
    const b = of(apart.filter((part) => !holds(part)));
    if (!isPolynomial(a) || b === 'unknown') continue;
    const k = (termsOf(b)[0]?.times ?? 0) / a.terms[0]!.times;
    const x = plus(symbol(name), k);
    if (Number.isInteger(k) && minus(b, times(k, a)) === 0 && isPolynomial(x))
      return [x, ...factored(a)];
  }
  return [c];
};

/** As it is, a sum of products. */
const showSum = (c: Polynomial): string => {
  // a sum begins with a term that is added, if there is one
  const terms = [...c.terms.filter((t) => t.times > 0), ...c.terms.filter((t) => t.times < 0)];
  return terms
    .map((t, i) => {
      const sign = t.times < 0 ? (i === 0 ? '-' : ' - ') : i === 0 ? '' : ' + ';
      const quotient = t.times === -1 && t.factors.length === 1 && t.factors[0]?.tag === 'quotient';
      // `-c/2` is (-c)/2
      return sign + (quotient && i === 0 ? `(${showTerm(t)})` : showTerm(t));
    })
    .join('');
};

const showTerm = ({ times: n, factors }: Term): string => {
  const size = Math.abs(n);
  const alone = factors.length === 1 && size === 1;
  const shown = factors.map((f) =>
    alone || f.tag === 'symbol' ? showFactor(f) : `(${showFactor(f)})`,
  );
  return [...(size === 1 && shown.length > 0 ? [] : [String(size)]), ...shown].join('*');
};

const showFactor = (f: Factor): string => {
  if (f.tag === 'symbol') return f.name;
  const [only, ...others] = f.of.terms;
  const single = others.length === 0 && only?.factors.length === 1 && only.times === 1;
  const shown = showSum(f.of);
  return single ? `${shown}/${f.by}` : `(${shown})/${f.by}`;
};
