/**
 * Sizes as functions of one variable h, the height or width of the input, each in a unique normal form.
 * They are the nondecreasing *quasi-linear* functions: f(h + D) = f(h) + A for all integers h.
 */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../diagnostic/bug.ts';
import { exact, floorAt, floorDiv, gcd, lcm, mod, primeFactors, product, sum } from './integers.ts';
import type { Step } from './steps.ts';

/**
 * A floor is ⌊(a·h + b)/d⌋, a ≥ 0, d ≥ 1, gcd(a, d) = 1; a constant is a = 0, d = 1. A table has the period
 * at.length, which is minimal, the values `at` for h = 0, 1, … and `rise` more a period later; no floor
 * equals it.
 *
 * **A chain of windows is one floor**: ⌊(⌊X/d⌋ + e)/s⌋ = ⌊(X + d·e)/(d·s)⌋ for integers, since
 * ⌊y⌋ + e ≥ s·m ⟺ y ≥ s·m − e for an integer m. Tables come from upsampling a floor.
 *
 * **Floors are unique.** If two agree for all h ≥ h₀, their slopes a/d do; both are reduced, so a = a' and
 * d = d'. If b < b', coprimality gives some h ≥ h₀ with a·h + b' ≡ 0 (mod d), where the second is
 * (a·h + b')/d and the first smaller. ∎ Without gcd(a, d) = 1 false: ⌊2h/2⌋ = ⌊(2h + 1)/2⌋.
 *
 * **Tables are unique**: the periods of f form a subgroup of ℤ, so there is one least, and its table.
 *
 * **Equality is decided.** Let f, g have periods D, E and γ = gcd(D, E). If they agree on D + E − γ + 1
 * consecutive integers, they agree on ℤ. *Proof* (Fine and Wilf). Δf, Δg have periods D, E and agree on
 * N = D + E − γ consecutive places; shift to start at 0. Then Σ(Δf − Δg)xʰ = P/(1 − x^D) − Q/(1 − x^E)
 * = (1 − x^γ)R/((1 − x^D)(1 − x^E)) with deg R ≤ N − 1. The denominators have constant term 1, so N
 * vanishing coefficients on the left make R ≡ 0 mod x^N, hence R = 0, Δf = Δg from there on, and f = g,
 * having one common value. Backwards by the common period. ∎ So agreement from some h₀ on is agreement,
 * and normal forms need no threshold: thresholds live in the sets of admissible inputs.
 */
export type Floor = {
  readonly tag: 'floor';
  readonly a: number;
  readonly b: number;
  readonly d: number;
};
export type Table = {
  readonly tag: 'table';
  readonly rise: number;
  readonly at: readonly number[];
};
/** A height or width as a function of one input size, in its normal form. */
export type Size = Floor | Table;

/**
 * The sizes repeat only after `period` pixels, too many to write down. The period is Infinity when a number on the
 * way is beyond the exact integers, or a finite set has too many pieces.
 */
export type TooLong = { readonly tag: 'too long'; readonly period: number };

/** The most entries of a table, residues or ranges of a set. Real networks stay below 300. */
export const LIMIT = 65_536;

export const tooLong = (period: number): E.Either<TooLong, never> =>
  E.left({ tag: 'too long', period: Number.isSafeInteger(period) ? period : Infinity });

/** ⌊(a·h + b)/d⌋ reduced: with g = gcd(a, d) it is ⌊((a/g)·h + ⌊b/g⌋)/(d/g)⌋. */
const floor = (a: number, b: number, d: number): Floor => {
  const g = gcd(a, d);
  return { tag: 'floor', a: a / g, b: floorDiv(b, g), d: d / g };
};

const checkedFloor = (a: number, b: number, d: number): E.Either<TooLong, Size> =>
  [a, b, d].every(Number.isSafeInteger) ? E.right(floor(a, b, d)) : tooLong(Infinity);

/** a·h + b with a ≥ 0: h itself, 16*n. */
export const affine = (a: number, b: number): Size => {
  const [times, plus] = [exact(a), exact(b)];
  if (!(times >= 0) || Number.isNaN(plus)) throw new Bug(`no size: ${a}*h + ${b}`);
  return floor(times, plus, 1);
};
/** A constant: the same size for every image. */
export const constant = (c: number): Size => affine(0, c);

/** Its value, when it does not depend on the variable. */
export const isConstant = (f: Size): number | undefined =>
  f.tag === 'floor' && f.a === 0 ? f.b : undefined;

