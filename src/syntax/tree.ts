/**
 * The syntax tree: one discriminated union for expressions, one for declarations.
 *
 * One grammar serves layers, numbers and truth values; what a word means is found out by the checker.
 * So the parser knows no operator: infix signs stay flat in `run`, and paper notation stays flat in
 * `chain`, until the kinds of the names give them their shape.
 */
import type { Source, Span } from './source.ts';

/** A name with its place. */
export type Name = { readonly text: string; readonly span: Span };

/** `conv`, `std.conv`, `r.stage`: one or two names, touching. */
export type Word = { readonly parts: readonly Name[]; readonly span: Span };

/** An argument of a call: `expr`, `name = expr` or `..p`. */
export type Argument =
  | { readonly tag: 'positional'; readonly value: Expr; readonly span: Span }
  | { readonly tag: 'named'; readonly name: Name; readonly value: Expr; readonly span: Span }
  | { readonly tag: 'rest'; readonly name: Name; readonly span: Span };

/** What touches a word: `-a`, `/n` or `(arguments)`. */
export type Link =
  | { readonly tag: '-' | '/'; readonly argument: Expr; readonly span: Span }
  | { readonly tag: 'call'; readonly arguments: readonly Argument[]; readonly span: Span };

/** `c = 4*k`, or, in a rule only, a condition. */
export type Binding =
  | { readonly tag: 'binding'; readonly name: Name; readonly value: Expr; readonly span: Span }
  | { readonly tag: 'guard'; readonly condition: Expr; readonly span: Span };

/** `kernel = reshape(f.kernel, [h, w, c, n])`: a weight of the replacing layer. */
export type WithEntry = { readonly name: Name; readonly value: Expr; readonly span: Span };

/** The type of a tensor as written: `[h, w, c]`, `[classes]`, `[_]` or `_`. */
export type TypeExpr =
  | { readonly tag: 'tensor'; readonly axes: readonly Expr[]; readonly span: Span }
  | { readonly tag: 'any'; readonly span: Span };

/** Of numbers; between layers `+` and `*` are joins. */
export type Sign = '+' | '-' | '*' | '/';
/** Of conditions and assertions. */
export type Comparator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** The largest integer that a text may have (SAFETY.md); a larger number has a point. */
export const largestInteger = 2 ** 31 - 1;

/** An expression: a layer, a number or a truth value, which only the checker tells apart. */
export type Expr =
  // atoms
  | {
      readonly tag: 'number';
      readonly value: number;
      readonly integer: boolean;
      readonly span: Span;
    }
  | { readonly tag: 'size'; readonly h: number; readonly w: number; readonly span: Span } // `1x7`
  | { readonly tag: 'string'; readonly value: string; readonly span: Span }
  | { readonly tag: 'list'; readonly items: readonly Expr[]; readonly span: Span } // `[1, 2, 1, 2]`
  | { readonly tag: 'any'; readonly span: Span } // `_`, in types and arguments
  | { readonly tag: 'recall'; readonly name: Name; readonly span: Span } // `@a`
  | { readonly tag: 'spread'; readonly name: Name; readonly span: Span } // `..f`, layers of a rule
  | { readonly tag: 'group'; readonly body: Expr; readonly span: Span } // `( … )` or `{ … }`
  | { readonly tag: 'missing'; readonly span: Span } // where the parser recovered; never reported again
  /** A word and what touches it, in the order of the text: `conv3-64/2(pad = 1)`, `by8(c)`, `n-1`. */
  | {
      readonly tag: 'chain';
      readonly word: Word;
      readonly links: readonly Link[];
      readonly span: Span;
    }
  // from the tightest to the loosest
  | { readonly tag: 'times'; readonly count: Expr; readonly body: Expr; readonly span: Span } // `3x f`, `h x w`
  | { readonly tag: 'negate'; readonly body: Expr; readonly span: Span }
  | { readonly tag: 'label'; readonly name: Name; readonly body: Expr; readonly span: Span }
  | { readonly tag: 'as'; readonly body: Expr; readonly name: Name; readonly span: Span }
  | {
      readonly tag: 'ascribe'; // `(f : [7, 7, 512] -> [_])`; without an arrow `output` is absent
      readonly body: Expr;
      readonly input: TypeExpr;
      readonly output?: TypeExpr;
      readonly span: Span;
    }
  | {
      readonly tag: 'with';
      readonly body: Expr;
      readonly entries: readonly WithEntry[];
      readonly span: Span;
    }
  /** A flat run of infix signs: operands.length = signs.length + 1. */
  | {
      readonly tag: 'run';
      readonly operands: readonly Expr[];
      readonly signs: readonly { readonly sign: Sign; readonly span: Span }[];
      readonly span: Span;
    }
  | { readonly tag: 'range'; readonly from: Expr; readonly to: Expr; readonly span: Span } // `a..b`
  | {
      readonly tag: 'compare';
      readonly left: Expr;
      readonly comparator: Comparator;
      readonly right: Expr;
      readonly span: Span;
    }
  | { readonly tag: 'not'; readonly body: Expr; readonly span: Span }
  | { readonly tag: 'and' | 'or'; readonly left: Expr; readonly right: Expr; readonly span: Span }
  | {
      readonly tag: 'if';
      readonly condition: Expr;
      readonly then: Expr;
      readonly else: Expr;
      readonly span: Span;
    }
  | { readonly tag: 'beside'; readonly branches: readonly Expr[]; readonly span: Span } // `f | g | h`
  /** `f; g; h`; local `def`s stand before the steps they are seen in. */
  | {
      readonly tag: 'sequence';
      readonly defs: readonly Declaration[];
      readonly steps: readonly Expr[];
      readonly span: Span;
    }
  | { readonly tag: 'block'; readonly name?: Name; readonly body: Expr; readonly span: Span }
  | { readonly tag: 'also'; readonly name: Name; readonly body: Expr; readonly span: Span }
  | {
      readonly tag: 'where';
      readonly body: Expr;
      readonly bindings: readonly Binding[];
      readonly span: Span;
    };

