/**
 * What an engine holds within a call that it makes of several kernels: the call is gone through with shapes in place of
 * numbers. Nothing is computed, and what is made and freed is what the engine itself makes and frees.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { bytesOf, type Shape } from '../../kernel/shape.ts';
import type { Within } from '../../lower/plan.ts';
import { elements } from '../../numeric/tensor.ts';
import { perform, type Maker } from './performing.ts';
import { shapeMade } from './registry-shapes.ts';

/** What an engine can do, and so which way its calls go. */
export type Means = Pick<Maker<TensorInfo>, 'name' | 'views' | 'products'> & {
  readonly computes: boolean; // loops on numbers in the memory of this process
};

const bytesIn = ({ shape, dtype }: TensorInfo): number =>
  elements(shape) * (dtype === 'bool' ? 1 : 4);

const shapeAlone = (shape: Shape, dtype: TensorInfo['dtype'] = 'float32'): TensorInfo => ({
  ...{ dataId: {}, shape: [...shape], dtype },
});

/** The bytes that a call holds at most beside its operands and results. */
export const withinOn =
  ({ computes, ...means }: Means): Within =>
  (kernel, operands, results) => {
    let [held, most] = [0, 0];
    const hold = (tensor: TensorInfo): TensorInfo => {
      held += bytesIn(tensor);
      most = Math.max(most, held);
      return tensor;
    };
    const maker: Maker<TensorInfo> = {
      ...means,
      run: (name, inputs, attrs) => {
        const { shape, dtype } = shapeMade(name, Object.values(inputs), attrs);
        return hold(shapeAlone(shape, dtype));
      },
      constant: (shape) => hold(shapeAlone(shape)),
      loops: computes ? { blank: (shape) => hold(shapeAlone(shape)), loop: () => {} } : undefined,
      dispose: (tensor) => {
        held -= bytesIn(tensor);
      },
    };
    const on = operands.map((operand) => ({ ...operand, value: shapeAlone(operand.shape) }));
    perform(maker, kernel, on, results);
    return most - results.reduce((sum, shape) => sum + bytesOf(shape), 0);
  };
