/**
 * A straight-line program: what a net is when it is lowered. Values are numbers again, but of the program's own: one
 * for each input, each stored tensor, and each result of a call.
 */
import type { ValueId } from '../graph/graph.ts';
import type { Kernel, WeightPart } from '../kernel/kernel.ts';

/** A value that a call reads: its numbers, or its shape alone. */
export type Operand = { readonly id: ValueId; readonly of: 'value' | 'shape' };

/** One kernel on values that were computed before it. */
export type Call = {
  readonly kernel: Kernel;
  readonly operands: readonly Operand[];
  readonly outputs: readonly ValueId[]; // as many as the kernel has results
  readonly path: string; // of the layer it came from
};

/**
 * A tensor that stays from step to step: a weight, or a part of one; a moment, a running statistic, a count of steps.
 * Float32. Where it has a `next`, it holds that value after a step.
 */
export type State = {
  readonly id: ValueId;
  readonly path: string; // unique, and the weight's own where it is used as it is: `D/block3/conv2/kernel`
  readonly shape: readonly number[];
  readonly initial: WeightPart; // names are whole paths
  readonly next?: ValueId;
};

/** What is read when a program is loaded. */
export type Parameter = { readonly path: string; readonly shape: readonly number[] };

export type StoredConstant = {
  readonly id: ValueId;
  readonly shape: readonly number[];
  readonly data: Float64Array; // which an engine rounds
};

/** What is known of a value of any size: weights, statistics of a batch and losses have no batch. */
export type Value = { readonly batched: boolean };

/** A value that comes in or goes out. */
export type Port = {
  readonly name: string;
  readonly id: ValueId;
  readonly shape: readonly (number | undefined)[]; // without the batch; undefined where a size is free
};

/** Calls in order of execution; every operand of a call is stored, an input, or computed before. */
export type KernelProgram = {
  readonly net: string;
  readonly values: readonly Value[]; // by id
  readonly inputs: readonly Port[];
  readonly parameters: readonly Parameter[];
  readonly state: readonly State[];
  readonly constants: readonly StoredConstant[];
  readonly calls: readonly Call[];
  readonly outputs: readonly Port[];
  /** the outputs that must be finite numbers for the state to change; of other outputs nothing is asked */
  readonly finite: readonly string[];
  /** inputs and states whose calls read the sum over all workers that train together, and not what this one has */
  readonly allReduced: readonly ValueId[];
};

/** The values that must be there when a step is over. */
export const lastingIn = ({ outputs, state }: KernelProgram): readonly ValueId[] => [
  ...outputs.map(({ id }) => id),
  ...state.flatMap(({ next }) => (next === undefined ? [] : [next])),
];
