/** The parameters of operators: their kinds, bounds and defaults. */
import type { Polynomial } from '../size/channels.ts';

/** `h x w`; a plain number is squared. */
export type Extent = { readonly h: number; readonly w: number };
/** Pixels added or cut at each side. A plain number is all four; `[a, b]` is before and after on both axes. */
export type Sides = {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
};
/** `a..b`, from a up to and without b. */
export type Range = { readonly from: number; readonly to: number };

/** The words that may stand for pixels; what each adds, `slidesOf` says. */
export const paddings = ['half', 'valid', 'same'] as const;
/** A rule by which pixels are added, or their numbers. */
export type Padding = (typeof paddings)[number] | Sides;

/** The value of one argument, after numbers have become what the parameter wants. */
export type ArgValue = number | boolean | string | Extent | Sides | Range | Polynomial;
/** By the names of the row’s parameters. */
export type Args = { readonly [name: string]: ArgValue | undefined };

/** What every number in a value keeps to; both ends are allowed. */
export type Bounds = { readonly min: number; readonly max: number };

/** What a parameter takes. `words` are names of the outermost scope such as `half`. */
export type ParamKind =
  /** `counts` channels, which may depend on parameters that have no value yet */
  | ({ readonly tag: 'integer'; readonly odd?: true; readonly counts?: true } & Bounds)
  | ({ readonly tag: 'real' } & Bounds)
  | { readonly tag: 'flag' }
  | ({ readonly tag: 'extent' } & Bounds)
  | ({ readonly tag: 'padding'; readonly words: readonly string[] } & Bounds)
  | ({ readonly tag: 'sides' } & Bounds)
  | { readonly tag: 'range' }
  | { readonly tag: 'word'; readonly words: readonly string[] };

/** `value`, the value of another parameter (`stride = size`), `absent` (`channels?`), or none: required. */
export type Default =
  | { readonly tag: 'value'; readonly value: ArgValue }
  | { readonly tag: 'as'; readonly parameter: string }
  | { readonly tag: 'absent' };

/** A parameter as its row declares it; without a default it is required. */
export type OpParam = {
  readonly name: string;
  readonly kind: ParamKind;
  readonly default?: Default;
  readonly doc: string;
};
