/** Arguments and types of layers whose numbers are symbols. */
import type { OpParam } from '../../ops/params.ts';
import { gcd } from '../../size/integers.ts';
import { isPolynomial, plus, sameForm, times, type Channels } from '../../size/channels.ts';
import { floored } from './floors.ts';
import { sameCount } from './follows.ts';
import type { Known } from './known.ts';
import { divided, textOf } from './polynomials.ts';

/** What is known of the value of an expression or an argument. */
export type Symbolic =
  /** an integer; `rounded` when a division has lost a remainder */
  | { readonly tag: 'count'; readonly count: Channels; readonly rounded?: true }
  /** no larger than `most`; `value` when it is written as a number */
  | {
      readonly tag: 'real';
      readonly name: string;
      readonly most: number;
      readonly value?: number;
    }
  | { readonly tag: 'extent'; readonly h: Channels; readonly w: Channels }
  | {
      readonly tag: 'sides';
      readonly top: Channels;
      readonly bottom: Channels;
      readonly left: Channels;
      readonly right: Channels;
    }
  | { readonly tag: 'list'; readonly items: readonly Symbolic[] }
  | { readonly tag: 'range'; readonly from: Channels; readonly to: Channels }
  | { readonly tag: 'word'; readonly name: string }
  | { readonly tag: 'flag'; readonly value: boolean }
  /** any value that this parameter takes, the same for the same name; it may be absent if the parameter may */
  | { readonly tag: 'open'; readonly name: string; readonly param: OpParam }
  | { readonly tag: 'absent' };

export type SymbolicArgs = { readonly [name: string]: Symbolic | undefined };

/** A text that two equal values share. */
export const showSymbolic = (v: Symbolic | undefined): string => {
  switch (v?.tag) {
    case undefined:
    case 'absent':
      return 'absent';
    case 'count':
      return textOf(v.count);
    case 'real':
    case 'word':
    case 'open':
      return v.name;
    case 'extent':
      return `${textOf(v.h)} x ${textOf(v.w)}`;
    case 'sides':
      return `[${[v.top, v.bottom, v.left, v.right].map(textOf).join(', ')}]`;
    case 'list':
      return `[${v.items.map(showSymbolic).join(', ')}]`;
    case 'range':
      return `${textOf(v.from)}..${textOf(v.to)}`;
    case 'flag':
      return String(v.value);
  }
};

// -------------------------------------------------------------------------------------------- types

/** ⌊num/den⌋ with den ≥ 1: what every chain of windows makes of a height or width (SIZES 1a). */
export type SymbolicAxis = { readonly num: Channels; readonly den: Channels };

export type SymbolicMap = {
  readonly tag: 'map';
  readonly h: SymbolicAxis;
  readonly w: SymbolicAxis;
  readonly c: Channels;
};
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

export const axisOf = (size: Channels): SymbolicAxis => ({ num: size, den: 1 });

/** x ↦ ⌊(times·x + plus)/over⌋ with over ≥ 1, as in `size-steps.ts`. */
export type SymbolicStep = {
  readonly times: Channels;
  readonly plus: Channels;
  readonly over: Channels;
};

/**
 * ⌊(⌊N/D⌋ + e)/s⌋ = ⌊(N + D·e)/(D·s)⌋, whatever the integers N, e and D, s ≥ 1 are (SIZES 1a). A floor that is
 * multiplied is a symbol from then on.
 */
export const through = (k: Known, axis: SymbolicAxis, step: SymbolicStep): SymbolicAxis => {
  const { times: n, plus: e, over: s } = step;
  if (axis.den === 1) return reduced({ num: plus(times(n, axis.num), e), den: s });
  if (n === 1) return reduced({ num: plus(axis.num, times(axis.den, e)), den: times(axis.den, s) });
  return reduced({ num: plus(times(n, sizeOf(k, axis)), e), den: s });
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
export const sizeOf = (k: Known, { num, den }: SymbolicAxis): Channels => floored(k, num, den);

/** ⌊N/D⌋ and ⌊N'/D'⌋ are equal where N/D and N'/D' are. */
export const sameSize = (a: SymbolicAxis, b: SymbolicAxis): boolean => {
  const [left, right] = [times(a.num, b.den), times(b.num, a.den)];
  return left !== 'unknown' && right !== 'unknown' && sameForm(left, right);
};

export const sameSymbolicType = (k: Known, a: SymbolicType, b: SymbolicType): boolean =>
  a.tag === 'map'
    ? b.tag === 'map' && sameSize(a.h, b.h) && sameSize(a.w, b.w) && sameCount(k, a.c, b.c)
    : b.tag === 'vector' && sameCount(k, a.c, b.c);

export const showSize = ({ num, den }: SymbolicAxis): string =>
  den === 1 ? textOf(num) : `(${textOf(num)})/(${textOf(den)})`;

export const showSymbolicType = (t: SymbolicType): string =>
  t.tag === 'map' ? `[${showSize(t.h)}, ${showSize(t.w)}, ${textOf(t.c)}]` : `[${textOf(t.c)}]`;
