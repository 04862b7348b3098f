/** Symbols for the values of parameters, by what a parameter takes. */
import type { ArgValue, ParamKind, OpParam } from '../../ops/params.ts';
import { isExtent, isRange, isSides } from '../../ops/parts/args.ts';
import { isPolynomial, type Channels } from '../../size/channels.ts';
import { atom, type Assumptions, type SymbolOrigin } from '../../ops/symbolic/assumptions.ts';
import type { Symbolic } from '../../ops/symbolic/values.ts';

/** The origin of the symbol for a part of a value. */
export type OriginOf = (part: string | undefined) => SymbolOrigin;

type Bounded = { readonly min?: number; readonly max?: number };

const boundsOf = (kind: ParamKind): Bounded =>
  'min' in kind ? { min: kind.min, max: kind.max } : {};

/** An integer of this name. */
export const integerNamed = (
  assumed: Assumptions,
  name: string,
  bounds: Bounded & { readonly odd?: boolean; readonly image?: boolean },
  origin: SymbolOrigin,
): Symbolic => ({ tag: 'count', count: atom(assumed, name, { ...bounds, origin }) });

/** A real number of this name. */
export const realNamed = (assumed: Assumptions, name: string, { min, max }: Bounded): Symbolic => {
  const [least, most] = [min ?? -Infinity, max ?? Infinity];
  const bounds = Number.isInteger(least) && Number.isInteger(most) ? { min: least, max: most } : {};
  atom(assumed, `⟨${name}⟩`, { ...bounds, origin: { tag: 'itself' } });
  return { tag: 'real', name, most: Math.max(Math.abs(least), Math.abs(most)) };
};

/** Any value that the parameter takes. */
export const anyValue = (
  assumed: Assumptions,
  param: OpParam,
  name: string,
  origin: OriginOf,
): Symbolic => {
  const { kind } = param;
  const part = (p: string): Channels =>
    atom(assumed, `${name}.${p}`, { ...boundsOf(kind), origin: origin(p) });
  switch (kind.tag) {
    case 'integer': {
      if (param.default?.tag === 'absent') return { tag: 'open', name, param };
      const odd = kind.odd === undefined ? {} : { odd: true };
      return integerNamed(assumed, name, { ...boundsOf(kind), ...odd }, origin(undefined));
    }
    case 'real':
      return realNamed(assumed, name, boundsOf(kind));
    case 'extent':
      return { tag: 'extent', h: part('h'), w: part('w') };
    case 'sides':
      return {
        tag: 'sides',
        top: part('top'),
        bottom: part('bottom'),
        left: part('left'),
        right: part('right'),
      };
    case 'range':
      return { tag: 'range', from: part('from'), to: part('to') };
    case 'flag':
    case 'padding':
    case 'word':
      return { tag: 'open', name, param };
  }
};

/** A value that is known. */
export const ofArg = (kind: ParamKind, v: ArgValue): Symbolic | undefined => {
  switch (typeof v) {
    case 'number':
      return kind.tag === 'real'
        ? { tag: 'real', name: String(v), most: Math.abs(v), value: v }
        : { tag: 'count', count: v };
    case 'boolean':
      return { tag: 'flag', value: v };
    case 'string':
      return { tag: 'word', name: v };
    default:
      if (isPolynomial(v)) return { tag: 'count', count: v };
      if (isExtent(v)) return { tag: 'extent', h: v.h, w: v.w };
      if (isRange(v)) return { tag: 'range', from: v.from, to: v.to };
      return isSides(v) ? { tag: 'sides', ...v } : undefined;
  }
};

/** One number for all sides, two for before and after, four for top, bottom, left and right. */
export const sidesFrom = (items: readonly Channels[]): Symbolic | undefined => {
  const [a, b, c, d] = items;
  if (a === undefined) return undefined;
  if (items.length === 1) return { tag: 'sides', top: a, bottom: a, left: a, right: a };
  if (b === undefined) return undefined;
  if (items.length === 2) return { tag: 'sides', top: a, bottom: b, left: a, right: b };
  return c !== undefined && d !== undefined && items.length === 4
    ? { tag: 'sides', top: a, bottom: b, left: c, right: d }
    : undefined;
};

const counts = (items: readonly Symbolic[]): readonly Channels[] | undefined => {
  const all = items.flatMap((v) => (v.tag === 'count' ? [v.count] : []));
  return all.length === items.length ? all : undefined;
};

/** A value as a parameter of this kind holds it, whatever its bounds; undefined where it takes no such value. */
export const asKind = (kind: ParamKind, v: Symbolic): Symbolic | undefined => {
  if (v.tag === 'open') return takesAll(kind, v.param.kind) ? v : undefined;
  switch (kind.tag) {
    case 'integer':
      return v.tag === 'count' ? v : undefined;
    case 'real':
      return v.tag === 'real' || (v.tag === 'count' && v.rounded !== true) ? v : undefined;
    case 'flag':
      return v.tag === 'flag' ? v : undefined;
    case 'word':
      return v.tag === 'word' && kind.words.includes(v.name) ? v : undefined;
    case 'extent':
      return v.tag === 'count'
        ? { tag: 'extent', h: v.count, w: v.count }
        : v.tag === 'extent'
          ? v
          : undefined;
    case 'range':
      return v.tag === 'range' ? v : undefined;
    case 'padding':
      if (v.tag === 'word') return kind.words.includes(v.name) ? v : undefined;
      return asSides(v);
    case 'sides':
      return asSides(v);
  }
};

/** Whether every value of the second kind is one of the first. */
const takesAll = (kind: ParamKind, other: ParamKind): boolean => {
  const words = (k: ParamKind): readonly string[] => ('words' in k ? k.words : []);
  const [wide, narrow] = [boundsOf(kind), boundsOf(other)];
  return (
    kind.tag === other.tag &&
    words(other).every((word) => words(kind).includes(word)) &&
    (wide.min === undefined || (narrow.min !== undefined && narrow.min >= wide.min)) &&
    (wide.max === undefined || (narrow.max !== undefined && narrow.max <= wide.max)) &&
    ('odd' in kind ? 'odd' in other : true)
  );
};

const asSides = (v: Symbolic): Symbolic | undefined => {
  if (v.tag === 'sides') return v;
  const items = v.tag === 'count' ? [v.count] : v.tag === 'list' ? counts(v.items) : undefined;
  return items && sidesFrom(items);
};