/** After so many pixels f has grown by its rise, and repeats. */
export const period = (f: Size): number => (f.tag === 'floor' ? f.d : f.at.length);

/** How much f grows over its period. */
export const rise = (f: Size): number => (f.tag === 'floor' ? f.a : f.rise);

/** The entries of its table; none for a floor. */
export const entriesIn = (f: Size): number => (f.tag === 'floor' ? 0 : f.at.length);

/** f(h), or NaN where that is not an exact integer. */
export const valueOrNaN = (f: Size, h: number): number =>
  f.tag === 'floor'
    ? exact(floorAt(f.a, h, f.b, f.d))
    : exact(floorAt(f.rise, floorDiv(h, f.at.length), f.at[mod(h, f.at.length)], 1));

/** f(h) as an exact integer; a Bug where that is not exact. */
export const valueAt = (f: Size, h: number): number => {
  const value = Number.isSafeInteger(h) ? valueOrNaN(f, h) : NaN;
  if (Number.isNaN(value)) throw new Bug(`a size at ${h} is no exact integer`);
  return value;
};

/** Normal forms are unique, so they decide. O(1) on floors. */
export const equal = (f: Size, g: Size): boolean =>
  f.tag === 'floor'
    ? g.tag === 'floor' && f.a === g.a && f.b === g.b && f.d === g.d
    : g.tag === 'table' &&
      f.rise === g.rise &&
      f.at.length === g.at.length &&
      f.at.every((value, i) => value === g.at[i]);

/**
 * With the least period. It divides every period, so it is found by dividing by each prime while that
 * leaves a period; a prime that fails once keeps failing.
 */
const shortest = (table: Table): Table =>
  primeFactors(table.at.length).reduce((t, p) => {
    const [length, step] = [t.at.length / p, t.rise / p];
    const repeats = t.at.every((value, i) => i < length || value - t.at[i - length] === step);
    return Number.isInteger(step) && repeats
      ? { tag: 'table', rise: step, at: t.at.slice(0, length) }
      : t;
  }, table);

/**
 * The floor that equals a table of least period D. ⌊(A·i + b)/D⌋ = t[i] ⟺ 0 ≤ A·i + b − D·t[i] < D, so
 * there is one iff the values D·t[i] − A·i spread over less than D. Then b is the largest: gcd(A, D) = 1,
 * or the period were less, so A·i + b meets 0 mod D. With A = q·D + r the values are
 * D·(t[i] − q·i) − r·i, which are exact whenever they are small enough to matter.
 */
const asFloor = ({ rise: A, at }: Table): Floor | undefined => {
  const D = at.length;
  const [q, r] = [floorDiv(A, D), mod(A, D)];
  const values = at.map((value, i) => D * (value - at[0] - q * i) - r * i);
  const [least, most] = values.reduce(([l, m], v) => [Math.min(l, v), Math.max(m, v)], [0, 0]);
  const b = sum(most, product(D, at[0]));
  return most - least < D && !Number.isNaN(b) ? floor(A, b, D) : undefined;
};

/** The normal form of the function with f(i) = at[i] for 0 ≤ i < at.length, `climb` more a period later. */
const normal = (climb: number, at: readonly number[]): Size => {
  const table = shortest({ tag: 'table', rise: climb, at });
  return asFloor(table) ?? table;
};

const tabulate = (
  length: number,
  climb: number,
  value: (i: number) => number,
): E.Either<TooLong, Size> => {
  if (!(length <= LIMIT)) return tooLong(length);
  const at = Array.from({ length }, (_, i) => value(i));
  return [climb, ...at].every(Number.isSafeInteger)
    ? E.right(normal(climb, at))
    : tooLong(Infinity);
};

/** f = times·floor + plus with floor(0) = 0, for a table that is of this form. */
const asMultiple = (
  f: Table,
): { readonly times: number; readonly floor: Floor; readonly plus: number } | undefined => {
  const plus = f.at[0];
  const times = f.at.reduce((g, value) => gcd(g, value - plus), f.rise);
  if (times === 1) return undefined;
  const rest = normal(
    f.rise / times,
    f.at.map((value) => (value - plus) / times),
  );
  return rest.tag === 'floor' ? { times, floor: rest, plus } : undefined;
};

/** n and s without their common factor: ⌊(n·x + e)/s⌋ with g = gcd(n, s) is ⌊((n/g)·x + ⌊e/g⌋)/(s/g)⌋. */
const cancel = ({ times: n, plus: e, over: s }: Step): Step => {
  const g = gcd(n, s);
  return { times: n / g, plus: floorDiv(e, g), over: s / g };
};

