/** Types of layers whose numbers are symbols, and what must hold beside them. */
import { gcd } from '../../size/integers.ts';
import { isPolynomial, plus, sameForm, times, type Channels } from '../../size/channels.ts';
import { floored } from './quotients.ts';
import { sameCount } from './entails.ts';
import type { Assumptions } from './assumptions.ts';
import { divided, readable, textOf } from './polynomials.ts';

/** ⌊num/den⌋ with den ≥ 1: what every chain of windows makes of a height or width. */
export type SymbolicAxis = { readonly num: Channels; readonly den: Channels };

/** [h, w, c] */
export type SymbolicMap = {
  readonly tag: 'map';
  readonly h: SymbolicAxis;
  readonly w: SymbolicAxis;
  readonly c: Channels;
};
/** What is known of a value in a proof: a map, or a vector [c]. */
export type SymbolicType = SymbolicMap | { readonly tag: 'vector'; readonly c: Channels };

/** What must hold beside the type: on the left it is known, on the right it is to be shown. `why` says so in words. */
export type Demand = { readonly why: string } & (
  | { readonly tag: 'at least'; readonly of: Channels; readonly least: number }
  | { readonly tag: 'divides'; readonly by: Channels; readonly of: Channels }
  | { readonly tag: 'equal'; readonly a: Channels; readonly b: Channels }
  /** the same for every image */
  | { readonly tag: 'fixed'; readonly of: Channels }
  /** no arithmetic leaves the safe integers */
  | { readonly tag: 'exact'; readonly of: Channels }
  | { readonly tag: 'odd'; readonly of: Channels }
  /** what only its text tells: the same of the same values */
  | { readonly tag: 'holds'; readonly text: string }
);

/** A size that nothing divides. */
export const axisOf = (size: Channels): SymbolicAxis => ({ num: size, den: 1 });

/** x ↦ ⌊(times·x + plus)/over⌋ with over ≥ 1, as in `size-steps.ts`. */
export type SymbolicStep = {
  readonly times: Channels;
  readonly plus: Channels;
  readonly over: Channels;
};

/**
 * ⌊(⌊N/D⌋ + e)/s⌋ = ⌊(N + D·e)/(D·s)⌋, whatever the integers N, e and D, s ≥ 1 are. A floor that is
 * multiplied is a symbol from then on.
 */
export const through = (
  assumed: Assumptions,
  axis: SymbolicAxis,
  step: SymbolicStep,
): SymbolicAxis => {
  const { times: n, plus: e, over: s } = step;
  if (axis.den === 1) return reduced({ num: plus(times(n, axis.num), e), den: s });
  if (n === 1) return reduced({ num: plus(axis.num, times(axis.den, e)), den: times(axis.den, s) });
  return reduced({ num: plus(times(n, sizeOf(assumed, axis)), e), den: s });
};

/** ⌊(g·N + b)/(g·d)⌋ = ⌊(N + ⌊b/g⌋)/d⌋, for numbers; and without a floor where nothing is left to divide. */
const reduced = ({ num, den }: SymbolicAxis): SymbolicAxis => {
  const whole = divided(num, den);
  if (whole !== undefined) return axisOf(whole);
  if (typeof den !== 'number' || !isPolynomial(num)) return { num, den };
  const g = num.terms.reduce((d, t) => (t.factors.length === 0 ? d : gcd(d, t.times)), den);
  const smaller = num.terms
    .map((t): Channels => {
      const factor = Math.floor(t.times / g);
      return t.factors.length === 0
        ? factor
        : { tag: 'polynomial', terms: [{ ...t, times: factor }] };
    })
    .reduce(plus, 0);
  return { num: smaller, den: den / g };
};

/** As a number. */
export const sizeOf = (assumed: Assumptions, { num, den }: SymbolicAxis): Channels =>
  floored(assumed, num, den);

/** ⌊N/D⌋ and ⌊N'/D'⌋ are equal where N/D and N'/D' are. */
export const sameSize = (a: SymbolicAxis, b: SymbolicAxis): boolean => {
  const [left, right] = [times(a.num, b.den), times(b.num, a.den)];
  return left !== 'unknown' && right !== 'unknown' && sameForm(left, right);
};

/** Whether two types are the same whatever the symbols are, as far as is known. */
export const sameSymbolicType = (
  assumed: Assumptions,
  a: SymbolicType,
  b: SymbolicType,
): boolean =>
  a.tag === 'map'
    ? b.tag === 'map' && sameSize(a.h, b.h) && sameSize(a.w, b.w) && sameCount(assumed, a.c, b.c)
    : b.tag === 'vector' && sameCount(assumed, a.c, b.c);

/** A text that equal sizes share. */
export const showSize = ({ num, den }: SymbolicAxis): string =>
  den === 1 ? textOf(num) : `(${textOf(num)})/(${textOf(den)})`;

/** `[h, (w)/(2), 2*c]`, for messages */
export const showSymbolicType = (t: SymbolicType): string =>
  readable(
    t.tag === 'map' ? `[${showSize(t.h)}, ${showSize(t.w)}, ${textOf(t.c)}]` : `[${textOf(t.c)}]`,
  );
