/**
 * The typed program: every net with its layers in the structure of the source, each with the type of
 * what goes in and what comes out.
 *
 * A subtree may stand in several places: `1000x conv3-8` holds one layer a thousand times, and a call
 * repeated with the same arguments and input is checked once. So a node holds no path; paths belong to
 * places and are found by walking from the net (`flat.ts`).
 */
import type { Graph } from '../../graph/graph.ts';
import type { TraceEvent } from '../../graph/trace.ts';
import type { Args } from '../../ops/params.ts';
import type { OperatorName } from '../../ops/table.ts';
import type { TensorType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import type { Rewrite } from '../../syntax/tree.ts';
import type { Sizes } from '../../size/sizes.ts';

/** How a layer or folder is called: a label as it stands, or a word with its place among its namesakes. */
export type Naming =
  | { readonly tag: 'label'; readonly text: string; readonly numbered: boolean }
  | { readonly tag: 'word'; readonly text: string };

/** Sums over all places below a node. */
export type Totals = {
  readonly nodes: number; // what is written out: layers and what holds them
  readonly layers: number; // operators, joins included
  readonly weighted: number; // operators that have weights
  readonly params: number; // trained numbers
  readonly macs: number | undefined; // multiply–adds of one image; undefined while a size is free
};

type Common = {
  readonly input: TensorType;
  readonly output: TensorType;
  readonly span: Span;
  readonly totals: Totals;
};

/** A layer, or what holds layers, with its types. The same call on the same input is the same node. */
export type Typed = Common &
  (
    | {
        readonly tag: 'op';
        readonly op: OperatorName;
        readonly args: Args;
        readonly naming: Naming;
        /** where a layer passed as an argument is written; `span` is where it is applied */
        readonly handed?: Span;
      }
    | { readonly tag: 'sequence'; readonly steps: readonly Typed[] }
    /** stands for layers that are not known; after a fault not even their output is */
    | { readonly tag: 'hole' }
    | { readonly tag: 'repeat'; readonly copies: readonly Typed[] }
    /** every branch gets the input; the results meet in the row `op`: add, multiply or concat */
    | {
        readonly tag: 'join';
        readonly op: OperatorName;
        readonly naming: Naming;
        readonly branches: readonly Typed[];
      }
    /** a folder of names: a call of a definition or of a net, a block or a label */
    | {
        readonly tag: 'folder';
        readonly of: 'call' | 'block' | 'label' | 'net';
        readonly naming: Naming;
        readonly body: Typed;
      }
    /** a net after its passes, used as a layer; its weights are those of that net's source */
    | { readonly tag: 'variant'; readonly variant: Variant; readonly body: Typed }
    /** the value that leaves `body` is kept under `key`, which is unique in the net; `value` is its text with brackets */
    | {
        readonly tag: 'remember';
        readonly key: number;
        readonly body: Typed;
        readonly value: Span;
      }
    /** the kept value, whatever comes in */
    | { readonly tag: 'recall'; readonly key: number }
    /** a side branch that becomes the extra output; the main value passes through */
    | { readonly tag: 'also'; readonly naming: Naming; readonly body: Typed }
  );

/** One change of the set of admissible sizes of an axis, and the layer that made it. */
export type Narrowing = {
  readonly axis: 'h' | 'w';
  readonly span: Span;
  readonly op: OperatorName;
  readonly before: Sizes;
  readonly after: Sizes;
};

/** The heights and widths that a net accepts with its weights, and what narrowed them; vectors have none. */
export type Admissible = {
  readonly h: Sizes;
  readonly w: Sizes;
  readonly narrowings: readonly Narrowing[];
};

/** A net without its places: subtrees are shared. */
export type TypedNet = {
  readonly name: string;
  readonly doc: string;
  readonly span: Span; // of its name
  readonly input: TensorType;
  readonly output: TensorType;
  /** the extra outputs of `also`, by name */
  readonly extras: readonly { readonly name: string; readonly type: TensorType }[];
  readonly body: Typed;
  /** undefined where it is not known: the input is not a map, or a fault is in the way */
  readonly admissible: Admissible | undefined;
  /** its weights are those of the net that it was made of */
  readonly variant?: Variant;
};

/** A net, called `name`, that passes make of another one, in order; and what they did. */
export type Variant = {
  readonly name: string;
  readonly source: TypedNet;
  readonly passes: readonly Rewrite[];
  /** what they left, whose weights are expressions over those of the source */
  readonly graph: Graph;
  readonly trace: readonly TraceEvent[];
};

/** The net that a weight file belongs to: a rewritten net reads the weights of its source. */
export const sourceOf = (net: TypedNet): TypedNet =>
  net.variant === undefined ? net : sourceOf(net.variant.source);
