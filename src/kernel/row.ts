/**
 * A kernel is one row, stated once: what it reads, how large its results are, and what it computes. How a
 * target does it (an engine, a GraphModel) is in that target's own table.
 */
import type { Tensor } from '../numeric/tensor.ts';
import type {
  Activation,
  Attributes,
  Kernel,
  KernelName,
  KernelOf,
  Lowered,
  Product,
  TrainingKernel,
} from './kernel.ts';
import type { Shape } from './shape.ts';

/**
 * What a kernel is applied to. Of an operand that is read for its shape alone no number is looked at, so it
 * need not be there any more, nor ever have been computed.
 */
export type OperandSpec = {
  readonly name: string;
  readonly of: 'value' | 'shape';
  /** any number of operands, this one and all behind it */
  readonly many?: true;
};

/** What fusing needs to know: a product takes a bias, and then an activation, into itself. */
type Fusing<Op extends KernelName> = Op extends Product
  ? { readonly fuses: 'product' }
  : Op extends Activation
    ? { readonly fuses: 'activation' }
    : Op extends 'BiasAdd'
      ? { readonly fuses: 'bias' }
      : { readonly fuses?: never };

/** A kernel that only training uses says so: a model that is stored holds none. */
type Training<Op extends KernelName> = Op extends TrainingKernel
  ? { readonly training: true }
  : { readonly training?: never };

/** Numbers of a sample: of both signs, all of one, few and often equal, or mostly 0 as relu leaves them. */
export type SampleValues = 'mixed' | 'positive' | 'negative' | 'ties' | 'rectified';

/** An operand of a sample. */
export type SampleOperand = {
  readonly shape: Shape;
  readonly values: SampleValues;
  readonly batched: boolean;
};

/** Attributes and operands on which every engine must agree with the reference. */
export type Sample<A> = {
  readonly attributes: A;
  readonly operands: readonly SampleOperand[];
};

/** What the gradient of a kernel is written with. */
export type Differentiated = {
  /** what the kernel read, in order; where the gradient reads only its shape, nobody keeps its numbers */
  readonly operands: readonly Lowered[];
  /** what it computed */
  readonly results: readonly Lowered[];
  /** of the loss by each result, and of its shape; zeros where the loss does not depend on it */
  readonly gradients: readonly Lowered[];
  /** whether the loss depends on it */
  readonly reached: readonly boolean[];
};

/**
 * The gradients of the loss by the operands, in their order, each of its operand's shape: an expression of
 * kernels, so that what computes a kernel computes its gradient too. Undefined for an operand on whose numbers
 * nothing depends, smoothly or at all. A mentioned value is kept for the way back unless only its shape is read,
 * so a gradient mentions the smallest that will do: `relu` its result, not its operand.
 */
export type Gradient<Op extends KernelName> = (
  kernel: KernelOf<Op>,
  of: Differentiated,
) => readonly (Lowered | undefined)[];

/** A kernel: all that holds of it on every engine. */
export type KernelRow<Op extends KernelName> = {
  readonly operands: readonly OperandSpec[];
  /** the names of the results: as many as there are, unless `count` says so */
  readonly results: readonly string[];
  readonly count?: (kernel: KernelOf<Op>) => number;
  /**
   * The shapes of the results; anything but whole positive numbers where operands do not fit. `batched` says of each
   * operand whether its first axis is the batch.
   */
  readonly shapes: (
    kernel: KernelOf<Op>,
    operands: readonly Shape[],
    batched: readonly boolean[],
  ) => readonly Shape[];
  /** whether the first axis of a result is the batch; if not stated, where that of an operand is */
  readonly batched?: (
    kernel: KernelOf<Op>,
    operands: readonly boolean[],
    result: number,
  ) => boolean;
  /**
   * What it computes, in float64: what every engine is compared with. The operands fit. One that is read for its
   * shape may come without its numbers.
   */
  readonly reference: (
    kernel: KernelOf<Op>,
    operands: readonly Tensor[],
    batched: readonly boolean[],
  ) => readonly Tensor[];
  /** multiply–adds of a product, as papers count them: taps on what pads are counted too; none where not stated */
  readonly macs?: (
    kernel: KernelOf<Op>,
    operands: readonly Shape[],
    results: readonly Shape[],
  ) => number;
  /** on which laws are tested: batches of two and more, odd sizes, one channel and several */
  readonly samples: readonly Sample<Attributes[Op]>[];
  /** `none` where there is none: a net that has this kernel between a weight and its loss cannot be trained */
  readonly gradient: Gradient<Op> | 'none';
  /** no number moves: the result is the first operand under another shape, and shares its memory */
  readonly view?: true;
  /** the kernels that this one does at once: each takes the result before it, then operands of its own */
  readonly parts?: (kernel: KernelOf<Op>) => readonly Kernel[];
} & Fusing<Op> &
  Training<Op>;

/** An operand whose numbers are read. */
export const value = (name: string): OperandSpec => ({ name, of: 'value' });

/** An operand of which only the shape is read. */
export const shapeOnly = (name: string): OperandSpec => ({ name, of: 'shape' });

/** The shape of the first operand, for kernels that leave it as it is. */
export const asFirst = (_: unknown, [x]: readonly Shape[]): readonly Shape[] => [x];

/** A sample; an operand is a shape, of a batch and numbers of both signs, or says of what. */
export const sample = <A>(
  attributes: A,
  ...operands: readonly (Shape | SampleOperand)[]
): Sample<A> => ({
  attributes,
  operands: operands.map((o) => ('shape' in o ? o : of('mixed', o))),
});

/** A batch of such numbers. */
export const of = (values: SampleValues, shape: Shape): SampleOperand => ({
  ...{ shape, values, batched: true },
});

/** An operand that is the same for all images: a weight. */
export const fixed = (shape: Shape, values: SampleValues = 'mixed'): SampleOperand => ({
  ...{ shape, values, batched: false },
});
