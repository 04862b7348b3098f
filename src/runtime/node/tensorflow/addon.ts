/**
 * What the thread of TensorFlow calls: the functions that netc uses of the addon of tfjs-node (4.22.0,
 * binding/tfjs_binding.cc). Where no compiler has built it, `foreign.ts` makes the same of the library's interface for C.
 */

/** Tensors and models are known by numbers. What the library says of a fault is thrown. */
export type Addon = {
  readonly TF_Version: string;
  readonly isUsingGpuDevice: () => boolean;
  readonly createTensor: (shape: readonly number[], type: number, data: Int32Array) => number;
  readonly deleteTensor: (tensor: number) => void;
  readonly tensorDataSync: (tensor: number) => Float32Array<ArrayBuffer>;
  readonly loadSavedModel: (folder: string, tags: string) => number;
  readonly deleteSavedModel: (model: number) => void;
  /** inputs and outputs are ends, `name:0`, with commas between */
  readonly runSavedModel: (
    model: number,
    tensors: readonly number[],
    inputs: string,
    outputs: string,
  ) => readonly { readonly id: number }[];
};
