/**
 * The algebra of sizes; start here. A layer is a Step on each axis, a Size is what a chain of steps makes
 * of the variable h, and Sizes are the h that a network admits: S := h ≥ 1; at each layer
 * S := both(S, atLeast(f, 1)); at each join S := both(S, agree(f, g)), going on with the side of smaller
 * period; at a fixed head S := both(S, agree(f, constant(c))). A join needs agreement on S only, which is
 * both(S, agree(f, g)) = S. An unknown size is not in the algebra: the checker skips it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { floorAt, inverse, lcm, mod, product, sum, timesMod } from './integers.ts';
import {
  equal,
  isConstant,
  LIMIT,
  period,
  rise,
  tooLong,
  valueOrNaN,
  type Floor,
  type Size,
  type Table,
  type TooLong,
} from './forms.ts';
import { everything, fromRanges, fromResidues, halfLine, nothing, type Sizes } from './sets.ts';

export * from './steps.ts';
export {
  affine,
  constant,
  entriesIn,
  equal,
  isConstant,
  over,
  period,
  plus,
  rise,
  show,
  through,
  times,
  valueAt,
  type Size,
  type TooLong,
} from './forms.ts';
export {
  both,
  contains,
  entriesOf,
  everything,
  isEmpty,
  near,
  nothing,
  sameSizes,
  showSizes,
  type Sizes,
} from './sets.ts';

/**
 * The least h ≥ 1 with f(h) ≥ m, beyond 2⁵³ when no size is. A floor: h ≥ ⌈(d·m − b)/a⌉, for windows the
 * sizes of the transposed windows run backwards. A table: the period in which it passes m, then a scan.
 */
const least = (f: Size, m: number): number =>
  Math.max(1, f.tag === 'floor' ? leastOfFloor(f, m) : leastOfTable(f, m));

const leastOfFloor = ({ a, b, d }: Floor, m: number): number =>
  a === 0 ? (b >= m ? 1 : Infinity) : -floorAt(d, -m, b, a);

/** With m = t[0] + 1 + A·q + r, 0 ≤ r < A, it is the first in q·D + 1 .. (q + 1)·D with t ≥ t[0] + 1 + r. */
const leastOfTable = ({ rise: A, at }: Table, m: number): number => {
  const q = floorAt(1, m, -1 - at[0], A);
  const r = mod(mod(m, A) - mod(at[0] + 1, A), A);
  const i = at.findIndex((value) => value > at[0] + r);
  return at.length * q + (i < 0 ? at.length : i);
};

/** f(h) ≥ m: a half-line, as no size falls. */
export const atLeast = (f: Size, m: number): Sizes => halfLine(least(f, m));

/** f(h) = c: one interval, maybe empty (3·⌊h/2⌋ = 11), for the same reason. */
const exactly = (f: Size, c: number): Sizes => {
  const value = isConstant(f);
  if (value !== undefined) return value === c ? everything : nothing;
  const after = Math.min(least(f, c + 1), Number.MAX_SAFE_INTEGER + 1);
  return fromRanges([[least(f, c), after - 1]]);
};

/**
 * Two floors of one slope agree at h iff (a·h + min b) mod d < d − |b − b'|: the larger has not yet passed
 * the next multiple of d. O(number of residues), as stepping the left side by 1 steps h by 1/a mod d.
 */
const agreeFloors = (a: number, b: number, c: number, d: number): E.Either<TooLong, Sizes> => {
  const count = d - Math.abs(b - c);
  if (count <= 0) return E.right(nothing);
  if (count > LIMIT) return tooLong(d);
  const step = inverse(a, d);
  const first = timesMod(step, mod(-Math.min(b, c), d), d);
  const residues = [first];
  while (residues.length < count) {
    const last = residues[residues.length - 1];
    residues.push(last < d - step ? last + step : last - (d - step));
  }
  return E.right(fromResidues(1, d, residues));
};

/**
 * The h with f(h) = g(h). Let L be a common period. With equal slopes f − g has the period L: residues.
 * Else it climbs by c ≠ 0 over L, and each class i mod L holds at most one: h = i − L·(f(i) − g(i))/c
 * where that is an integer. O(L); constants and floors of one slope are faster.
 */
export const agree = (f: Size, g: Size): E.Either<TooLong, Sizes> => {
  if (equal(f, g)) return E.right(everything);
  const [c, e] = [isConstant(f), isConstant(g)];
  if (e !== undefined) return E.right(exactly(f, e));
  if (c !== undefined) return E.right(exactly(g, c));
  if (f.tag === 'floor' && g.tag === 'floor' && f.a === g.a && f.d === g.d)
    return agreeFloors(f.a, f.b, g.b, f.d);
  const L = lcm(period(f), period(g));
  if (!(L <= LIMIT)) return tooLong(L);
  const gain = (s: Size): number => product(rise(s), L / period(s));
  const climb = sum(gain(f), -gain(g));
  const differences = Array.from({ length: L }, (_, i) => sum(valueOrNaN(f, i), -valueOrNaN(g, i)));
  if ([climb, ...differences].some(Number.isNaN)) return tooLong(Infinity);
  if (climb === 0) {
    const residues = differences.flatMap((difference, i) => (difference === 0 ? [i] : []));
    return E.right(fromResidues(1, L, residues));
  }
  const points = differences.flatMap((difference, i) =>
    difference % climb === 0 ? [sum(i, -product(L, difference / climb))] : [],
  );
  return E.right(fromRanges(points.filter((h) => h >= 1).map((h) => [h, h])));
};

/** How many entries `agree` looks at, at most. */
export const workToAgree = (f: Size, g: Size): number =>
  equal(f, g) ? 0 : Math.min(LIMIT, period(f) + period(g));

/** f(h) − g(h), if that is the same for all h; undefined too when both repeat too rarely to be compared. O(L). */
export const difference = (f: Size, g: Size): number | undefined => {
  const L = lcm(period(f), period(g));
  if (!(L <= LIMIT) || product(rise(f), L / period(f)) !== product(rise(g), L / period(g)))
    return undefined;
  const at = (h: number): number => sum(valueOrNaN(f, h), -valueOrNaN(g, h));
  const first = at(0);
  for (let h = 1; h < L; h++) if (at(h) !== first) return undefined;
  return Number.isNaN(first) ? undefined : first;
};

/**
 * f(h)·g(w) = n for n ≥ 1 as disjoint boxes {f = u} × {g = v}, u·v = n, by rising u. It is not a product of
 * two sets: VGG's 25,088 = 512·49 admits 224..255 × 224..255 and also 32..63 × 1568..1599 and its mirror.
 * O(√n), at most 1,600 boxes for n < 2³¹.
 */
export const boxes = (f: Size, g: Size, n: number): readonly (readonly [Sizes, Sizes])[] => {
  const small: number[] = [];
  for (let u = 1; u * u <= n; u++) if (n % u === 0) small.push(u);
  const large = small.map((u) => n / u).filter((v) => v * v !== n);
  return [...small, ...large.reverse()].flatMap((u) => {
    const box = [exactly(f, u), exactly(g, n / u)] as const;
    return box.some((s) => s.tag === 'ranges' && s.ranges.length === 0) ? [] : [box];
  });
};
