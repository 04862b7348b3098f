/**
 * The names of the engines, in the order in which they are tried: the first usable one computes unless another is asked
 * for. wasm is usable everywhere, so a GPU is used only when it is named: software may pose as a GPU and be slower than
 * wasm. The names are apart from the engines so that the help loads none of them.
 */
export const engineNames = ['wasm', 'cpu', 'webgpu', 'tensorflow'] as const;

/** What `--engine` takes: a name, or the best engine that is here. */
export const engineChoices = ['auto', ...engineNames] as const;
