/**
 * A rule, compiled: two small graphs over one input. Both sides are lists of nodes in which a node's inputs stand
 * before it; node 0 is the input, which may match any value.
 */
import { perObject } from '../../syntax/memo.ts';
import type { Row } from '../../ops/table.ts';
import type { ArgValue, OpParam } from '../../ops/params.ts';
import type { Span } from '../../syntax/source.ts';
import type { Binding, Expr, Rule, TypeExpr } from '../../syntax/tree.ts';
import type { Value } from '../../typecheck/expr/values.ts';

/** A pattern for one argument of a layer. */
export type ArgPattern =
  | { readonly tag: 'any' }
  /** bound where it is first met, equal from then on */
  | { readonly tag: 'variable'; readonly name: string; readonly span: Span }
  | { readonly tag: 'extent'; readonly h: ArgPattern; readonly w: ArgPattern }
  | { readonly tag: 'range'; readonly from: ArgPattern; readonly to: ArgPattern }
  /** one for all sides, two for before and after, or top, bottom, left and right */
  | { readonly tag: 'sides'; readonly items: readonly ArgPattern[] }
  | { readonly tag: 'value'; readonly value: Value }
  /** compared once every variable is bound */
  | { readonly tag: 'expr'; readonly expr: Expr }
  /** one of the remaining parameters behind `..p` */
  | { readonly tag: 'carried'; readonly rest: string }
  /** the parameter's default */
  | { readonly tag: 'default'; readonly value: ArgValue | undefined }
  | { readonly tag: 'same as'; readonly parameter: string };

/** A parameter of a layer in a pattern, and the pattern for its argument. */
export type ParamPattern = { readonly param: OpParam; readonly pattern: ArgPattern };

/** A join of two branches or more, each the number of a node. */
type Join = {
  readonly tag: 'join';
  readonly row: Row;
  readonly branches: readonly number[];
  readonly span: Span;
};

/** `..f`: any layers with one entry, `of`, and one exit; on the left side it may match no layer. */
type Layers = {
  readonly tag: 'layers';
  readonly name: string;
  readonly of: number;
  readonly span: Span;
};

/** A node of the left side: a pattern for a part of the net. */
export type PatternNode =
  | { readonly tag: 'input' }
  | {
      readonly tag: 'layer';
      readonly row: Row;
      readonly params: readonly ParamPattern[];
      readonly of: number;
      readonly span: Span;
    }
  | Join
  | Layers;

/** The left side of a rule. */
export type Pattern = {
  readonly nodes: readonly PatternNode[];
  readonly result: number;
  /** `f as a`: the nodes that have names */
  readonly names: ReadonlyMap<string, number>;
  /** those that the pattern itself uses, as `@a` */
  readonly recalled: ReadonlySet<string>;
  /** `[h, w, c]` written at the input or the output of a part */
  readonly types: readonly { readonly node: number; readonly type: TypeExpr }[];
  /** `..p` and the parameters behind it */
  readonly rests: ReadonlyMap<string, readonly string[]>;
  readonly variables: ReadonlyMap<string, Span>;
  /** for each `..f`, the joins that have it in some of their branches and not in all */
  readonly apart: ReadonlyMap<number, readonly number[]>;
  /** the joins whose branches all begin at the input of the pattern */
  readonly fromInput: ReadonlySet<number>;
};

/** Whether the pattern says that it gives a vector, as in `(gap; fc(n, ..p)) : [_, _, c] -> [n]`. */
export const statesVector = ({ types, result }: Pattern): boolean =>
  types.some(
    ({ node, type }) => node === result && type.tag === 'tensor' && type.axes.length === 1,
  );

/** Where the argument of a new layer comes from. */
export type ArgSource =
  | { readonly tag: 'expr'; readonly expr: Expr }
  | { readonly tag: 'value'; readonly value: Value }
  | { readonly tag: 'carried'; readonly rest: string };

/** An argument of a new layer, before the rule has matched anything. */
export type BoundArg = {
  readonly parameter: string;
  readonly source: ArgSource;
  readonly span: Span;
};

/** `kernel = k.kernel * s` */
export type Entry = { readonly weight: string; readonly value: Expr; readonly span: Span };

/** A node of the right side. */
export type NewNode =
  | { readonly tag: 'input' }
  /** `@a`: a matched value that stays */
  | { readonly tag: 'kept'; readonly node: number }
  | {
      readonly tag: 'layer';
      readonly row: Row;
      readonly args: readonly BoundArg[];
      /** absent: the layer has no weights, or, in a structural rule, fresh ones */
      readonly with: readonly Entry[] | undefined;
      readonly of: number;
      readonly span: Span;
    }
  | Join
  | Layers;

/** The right side of a rule. */
export type Replacement = {
  readonly nodes: readonly NewNode[];
  readonly result: number;
  /** names and conditions after `where` */
  readonly bindings: readonly Binding[];
};

/** A rule with its two sides; `rule` is how it is written. */
export type CompiledRule = {
  readonly rule: Rule;
  /** whether the height or width of a map decides if it matches, or what it makes */
  readonly asksForSize: boolean;
  /** the numbers written in it, those of its conditions too */
  readonly literals: readonly number[];
  readonly pattern: Pattern;
  readonly replacement: Replacement;
};

/** A rewrite pass: rules in order. */
export type Pass = {
  readonly name: string;
  readonly doc: string;
  /** the pass keeps the function only at inference */
  readonly inference: boolean;
  readonly rules: readonly CompiledRule[];
  /** applied though nobody asked for it: what it cannot finish it leaves */
  readonly unasked: boolean;
  readonly span: Span; // of its name
};

/** The names of the weights that a row may have: those of its samples. */
export const weightNames = perObject((row: Row): readonly string[] => [
  ...new Set(row.samples.flatMap((s) => row.weights(s.args, s.inputs).map((w) => w.name))),
]);
