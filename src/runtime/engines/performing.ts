/**
 * One call of a kernel of ours, wherever tensors are made: on a backend, or as shapes alone, which say what a call holds.
 * What is made on the way is freed with the call, and the results stay.
 */
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { Bug } from '../../diagnostic/bug.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Shape } from '../../kernel/shape.ts';
import { elements, sameShape } from '../../numeric/tensor.ts';
import type { Calling, KernelInputs, LoopOnAll } from './call.ts';
import { reshaped } from './compose.ts';
import type { HeldOperand } from './engine.ts';
import { callKernel } from './registry.ts';
import type { RegistryName } from './registry-shapes.ts';
import type { Products } from './simd/products.ts';

/** What makes tensors, and frees them. */
export type Maker<T extends TensorInfo> = {
  readonly name: string; // of the engine
  /** whether kernels accept a tensor with another shape */
  readonly views: boolean;
  readonly run: (name: RegistryName, inputs: KernelInputs, attrs: NamedAttrMap) => T;
  readonly constant: (shape: Shape, data: Float32Array) => T;
  readonly loops: Loops<T> | undefined;
  readonly products: Products | undefined;
  readonly dispose: (tensor: T) => void;
};

/** Loops on numbers in the memory of this process. */
type Loops<T> = {
  /** a tensor that holds anything */
  readonly blank: (shape: Shape) => T;
  readonly loop: (results: readonly T[], operands: readonly TensorInfo[], loop: LoopOnAll) => void;
};

/** The results of a kernel; if it throws, nothing of it stays. */
export const perform = <T extends TensorInfo>(
  maker: Maker<T>,
  kernel: Kernel,
  operands: readonly HeldOperand<T>[],
  results: readonly Shape[],
): readonly T[] => performed(maker, kernel.op, operands, results, (on) => callKernel(kernel, on));

/** The results of what `call` calls; the name is for faults. */
export const performed = <T extends TensorInfo>(
  maker: Maker<T>,
  name: string,
  operands: readonly HeldOperand<T>[],
  results: readonly Shape[],
  call: (on: Calling) => readonly TensorInfo[],
): readonly T[] => {
  const made: T[] = []; // and not freed yet
  let kept: readonly (T | undefined)[] = [];
  try {
    const found = call(callingOn(maker, name, operands, results, made));
    kept = found.map((r) => made.find((t) => t === r));
  } finally {
    for (const t of made) if (!kept.includes(t)) maker.dispose(t);
  }
  return results.map((shape, i) => {
    const tensor = kept[i];
    if (tensor === undefined || elements(tensor.shape) !== elements(shape))
      throw new Bug(`${maker.name} made [${tensor?.shape}] of ${name}, and not [${shape}]`);
    return tensor;
  });
};

const callingOn = <T extends TensorInfo>(
  maker: Maker<T>,
  name: string,
  operands: readonly HeldOperand<T>[],
  results: readonly Shape[],
  made: T[],
): Calling => {
  const keep = (t: T): T => {
    made.push(t);
    return t;
  };
  const run: Calling['run'] = (of, inputs, attrs) => keep(maker.run(of, inputs, attrs));
  const free: Calling['free'] = (tensor) => {
    const index = made.findIndex((t) => t === tensor);
    for (const t of index < 0 ? [] : made.splice(index, 1)) maker.dispose(t);
  };
  const { loops, products, views } = maker;
  const computeAll: Calling['computeAll'] =
    loops &&
    ((shapes, of, loop) => {
      const blanks = shapes.map((shape) => keep(loops.blank(shape)));
      loops.loop(blanks, of, loop);
      return blanks;
    });
  return {
    shapes: operands.map((o) => o.shape),
    results,
    operand: (index, as = operands[index]!.shape) => {
      const tensor = operands[index]!.value;
      if (tensor === undefined) throw new Bug(`${name} reads operand ${index}, a shape`);
      if (elements(tensor.shape) !== elements(as))
        throw new Bug(`[${tensor.shape}] seen as [${as}]`);
      if (sameShape(tensor.shape, as)) return tensor;
      return views
        ? { dataId: tensor.dataId, dtype: tensor.dtype, shape: [...as] }
        : reshaped({ run, free }, tensor, as);
    },
    run,
    constant: (shape, data) => keep(maker.constant(shape, data)),
    ...(computeAll && {
      computeAll,
      compute: (shape, of, loop) =>
        computeAll([shape], of, ([out], numbers) => loop(out!, ...numbers))[0]!,
    }),
    ...(products && { products }),
    free,
  };
};
