/** Sets of input sizes h ≥ 1, each in a unique normal form; sizes beyond 2⁵³ do not exist. */
import * as E from 'fp-ts/lib/Either.js';
import { firstIndex, gcd, inverse, lcm, mod, primeFactors, timesMod } from './integers.ts';
import { LIMIT, tooLong, type TooLong } from './forms.ts';

/** From `lo` to `hi`, both included. */
export type Range = readonly [lo: number, hi: number];

/**
 * `from` is {h ≥ lo, h mod modulus ∈ residues}: modulus minimal, residues sorted, lo a member. `ranges` is
 * finite: sorted, not touching; [] is none. The inputs that a network admits are always one of the two: f ≥ m
 * is a half-line, as no size falls; f = g of equal slopes is a set of residues; of different slopes,
 * finite; and both kinds are closed under intersection.
 */
type From = {
  readonly tag: 'from';
  readonly lo: number;
  readonly modulus: number;
  readonly residues: readonly number[];
};
type Ranges = { readonly tag: 'ranges'; readonly ranges: readonly Range[] };
/** A set of sizes in its normal form. */
export type Sizes = From | Ranges;

/** Every image that has a pixel. */
export const everything: Sizes = { tag: 'from', lo: 1, modulus: 1, residues: [0] };
/** No image at all. */
export const nothing: Sizes = { tag: 'ranges', ranges: [] };

/** Whether no size is in the set. */
export const isEmpty = (set: Sizes): boolean => set.tag === 'ranges' && set.ranges.length === 0;

/** The residues or ranges that it is written down with. */
export const entriesOf = (set: Sizes): number =>
  set.tag === 'from' ? set.residues.length : set.ranges.length;

/** Puts disjoint ranges in order and joins those that touch. */
const merge = (ranges: readonly Range[]): readonly Range[] => {
  const merged: [number, number][] = [];
  for (const [lo, hi] of [...ranges].sort((r, s) => r[0] - s[0])) {
    const last = merged.at(-1);
    if (last !== undefined && lo === last[1] + 1) last[1] = hi;
    else merged.push([lo, hi]);
  }
  return merged;
};

/** The union of disjoint ranges in any order, those with hi < lo being empty. */
export const fromRanges = (ranges: readonly Range[]): Ranges => ({
  tag: 'ranges',
  ranges: merge(ranges.filter(([lo, hi]) => lo <= hi)),
});

/**
 * The least modulus with its residues. M/p will do iff the residues are p equal stretches, which needs p
 * to divide their number.
 */
const shortest = (
  modulus: number,
  residues: readonly number[],
): Pick<From, 'modulus' | 'residues'> =>
  primeFactors(residues.length).reduce(
    (set, p) => {
      const [length, step] = [set.residues.length / p, set.modulus / p];
      const repeats = set.residues.every(
        (r, i) => i < length || r - set.residues[i - length] === step,
      );
      return Number.isInteger(step) && repeats
        ? { modulus: step, residues: set.residues.slice(0, length) }
        : set;
    },
    { modulus, residues },
  );

/** The least member of the residue classes that is ≥ h. */
const next = ({ modulus, residues }: Pick<From, 'modulus' | 'residues'>, h: number): number => {
  const rest = mod(h, modulus);
  const i = firstIndex(residues.length, (j) => residues[j] >= rest);
  return h - rest + (i < residues.length ? residues[i] : residues[0] + modulus);
};

/** {h ≥ lo, h mod modulus ∈ residues} for lo ≥ 1, the residues distinct, at most LIMIT and in any order. */
export const fromResidues = (lo: number, modulus: number, residues: readonly number[]): Sizes => {
  if (residues.length === 0) return nothing;
  const classes = shortest(
    modulus,
    [...residues].sort((r, s) => r - s),
  );
  const first = next(classes, lo);
  return Number.isSafeInteger(first) ? { tag: 'from', lo: first, ...classes } : nothing;
};

/** h ≥ lo, for lo ≥ 1. */
export const halfLine = (lo: number): Sizes =>
  lo > Number.MAX_SAFE_INTEGER ? nothing : { tag: 'from', lo, modulus: 1, residues: [0] };

/** Whether images of this size are in the set. */
export const contains = (s: Sizes, h: number): boolean =>
  s.tag === 'from'
    ? h >= s.lo && s.residues.includes(mod(h, s.modulus))
    : s.ranges.some(([lo, hi]) => lo <= h && h <= hi);

/** Normal forms are unique, so they decide. */
export const sameSizes = (s: Sizes, t: Sizes): boolean =>
  s.tag === 'from'
    ? t.tag === 'from' &&
      s.lo === t.lo &&
      s.modulus === t.modulus &&
      s.residues.length === t.residues.length &&
      s.residues.every((r, i) => r === t.residues[i])
    : t.tag === 'ranges' &&
      s.ranges.length === t.ranges.length &&
      s.ranges.every(([lo, hi], i) => lo === t.ranges[i][0] && hi === t.ranges[i][1]);

