/** The values of a proof's symbols in one net, which laws compare with the rows. */
import { allSides, isExtent, isRange, isSides } from '../../src/ops/parts/args.ts';
import type { ArgValue } from '../../src/ops/params.ts';
import { stepOf, type Slide } from '../../src/ops/parts/windows.ts';
import type { Assumptions, SymbolOrigin } from '../../src/ops/symbolic/assumptions.ts';
import { substituted } from '../../src/ops/symbolic/polynomials.ts';
import type { SymbolicAxis, SymbolicType } from '../../src/ops/symbolic/types.ts';
import type { Symbolic } from '../../src/ops/symbolic/values.ts';
import type { Channels } from '../../src/size/channels.ts';

/** The values of arguments, variables and sizes in a net. */
export type Found = {
  readonly number: (origin: SymbolOrigin) => number | undefined;
  /** of a parameter that is open, by the name of what stands for it */
  readonly open: (name: string) => ArgValue | undefined;
};

/** A part of an argument: `h` of `3x5`, `top` of a padding; a number has no parts. */
export const partOf = (v: ArgValue | undefined, part: string | undefined): number | undefined => {
  if (typeof v === 'number') return v;
  if (v === undefined || part === undefined) return undefined;
  if (isExtent(v)) return part === 'h' ? v.h : v.w;
  if (isRange(v)) return part === 'from' ? v.from : v.to;
  if (isSides(v)) return v[part as 'top' | 'bottom' | 'left' | 'right'];
  return undefined;
};

const unknown = (what: string): never => {
  throw new Error(`no value for ${what}`);
};

/** The value of a number; an error when some symbol has none. */
export const numberOf = (assumed: Assumptions, c: Channels, found: Found): number => {
  const at = (x: Channels): number => numberOf(assumed, x, found);
  const symbol = (name: string): number => {
    const { origin } = assumed.atoms.get(name) ?? unknown(name);
    switch (origin.tag) {
      case 'floor':
      case 'joined':
        return Math.floor(at(origin.of) / at(origin.by));
      case 'least':
        return Math.min(0, at(origin.of));
      case 'window':
      case 'spread': {
        const { tag, axis } = origin;
        const [span, stride] = [at(origin.span), at(origin.stride)];
        const pad = argOf(assumed, origin.pad, found);
        const round = argOf(assumed, origin.round, found) === 'ceil' ? 'ceil' : 'floor';
        if (tag === 'spread' && pad === 'same') return 0;
        const half = Math.floor(span / 2);
        const all = isSides(pad) ? pad : allSides(pad === 'half' ? half : 0);
        const [before, after] = axis === 'h' ? [all.top, all.bottom] : [all.left, all.right];
        const pads: Slide['pads'] = pad === 'same' ? 'same' : { before, after };
        if (tag === 'spread') return span - stride - before - after;
        return stepOf({ kernel: span, stride, dilation: 1, pads, round }).plus;
      }
      default:
        return found.number(origin) ?? unknown(name);
    }
  };
  const value = substituted(c, symbol);
  return typeof value === 'number' ? value : unknown(JSON.stringify(c));
};

const argOf = (
  assumed: Assumptions,
  v: Symbolic | undefined,
  found: Found,
): ArgValue | undefined => {
  switch (v?.tag) {
    case 'word':
      return v.name;
    case 'open':
      return found.open(v.name);
    case 'sides': {
      const [top, bottom, left, right] = [v.top, v.bottom, v.left, v.right].map((c) =>
        numberOf(assumed, c, found),
      );
      return { top: top!, bottom: bottom!, left: left!, right: right! };
    }
    default:
      return undefined;
  }
};

const axis = (assumed: Assumptions, { num, den }: SymbolicAxis, found: Found): number =>
  Math.floor(numberOf(assumed, num, found) / numberOf(assumed, den, found));

/** `[3, 4, 2]`, as `showType` has it. */
export const shownType = (assumed: Assumptions, t: SymbolicType, found: Found): string =>
  t.tag === 'map'
    ? `[${axis(assumed, t.h, found)}, ${axis(assumed, t.w, found)}, ${numberOf(assumed, t.c, found)}]`
    : `[${numberOf(assumed, t.c, found)}]`;
