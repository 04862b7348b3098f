/** Reading arguments. The checker has given every parameter a value of its kind, so anything else is a Bug. */
import { Bug } from '../../diagnostic/bug.ts';
import { isPolynomial, showChannels, type Polynomial } from '../../size/channels.ts';
import {
  paddings,
  type Args,
  type ArgValue,
  type Extent,
  type ParamKind,
  type OpParam,
  type Padding,
  type Range,
  type Sides,
} from '../params.ts';

/** Whether it is `h x w`. */
export const isExtent = (v: ArgValue | undefined): v is Extent => typeof v === 'object' && 'h' in v;
/** Whether it has a number for each of the four sides. */
export const isSides = (v: ArgValue | undefined): v is Sides => typeof v === 'object' && 'top' in v;
/** Whether it is `a..b`. */
export const isRange = (v: ArgValue | undefined): v is Range =>
  typeof v === 'object' && 'from' in v;

const wrong = (args: Args, name: string, wanted: string): Bug =>
  new Bug(`argument ${name} is ${JSON.stringify(args[name])} and not ${wanted}`);

/** An integer or a real. */
export const number = (args: Args, name: string): number => {
  const v = args[name];
  if (typeof v !== 'number') throw wrong(args, name, 'a number');
  return v;
};

/** A number of channels: an integer, or a polynomial while parameters have no values. */
export const count = (args: Args, name: string): number | Polynomial => {
  const v = args[name];
  return isPolynomial(v) ? v : number(args, name);
};

/** The count of a parameter that may be left out, `channels?`. */
export const optionalCount = (args: Args, name: string): number | Polynomial | undefined =>
  args[name] === undefined ? undefined : count(args, name);

/** The argument of this name, which is true or false; else a Bug. */
export const flag = (args: Args, name: string): boolean => {
  const v = args[name];
  if (typeof v !== 'boolean') throw wrong(args, name, 'true or false');
  return v;
};

/** The argument of this name, which is a word; else a Bug. */
export const word = (args: Args, name: string): string => {
  const v = args[name];
  if (typeof v !== 'string') throw wrong(args, name, 'a word');
  return v;
};

/** The argument of this name, which is `h x w`; else a Bug. */
export const extent = (args: Args, name: string): Extent => {
  const v = args[name];
  if (!isExtent(v)) throw wrong(args, name, 'h x w');
  return v;
};

/** The argument of this name, which has a number for each side; else a Bug. */
export const sides = (args: Args, name: string): Sides => {
  const v = args[name];
  if (!isSides(v)) throw wrong(args, name, 'four sides');
  return v;
};

/** The argument of this name, which is a rule for padding or its pixels; else a Bug. */
export const padding = (args: Args, name: string): Padding => {
  const v = args[name];
  const found = isSides(v) ? v : paddings.find((p) => p === v);
  if (found === undefined) throw wrong(args, name, 'a padding');
  return found;
};

/** The argument of this name, which is `a..b`; else a Bug. */
export const range = (args: Args, name: string): Range => {
  const v = args[name];
  if (!isRange(v)) throw wrong(args, name, 'a..b');
  return v;
};

/** The same pixels at all four sides. */
export const allSides = (n: number): Sides => ({ top: n, bottom: n, left: n, right: n });
/** An extent as high as wide. */
export const square = (n: number): Extent => ({ h: n, w: n });

/** What a parameter has when it is not given; a default `as` takes the value of a parameter before it. */
export const defaultOf = (p: OpParam, before: Args): ArgValue | undefined => {
  switch (p.default?.tag) {
    case 'value':
      return p.default.value;
    case 'as':
      return before[p.default.parameter];
    case 'absent':
    case undefined:
      return undefined;
  }
};

/** Whether a number keeps to what the kind allows; a kind without bounds allows every one. */
export const within = (kind: ParamKind, n: number): boolean =>
  !('min' in kind) || (n >= kind.min && n <= kind.max && !('odd' in kind && n % 2 === 0));

/**
 * What is given, and the defaults of the rest. A parameter that has neither is a Bug: the checker asks
 * for it.
 */
export const withDefaults = (params: readonly OpParam[], given: Args): Args => {
  const full: { [name: string]: ArgValue | undefined } = {};
  for (const p of params) {
    const value = given[p.name] ?? defaultOf(p, full);
    if (value === undefined && p.default?.tag !== 'absent')
      throw new Bug(`no value for ${p.name} among ${JSON.stringify(given)}`);
    full[p.name] = value;
  }
  const stray = Object.keys(given).find((name) => !params.some((p) => p.name === name));
  if (stray !== undefined) throw new Bug(`no parameter is called ${stray}`);
  return full;
};

const showNumber = (n: number): string =>
  n !== 0 && Math.abs(n) <= 1e-3 ? n.toExponential() : String(n);

/** In `.net`'s own syntax: `3`, `1e-5`, `1x7`, `[0, 1, 0, 1]`, `0..64`. */
export const showArg = (v: ArgValue): string => {
  if (typeof v === 'number') return showNumber(v);
  if (isPolynomial(v)) return showChannels(v);
  if (isExtent(v)) return v.h === v.w ? String(v.h) : `${v.h}x${v.w}`;
  if (isRange(v)) return `${v.from}..${v.to}`;
  if (!isSides(v)) return String(v);
  const all = v.top === v.bottom && v.left === v.right && v.top === v.left;
  return all ? String(v.top) : `[${v.top}, ${v.bottom}, ${v.left}, ${v.right}]`;
};
