/** Builds a kernel of ours from kernels of TensorFlow.js's registry. */
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelName, KernelOf } from '../../kernel/kernel.ts';
import type { Shape } from '../../kernel/shape.ts';
import type { RegistryName } from './registry-shapes.ts';
import type { Products } from './simd/products.ts';

/** Operands by the names that the registry gives them, or, for a join, in a row. */
export type KernelInputs = { readonly [name: string]: TensorInfo } | readonly TensorInfo[];

/** The operands of a call of a kernel of ours. */
export type Site = {
  readonly shapes: readonly Shape[]; // of the operands
  readonly results: readonly Shape[];
  /** operand `index`, under another shape of as many numbers if one is given */
  readonly operand: (index: number, shape?: Shape) => TensorInfo;
};

/** Writes to `out`, and reads the operands. */
export type Loop = (out: Float32Array, ...operands: readonly Float32Array[]) => void;

/** The same with several results. */
export type LoopOnAll = (
  results: readonly Float32Array[],
  operands: readonly Float32Array[],
) => void;

/** One call of a kernel of ours in progress. */
export type Calling<Name extends RegistryName = RegistryName> = Site & {
  /** calls the registry; tensors that are not results are freed after the call */
  readonly run: (name: Name, inputs: KernelInputs, attrs: NamedAttrMap) => TensorInfo;
  /** what a loop makes of these, where a backend holds numbers in the memory of this process: `out` holds anything before */
  readonly compute?: (shape: Shape, operands: readonly TensorInfo[], loop: Loop) => TensorInfo;
  readonly computeAll?: (
    shapes: readonly Shape[],
    operands: readonly TensorInfo[],
    loop: LoopOnAll,
  ) => readonly TensorInfo[];
  /** products of matrices on that memory, where a backend has room for them */
  readonly products?: Products;
  /** numbers that are known before anything runs; they are freed after the call too */
  readonly constant: (shape: Shape, data: Float32Array) => TensorInfo;
  /** frees what this call made before the call is over; operands stay */
  readonly free: (made: TensorInfo) => void;
};

/** A kernel of ours: the kernels of the registry that it uses, and its results in order. */
export type Entry<Op extends KernelName> = {
  readonly uses: readonly RegistryName[];
  readonly call: (kernel: KernelOf<Op>, calling: Calling) => readonly TensorInfo[];
};

/** A kernel with one result. `call` can run what `uses` names and nothing else. */
export const entry = <Op extends KernelName, Name extends RegistryName>(
  uses: readonly Name[],
  call: (kernel: KernelOf<Op>, calling: Calling<Name>) => TensorInfo,
): Entry<Op> => ({ uses, call: (kernel, calling) => [call(kernel, calling)] });

/** The same of a kernel with several results. */
export const entries = <Op extends KernelName, Name extends RegistryName>(
  uses: readonly Name[],
  call: (kernel: KernelOf<Op>, calling: Calling<Name>) => readonly TensorInfo[],
): Entry<Op> => ({ uses, call });

/** A kernel of one operand x. */
export const unary = <Op extends KernelName>(
  name: RegistryName,
  attrs: (kernel: KernelOf<Op>, calling: Calling) => NamedAttrMap = () => ({}),
): Entry<Op> =>
  entry([name], (kernel, calling) =>
    calling.run(name, { x: calling.operand(0) }, attrs(kernel, calling)),
  );

/** A kernel of two operands a and b, which broadcast. */
export const binary = <Op extends KernelName>(name: RegistryName): Entry<Op> =>
  entry([name], (_, { run, operand }) => run(name, { a: operand(0), b: operand(1) }, {}));