/** One parameter of a `def` or `net`: `c`, `stride = 1`, or `..p` in the last place. */
export type Parameter =
  | { readonly tag: 'parameter'; readonly name: Name; readonly default?: Expr; readonly span: Span }
  | { readonly tag: 'rest'; readonly name: Name; readonly span: Span };

/** `: [h, w, c] -> [h/2, w/2, c/2]`; the output may be absent. */
export type Signature = {
  readonly input: TypeExpr;
  readonly output?: TypeExpr;
  readonly span: Span;
};

/** `augment rescale(256..512); crop-224; flip`: a word, values between `;` or `,`, perhaps clauses inside. */
export type Clause = {
  readonly words: readonly Name[]; // `init from` is two
  readonly values: readonly ClauseValue[];
  readonly inner: readonly Clause[]; // `init from A { first 4 conv; last 3 fc }`
  readonly span: Span;
};

/** Between `;` or `,` of a clause: one expression, or several side by side as in `first 4 conv`. */
export type ClauseValue = { readonly items: readonly Expr[]; readonly span: Span };

/** One rule of a rewrite pass: a pattern and what stands in its place. */
export type Rule = {
  readonly soundness: 'exact' | 'approximate' | 'structural';
  /** `approximate(1e-3)`: how far the sides may be apart */
  readonly tolerance?: { readonly value: number; readonly span: Span };
  readonly name: Name;
  readonly pattern: Expr; // an `ascribe` when it states its type
  readonly replacement: Expr;
  readonly doc: string;
  readonly span: Span;
};

/** Another pass of the file, whose rules stand before those of the pass; `fault` says why they cannot (`taken-over.ts`). */
export type TakenOver = Name & { readonly fault?: 'unknown' | 'round' | 'many' };

/** What a file consists of. */
export type Declaration =
  | {
      readonly tag: 'def' | 'net';
      readonly name: Name;
      readonly parameters: readonly Parameter[];
      readonly signature?: Signature;
      readonly body: Expr; // a `where` when it ends with one
      readonly doc: string;
      readonly span: Span;
    }
  | {
      readonly tag: 'import';
      readonly path: { readonly text: string; readonly span: Span };
      readonly as?: Name;
      readonly picked?: readonly Name[];
      readonly span: Span;
    }
  | { readonly tag: 'assert'; readonly condition: Expr; readonly doc: string; readonly span: Span }
  | {
      readonly tag: 'rewrite';
      readonly name: Name;
      readonly when?: Name; // `inference`
      readonly with?: TakenOver;
      readonly rules: readonly Rule[];
      readonly doc: string;
      readonly span: Span;
    }
  | {
      readonly tag: 'train' | 'eval';
      readonly name: Name;
      readonly net?: Expr; // after `:`
      readonly from?: Expr; // `from D_paper` or `from "weights.safetensors"`
      readonly with?: Name; // `paper`, or `r.paper` behind the name of an import
      readonly clauses: readonly Clause[];
      readonly body?: Expr; // `eval fusion = mean(D_dense, E_dense)`
      readonly doc: string;
      readonly span: Span;
    };

/**
 * A whole file. It always exists, however broken the text. Its places lie in `pieces`: the file itself, or its
 * declarations, each by itself.
 */
export type Tree = {
  readonly path: string;
  readonly pieces: readonly Source[];
  readonly declarations: readonly Declaration[];
  readonly span: Span;
};

/** What can be called: `def` or `net`. */
export type Definition = Extract<Declaration, { readonly tag: 'def' | 'net' }>;

/** What is trained or measured and how, or a recipe for that. */
export type Protocol = Extract<Declaration, { readonly tag: 'train' | 'eval' }>;

/** A pass as it is declared; what its rules mean the rewriter knows. */
export type Rewrite = Extract<Declaration, { readonly tag: 'rewrite' }>;
