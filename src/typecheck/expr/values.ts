/** What expressions mean before a tensor exists: numbers, truth values, sizes and layers. */
import type { Row } from '../../ops/table.ts';
import { showAxis, type Axis } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import type { Declaration, Expr } from '../../syntax/tree.ts';
import { isPolynomial, showChannels, type Channels, type Polynomial } from '../../size/channels.ts';
import type { Scope } from './scope.ts';
import { showSizes, type Sizes } from '../../size/sizes.ts';

/** What can be called: `def` or `net`. */
export type Definition = Extract<Declaration, { readonly tag: 'def' | 'net' }>;

/** A pass as it is declared; what its rules mean the rewriter knows. */
export type Rewrite = Extract<Declaration, { readonly tag: 'rewrite' }>;

/** What can be called: a row of the operator table, or a definition with the scope around it. */
export type Callee =
  | { readonly tag: 'operator'; readonly row: Row }
  | { readonly tag: 'definition'; readonly definition: Definition; readonly scope: Scope };

/** What an expression means without an input. */
export type Value =
  /** `dropped` is the division that lost a remainder, for reals that were meant as `1.0/255` */
  | {
      readonly tag: 'number';
      readonly value: number;
      readonly integer: boolean;
      readonly dropped?: Span;
    }
  /** a number that depends on parameters without a value, while a definition is tried */
  | { readonly tag: 'count'; readonly count: Polynomial }
  /** a height or width that depends on the image */
  | { readonly tag: 'pixels'; readonly axis: Axis }
  | { readonly tag: 'flag'; readonly value: boolean }
  | { readonly tag: 'string'; readonly value: string }
  | { readonly tag: 'extent'; readonly h: number; readonly w: number }
  | { readonly tag: 'range'; readonly from: number; readonly to: number }
  | { readonly tag: 'list'; readonly items: readonly Value[] }
  /** `half`, `valid`, … and the number functions; `floor` is both */
  | { readonly tag: 'builtin'; readonly name: string }
  | { readonly tag: 'callable'; readonly callee: Callee }
  /** an expression that becomes a layer where it is applied */
  | { readonly tag: 'layer'; readonly expr: Expr; readonly scope: Scope }
  /** `params`, `macs`, … in an assertion */
  | { readonly tag: 'fact'; readonly name: string }
  | { readonly tag: 'sizes'; readonly h: Sizes; readonly w: Sizes }
  | { readonly tag: 'rewrite'; readonly pass: Rewrite }
  /** after a fault; it fits everywhere */
  | { readonly tag: 'unknown' };

/** After a fault, or of what is not decided yet. */
export const unknown: Value = { tag: 'unknown' };
/** A number without a fraction. */
export const integer = (value: number): Value => ({ tag: 'number', value, integer: true });
/** A number of channels as a value; unknown where it is. */
export const countValue = (c: Channels): Value =>
  isPolynomial(c) ? { tag: 'count', count: c } : c === 'unknown' ? unknown : integer(c);
/** A value as a number of channels; undefined for one that is none. */
export const countOfValue = (v: Value): Channels | undefined => {
  if (v.tag === 'count') return v.count;
  if (v.tag === 'unknown') return 'unknown';
  return v.tag === 'number' && v.integer ? v.value : undefined;
};
/** A truth value. */
export const flag = (value: boolean): Value => ({ tag: 'flag', value });

/** The kind of a value, with its article, for messages. */
export const kindName = (v: Value): string => {
  switch (v.tag) {
    case 'number':
      return v.integer ? 'an integer' : 'a real number';
    case 'count':
      return 'a number';
    case 'pixels':
      return 'a size of the image';
    case 'flag':
      return 'a truth value';
    case 'string':
      return 'a string';
    case 'extent':
      return 'a size';
    case 'range':
      return 'a range';
    case 'list':
      return 'a list';
    case 'builtin':
      return `the word \`${v.name}\``;
    case 'callable':
    case 'layer':
      return 'a layer';
    case 'fact':
      return 'a fact about a net';
    case 'sizes':
      return 'a set of sizes';
    case 'rewrite':
      return 'a rewrite pass';
    case 'unknown':
      return 'unknown';
  }
};

/** Whether it can stand where a layer is needed, if need be with arguments. */
export const isLayer = (v: Value): boolean => v.tag === 'layer' || v.tag === 'callable';

/** As it would be written, for messages; layers have no short form. */
export const showValue = (v: Value): string => {
  switch (v.tag) {
    case 'number':
    case 'flag':
      return String(v.value);
    case 'count':
      return showChannels(v.count);
    case 'pixels':
      return showAxis(v.axis);
    case 'string':
      return JSON.stringify(v.value);
    case 'extent':
      return `${v.h}x${v.w}`;
    case 'range':
      return `${v.from}..${v.to}`;
    case 'list':
      return `[${v.items.map(showValue).join(', ')}]`;
    case 'builtin':
      return v.name;
    case 'sizes': {
      const h = showSizes(v.h);
      const w = showSizes(v.w);
      return h === w ? h : `${h} × ${w}`;
    }
    default:
      return kindName(v);
  }
};
