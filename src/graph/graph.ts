/**
 * The graph: one net in static single assignment. Every node is a row of the operator table applied to
 * earlier values; definitions, blocks and repetitions are gone, but each node knows its path and source.
 */
import { sameShape } from '../numeric/tensor.ts';
import type { Args } from '../ops/params.ts';
import type { OperatorName } from '../ops/table.ts';
import type { WeightSpec } from '../ops/row.ts';
import type { TensorType } from '../ops/types.ts';
import type { Span } from '../syntax/source.ts';

/** Names a value of the graph: the input is 0, a node's result is the node's own number. */
export type ValueId = number;

/**
 * A weight of the graph; `path` is its name in weight files, `D/block3/conv2/kernel`. A weight that a rewrite pass made
 * is an expression over the weights of the source, whose names the files keep.
 */
export type GraphWeight = {
  readonly path: string;
  readonly spec: WeightSpec;
  readonly value?: WeightValue;
  readonly madeBy?: MadeBy;
};

/** Arithmetic on weights of the source, done once when they are loaded; every node knows its shape. */
export type WeightValue = { readonly shape: readonly number[] } & (
  | { readonly tag: 'source'; readonly weight: GraphWeight }
  | { readonly tag: 'constant'; readonly value: number }
  /** broadcasting from the last axis */
  | {
      readonly tag: 'arithmetic';
      readonly sign: '+' | '-' | '*' | '/';
      readonly left: WeightValue;
      readonly right: WeightValue;
    }
  | { readonly tag: 'sqrt' | 'reshape'; readonly of: WeightValue }
  /** axis i of the result is axis `order[i]` of the operand */
  | { readonly tag: 'transpose'; readonly of: WeightValue; readonly order: readonly number[] }
  | { readonly tag: 'sum'; readonly of: WeightValue; readonly axis: number }
  | { readonly tag: 'concat'; readonly parts: readonly WeightValue[]; readonly axis: number }
);

/** Which rule made a weight; a fresh one is computed from no weight of the source. */
export type MadeBy = { readonly pass: string; readonly rule: string; readonly isFresh: boolean };

/**
 * One layer at one place of a net. The checker, summaries and drawings read it as it is; a graph adds its weights.
 */
export type PlacedLayer = {
  readonly id: ValueId; // layers are in order of execution: inputs are smaller
  readonly op: OperatorName;
  readonly args: Args;
  readonly inputs: readonly ValueId[];
  readonly inputTypes: readonly TensorType[]; // of the inputs, in their order
  readonly output: TensorType;
  readonly path: string; // `D/block3/conv2`: its place in the source and in weight files
  readonly span: Span;
};

/** One layer with its weights. */
export type GraphNode = PlacedLayer & { readonly weights: readonly GraphWeight[] };

/** One net, all of its layers written out. */
export type Graph = {
  readonly net: string;
  readonly input: { readonly id: ValueId; readonly type: TensorType };
  readonly nodes: readonly GraphNode[];
  /** the main output first, then those of `also`, by name */
  readonly outputs: readonly { readonly name: string; readonly id: ValueId }[];
};

/** Whether weights have the shapes that a row asks for: then the layer keeps them on another input. */
export const stillFit = (weights: readonly GraphWeight[], specs: readonly WeightSpec[]): boolean =>
  specs.every(({ shape }, i) => {
    const weight = weights[i];
    return weight !== undefined && sameShape(shape, weight.spec.shape);
  });

/** The type of a value. */
export const typeOfValue = ({ input, nodes }: Graph, id: ValueId): TensorType =>
  nodes.find((n) => n.id === id)?.output ?? input.type;

/** The type of the main output; that of the input if no layer is left. */
export const outputType = (graph: Graph): TensorType =>
  typeOfValue(graph, graph.outputs[0]?.id ?? graph.input.id);
