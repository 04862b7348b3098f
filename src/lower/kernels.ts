/**
 * A straight-line program: what a net is when it is lowered. Values are numbers again, but of the program's own:
 * one for the input, one for each stored tensor, one for each result of a call.
 */
import type { GraphWeight, ValueId } from '../graph/graph.ts';
import type { Kernel, WeightExpr } from '../kernel/kernel.ts';
import type { TensorType } from '../ops/types.ts';

/** A value that a call reads: its numbers, or its shape alone. */
export type Operand = { readonly id: ValueId; readonly of: 'value' | 'shape' };

/** One kernel on values that were computed before it. */
export type Call = {
  readonly kernel: Kernel;
  readonly operands: readonly Operand[];
  readonly outputs: readonly ValueId[]; // as many as the kernel has results
  readonly path: string; // of the layer it came from
};

/** A tensor that is computed from the weights once, when they are loaded; float32. */
export type StoredWeight = {
  readonly id: ValueId;
  readonly name: string; // unique, and the weight's own path where it is used as it is
  readonly shape: readonly number[];
  readonly value: WeightExpr; // names are whole paths, `D/block3/conv2/kernel`
};

export type StoredConstant = {
  readonly id: ValueId;
  readonly shape: readonly number[];
  readonly data: Float64Array; // which an engine rounds
};

/** What is known of a value of any size: weights, statistics of a batch and losses have no batch. */
export type Value = { readonly batched: boolean };

/** One net as calls in order of execution; every operand of a call is stored, the input, or computed before. */
export type Kernels = {
  readonly net: string;
  readonly values: readonly Value[]; // by id
  readonly input: { readonly id: ValueId; readonly type: TensorType };
  readonly parameters: readonly GraphWeight[]; // those that are read, by whole path
  readonly weights: readonly StoredWeight[];
  readonly constants: readonly StoredConstant[];
  readonly calls: readonly Call[];
  readonly outputs: readonly {
    readonly name: string;
    readonly id: ValueId;
    readonly type: TensorType;
  }[];
};
