/**
 * A kernel is one row, stated once: what it reads, how large its results are, and what it computes. How a
 * target does it (an engine, a GraphModel) is in that target's own table.
 */
import type { Activation, Kernel, KernelName, KernelOf, Product } from './kernel.ts';
import type { Shape } from './shape.ts';

/**
 * What a kernel is applied to. Of an operand that is read for its shape alone no number is looked at, so it
 * need not be there any more, nor ever have been computed.
 */
export type Operand = {
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

/** A kernel: all that holds of it on every engine. */
export type KernelRow<Op extends KernelName> = {
  readonly operands: readonly Operand[];
  /** the shapes of the results; anything but whole positive numbers where operands do not fit */
  readonly shapes: (kernel: KernelOf<Op>, operands: readonly Shape[]) => readonly Shape[];
  /** no number moves: the result is the first operand under another shape, and shares its memory */
  readonly view?: true;
  /** the kernels that this one does at once: each takes the result before it, then operands of its own */
  readonly parts?: (kernel: KernelOf<Op>) => readonly Kernel[];
} & Fusing<Op>;

/** An operand whose numbers are read. */
export const value = (name: string): Operand => ({ name, of: 'value' });

/** An operand of which only the shape is read. */
export const shapeOnly = (name: string): Operand => ({ name, of: 'shape' });

/** The shape of the first operand, for kernels that leave it as it is. */
export const asFirst = (_: unknown, [x]: readonly Shape[]): readonly Shape[] => [x];
