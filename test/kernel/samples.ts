/** The samples of the table of kernels, with numbers. */
import type { Kernel, KernelName } from '../../src/kernel/kernel.ts';
import type { SampleOperand, SampleValues } from '../../src/kernel/row.ts';
import { kernelRow, kernelTable } from '../../src/kernel/table.ts';
import { elements, tensor, type Tensor } from '../../src/numeric/tensor.ts';
import { numbers } from '../lower/graphs.ts';

export type KernelCase = {
  readonly title: string;
  readonly kernel: Kernel;
  readonly operands: readonly Tensor[];
  readonly batched: readonly boolean[]; // of each operand
};

/** All are float32, so that an engine and the reference read the same numbers. */
const made: { readonly [V in SampleValues]: (x: number) => number } = {
  mixed: (x) => x,
  positive: (x) => Math.abs(x) + 0.25,
  negative: (x) => -Math.abs(x) - 0.25,
  ties: (x) => Math.round(x),
  rectified: (x) => Math.max(0, x - 0.5),
};

const numbersOf = ({ shape, values }: SampleOperand, seed: number): Tensor =>
  tensor(shape, numbers(elements(shape), seed).map(made[values]));

/** A row's samples lack the name that every kernel of the row shares with it. */
const named = (op: KernelName, attributes: object): Kernel => ({ op, ...attributes }) as Kernel;

export const referenceOf = ({ kernel, operands, batched }: KernelCase): readonly Tensor[] =>
  kernelRow(kernel).reference(kernel, operands, batched);

export const kernelNames = Object.keys(kernelTable) as readonly KernelName[];

export const kernelCases = (op: KernelName): readonly KernelCase[] =>
  kernelTable[op].samples.map(({ attributes, operands }) => ({
    title: `${op} ${JSON.stringify(attributes)} of ${operands.map((o) => `[${o.shape}]`).join(' ')}`,
    kernel: named(op, attributes),
    operands: operands.map(numbersOf),
    batched: operands.map((o) => o.batched),
  }));
