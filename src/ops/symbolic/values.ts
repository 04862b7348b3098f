/** Arguments of layers whose numbers are symbols. */
import type { Channels } from '../../size/channels.ts';
import type { OpParam } from '../params.ts';
import { textOf } from './polynomials.ts';

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

/** By the names of the row’s parameters. */
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
