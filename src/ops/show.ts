/** Parameters and calls in `.net`'s own syntax, and what a parameter takes in words. */
import { defaultOf, showArg } from './parts/args.ts';
import { LARGEST } from './parts/declare.ts';
import type { Args, ParamKind, OpParam } from './params.ts';
import type { Row } from './table.ts';

/** A default as it is declared: `1`, `half`, or, for `stride = size`, `size`. */
export const defaultText = (p: OpParam): string | undefined => {
  switch (p.default?.tag) {
    case 'value':
      return showArg(p.default.value);
    case 'as':
      return p.default.parameter;
    case 'absent':
    case undefined:
      return undefined;
  }
};

/** Whether an argument is what the parameter has when it is not given. */
export const isDefault = (p: OpParam, args: Args): boolean => {
  if (p.default === undefined) return false;
  const [value, usual] = [args[p.name], defaultOf(p, args)];
  return value === undefined || usual === undefined
    ? value === usual
    : showArg(value) === showArg(usual);
};

/** `conv(3, 64, bias = false)`: what has no default in order, the rest by name where it differs from it. */
export const showCall = (row: Row, args: Args): string => {
  const given = row.params.flatMap((p) => {
    const value = args[p.name];
    if (value === undefined || isDefault(p, args)) return [];
    return [p.default === undefined ? showArg(value) : `${p.name} = ${showArg(value)}`];
  });
  return given.length === 0 ? row.name : `${row.name}(${given.join(', ')})`;
};

const inCode = (words: readonly string[]): readonly string[] => words.map((w) => `\`${w}\``);

const someSides = 'an integer, `[before, after]`, or `[top, bottom, left, right]`';

/** What a parameter takes, in words that follow `is`; its bounds are `showBounds`. */
export const showKind = (kind: ParamKind): string => {
  switch (kind.tag) {
    case 'integer':
      return 'an integer';
    case 'real':
      return 'a number';
    case 'flag':
      return '`true` or `false`';
    case 'extent':
      return 'an integer or a size `h x w`';
    case 'padding':
      return [...inCode(kind.words), someSides].join(', ');
    case 'sides':
      return someSides;
    case 'range':
      return 'a range `a..b` of integers';
    case 'word':
      return inCode(kind.words).join(' or ');
  }
};

/** `65536`, `1e9` */
const showBound = (n: number): string =>
  Math.abs(n) < 1e6 ? String(n) : n.toExponential().replace('+', '');

/** What the numbers must be, in words that follow `must be`: `at least 1`, `from 0 to 1`, `odd and at least 1`. */
export const showBounds = (kind: ParamKind): string | undefined => {
  if (!('min' in kind)) return undefined;
  const { min, max } = kind;
  const range = max >= LARGEST ? `at least ${min}` : `from ${showBound(min)} to ${showBound(max)}`;
  return 'odd' in kind ? `odd and ${range}` : range;
};
