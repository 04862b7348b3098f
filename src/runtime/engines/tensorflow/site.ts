/** Where a kernel is written as nodes of TensorFlow's. All shapes are known: they are those of a plan. */
import type { KernelName, KernelOf } from '../../../kernel/kernel.ts';
import type { Shape } from '../../../kernel/shape.ts';
import type { Attribute, Attributes } from './node.ts';

/** An operand: its shape, and the node that makes its numbers; reading those of a shape alone is a Bug. */
export type Operand = { readonly shape: Shape; readonly batched: boolean; readonly node: string };

/** Where a kernel is written. */
export type Site = {
  readonly operands: readonly Operand[];
  readonly results: readonly Shape[];
  /** adds a node of floats, or finds the same one, and gives its name */
  readonly add: (op: string, inputs: readonly string[], attributes?: Attributes) => string;
  /** a constant of integers: in a row, or under a shape */
  readonly whole: (numbers: readonly number[], shape?: Shape) => string;
  /** a constant that is a single float */
  readonly scalar: (n: number) => string;
};

/** Adds the nodes of a kernel, with the constants that they need, and gives the names of its results. */
export type Operation<Op extends KernelName> = (
  kernel: KernelOf<Op>,
  to: Site,
) => string | readonly string[];

/** The nodes of the operands. */
export const nodesOf = ({ operands }: Site): readonly string[] => operands.map(({ node }) => node);

/** A node that reads the operands and nothing else. */
export const plain: Operation<KernelName> = ({ op }, to) => to.add(op, nodesOf(to));

export const channelsLast: Attributes = { data_format: { text: 'NHWC' } };

/** For each axis of [n, h, w, c], as windows are given. */
export const overMaps = ([h, w]: readonly [number, number]): Attribute => ({
  integers: [1, h, w, 1],
});

const indices: Attributes = { Tshape: { type: 'int32' } };

/** A node under another shape, which holds as many numbers. */
export const reshaped = (to: Site, node: string, shape: Shape): string =>
  to.add('Reshape', [node, to.whole(shape)], indices);

/** The same number everywhere. */
export const filled = (to: Site, shape: Shape, n: number): string =>
  to.add('Fill', [to.whole(shape), to.scalar(n)], { index_type: { type: 'int32' } });