/**
 * step ∘ f. O(1) where the result is a chain of windows or f is a·h + b, else O(period): f with the period
 * D and rise A gives D·s/gcd(s, n·A) and n·A/gcd(s, n·A). A table that is a multiple of a floor first hands
 * its factor to the step, so that what cancels is never written down.
 */
export const through = (f: Size, step: Step): E.Either<TooLong, Size> => {
  if (![step.times, step.plus, step.over].every(Number.isSafeInteger)) return tooLong(Infinity);
  if (step.times < 0 || step.over < 1) throw new Bug(`no step: ${JSON.stringify(step)}`);
  const { times: n, plus: e, over: s } = cancel(step);
  if (n === 0) return E.right(constant(e));
  if (f.tag === 'floor' && (n === 1 || f.d === 1))
    return checkedFloor(product(n, f.a), sum(product(n, f.b), product(f.d, e)), product(f.d, s));
  const multiple = f.tag === 'table' ? asMultiple(f) : undefined;
  if (multiple !== undefined)
    return through(multiple.floor, {
      times: product(n, multiple.times),
      plus: sum(product(n, multiple.plus), e),
      over: s,
    });
  const climb = product(n, rise(f));
  const common = gcd(s, climb);
  return tabulate(product(period(f), s / common), climb / common, (i) =>
    floorDiv(sum(product(n, valueOrNaN(f, i)), e), s),
  );
};

/** f + g, for written types: sums never come from layers. */
export const plus = (f: Size, g: Size): E.Either<TooLong, Size> => {
  if (f.tag === 'floor' && g.tag === 'floor' && (f.d === 1 || g.d === 1))
    return checkedFloor(
      sum(product(f.a, g.d), product(g.a, f.d)),
      sum(product(f.b, g.d), product(g.b, f.d)),
      product(f.d, g.d),
    );
  const length = lcm(period(f), period(g));
  const climb = sum(product(rise(f), length / period(f)), product(rise(g), length / period(g)));
  return tabulate(length, climb, (i) => sum(valueOrNaN(f, i), valueOrNaN(g, i)));
};

/** n·f for n ≥ 0, for written types such as `16*(h/32)`. */
export const times = (f: Size, n: number): E.Either<TooLong, Size> =>
  through(f, { times: n, plus: 0, over: 1 });

/** ⌊f/s⌋ for s ≥ 1, for written types such as `(h + 1)/2`. */
export const over = (f: Size, s: number): E.Either<TooLong, Size> =>
  through(f, { times: 1, plus: 0, over: s });

const offset = (text: string, c: number): string =>
  c === 0 ? text : c > 0 ? `${text} + ${c}` : `${text} - ${-c}`;

const showFloor = ({ a, b, d }: Floor, variable: string): string => {
  if (a === 0) return String(b);
  const text = a === 1 ? variable : `${a}*${variable}`;
  if (d === 1) return offset(text, b);
  return mod(b, d) === 0 ? offset(`${text}/${d}`, b / d) : `(${offset(text, b)})/${d}`;
};

/**
 * A table as n·floor + c, else as a sum of floors: f = f(0) + Σᵢ (f(i) − f(i − 1))·⌊(h + D − i)/D⌋ over
 * i = 1…D, for each period passes every i once. At most min(A, D) terms are not 0.
 */
const showTable = (f: Table, variable: string): string => {
  const multiple = asMultiple(f);
  if (multiple !== undefined)
    return offset(`${multiple.times}*(${showFloor(multiple.floor, variable)})`, multiple.plus);
  const D = f.at.length;
  const terms = f.at.flatMap((_, shift) => {
    const i = D - shift;
    const growth = shift === 0 ? f.rise - (f.at[D - 1] - f.at[0]) : f.at[i] - f.at[i - 1];
    const text = showFloor(floor(1, shift, D), variable);
    return growth === 0 ? [] : [growth === 1 ? text : `${growth}*(${text})`];
  });
  return offset(terms.join(' + '), f.at[0]);
};

/** In `.net`'s own syntax, `/` rounding down: `7`, `h - 4`, `h/32 - 6`, `(h + 31)/32`, `2*(h/2)`. It reads back. */
export const show = (f: Size, variable: string): string =>
  f.tag === 'floor' ? showFloor(f, variable) : showTable(f, variable);
