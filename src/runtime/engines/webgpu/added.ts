/**
 * The sum of two maps and its activation as one program, which TensorFlow.js has as two: a residual block ends in them. It
 * is registered as a kernel of its backend.
 */
import type * as Core from '@tensorflow/tfjs-core';
import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { Bug } from '../../../diagnostic/bug.ts';
import { elements } from '../../../numeric/tensor.ts';

/** A program as the backend takes it; `size` gives its code the number of numbers. */
type Program = {
  readonly variableNames: readonly string[];
  readonly outputShape: readonly number[];
  readonly workgroupSize: readonly [number, number, number];
  readonly dispatchLayout: { readonly x: readonly number[] };
  readonly dispatch: readonly [number, number, number];
  readonly size: true;
  readonly shaderKey: string;
  readonly getUserCode: () => string;
};

type Runs = KernelBackend & {
  readonly runWebGPUProgram: (
    program: Program,
    inputs: readonly TensorInfo[],
    type: 'float32',
  ) => TensorInfo;
};

const runs = (backend: unknown): backend is Runs =>
  typeof backend === 'object' && backend !== null && 'runWebGPUProgram' in backend;

const width = 128;

/** The largest number that the activation gives: none for relu. */
const program = (shape: readonly number[], most: number): Program => ({
  variableNames: ['A', 'B'],
  outputShape: shape,
  workgroupSize: [width, 1, 1],
  dispatchLayout: { x: [...shape.keys()] },
  dispatch: [Math.ceil(elements(shape) / width), 1, 1],
  size: true,
  shaderKey: `addActivated_${most}`,
  getUserCode: () => `
    fn main(index : i32) {
      if (index < uniforms.size) {
        let sum = max(getAByOutputIndex(index) + getBByOutputIndex(index), 0.0);
        setOutputAtIndex(index, ${most === Infinity ? 'sum' : `min(sum, ${most.toFixed(1)})`});
      }
    }`,
});

/** Registers `AddActivated`, of a and b, clamped to 0 and `most`. */
export const registerAdded = (tf: typeof Core): void =>
  tf.registerKernel({
    kernelName: 'AddActivated',
    backendName: 'webgpu',
    kernelFunc: ({ inputs: { a, b }, backend, attrs }) => {
      if (!runs(backend) || a === undefined || b === undefined) throw new Bug('no sum on webgpu');
      return backend.runWebGPUProgram(program(a.shape, Number(attrs?.['most'])), [a, b], 'float32');
    },
  });