/**
 * The Chinese remainder theorem: x ≡ r (mod M) and x ≡ r' (mod M') has one solution mod lcm(M, M') if
 * r ≡ r' (mod g), g = gcd(M, M'), else none. It is r + M·k, where (M/g)·k ≡ (r' − r)/g (mod M'/g).
 */
const bothFrom = (s: From, t: From): E.Either<TooLong, Sizes> => {
  const g = gcd(s.modulus, t.modulus);
  const rest = t.modulus / g;
  const factor = inverse(s.modulus / g, rest);
  const classes = new Map<number, number[]>();
  for (const r of t.residues) {
    const others = classes.get(r % g);
    if (others === undefined) classes.set(r % g, [r]);
    else others.push(r);
  }
  const partners = (r: number): readonly number[] => classes.get(r % g) ?? [];
  const count = s.residues.reduce((n, r) => n + partners(r).length, 0);
  const modulus = lcm(s.modulus, t.modulus);
  if (count > 0 && !(count <= LIMIT && modulus > 0)) return tooLong(modulus);
  const residues = s.residues.flatMap((r) =>
    partners(r).map((q) => r + s.modulus * timesMod(factor, mod((q - r) / g, rest), rest)),
  );
  return E.right(fromResidues(Math.max(s.lo, t.lo), modulus, residues));
};

/** The members of `s` in some ranges, run by run of neighbouring residues. */
const bothMixed = (s: From, t: Ranges): E.Either<TooLong, Sizes> => {
  const inside = t.ranges
    .map(([lo, hi]): Range => [Math.max(lo, s.lo), hi])
    .filter(([lo, hi]) => lo <= hi);
  if (s.modulus === 1) return E.right({ tag: 'ranges', ranges: inside });
  const runs = merge(s.residues.map((r): Range => [r, r]));
  const found: Range[] = [];
  for (const [lo, hi] of inside) {
    const rest = mod(lo, s.modulus);
    let start = lo - rest;
    let i = firstIndex(runs.length, (j) => runs[j][1] >= rest);
    while (found.length <= 2 * LIMIT) {
      if (i === runs.length) [start, i] = [start + s.modulus, 0];
      if (start + runs[i][0] > hi) break;
      found.push([Math.max(lo, start + runs[i][0]), Math.min(hi, start + runs[i][1])]);
      i++;
    }
  }
  const result = merge(found);
  return result.length > LIMIT ? tooLong(Infinity) : E.right({ tag: 'ranges', ranges: result });
};

const bothRanges = (s: Ranges, t: Ranges): E.Either<TooLong, Sizes> => {
  const found: Range[] = [];
  for (let i = 0, j = 0; i < s.ranges.length && j < t.ranges.length;) {
    const [a, b] = [s.ranges[i], t.ranges[j]];
    found.push([Math.max(a[0], b[0]), Math.min(a[1], b[1])]);
    if (a[1] < b[1]) i++;
    else j++;
  }
  const result = fromRanges(found);
  return result.ranges.length > LIMIT ? tooLong(Infinity) : E.right(result);
};

/** The intersection. */
export const both = (s: Sizes, t: Sizes): E.Either<TooLong, Sizes> =>
  s.tag === 'from'
    ? t.tag === 'from'
      ? bothFrom(s, t)
      : bothMixed(s, t)
    : t.tag === 'from'
      ? bothMixed(t, s)
      : bothRanges(s, t);

/** The nearest members on either side, h itself being nearest to both. */
export const near = (s: Sizes, h: number): { readonly below?: number; readonly above?: number } => {
  const [below, above] = s.tag === 'from' ? nearFrom(s, h) : nearRanges(s, h);
  return {
    ...(below === undefined ? {} : { below }),
    ...(above === undefined ? {} : { above }),
  };
};

type Neighbours = readonly [below: number | undefined, above: number | undefined];

const nearFrom = (s: From, h: number): Neighbours => {
  if (h < s.lo) return [undefined, s.lo];
  const rest = mod(h, s.modulus);
  const below =
    s.residues.findLast((r) => r <= rest) ?? s.residues[s.residues.length - 1] - s.modulus;
  const above = next(s, h);
  return [h - rest + below, Number.isSafeInteger(above) ? above : undefined];
};

const nearRanges = (s: Ranges, h: number): Neighbours => {
  const below = s.ranges.findLast(([lo]) => lo <= h);
  const above = s.ranges.find(([, hi]) => hi >= h);
  return [
    below === undefined ? undefined : Math.min(h, below[1]),
    above === undefined ? undefined : Math.max(h, above[0]),
  ];
};

/** `224..255`, `7..8, 11`, `29..`, `16.. step 16`, `29.. mod 32 in 0, 29, 30, 31`, `none`. It reads back. */
export const showSizes = (s: Sizes): string => {
  if (s.tag === 'ranges')
    return (
      s.ranges.map(([lo, hi]) => (lo === hi ? String(lo) : `${lo}..${hi}`)).join(', ') || 'none'
    );
  if (s.modulus === 1) return `${s.lo}..`;
  return s.residues.length === 1
    ? `${s.lo}.. step ${s.modulus}`
    : `${s.lo}.. mod ${s.modulus} in ${s.residues.join(', ')}`;
};
