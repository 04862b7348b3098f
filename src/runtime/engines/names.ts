/**
 * The names of the engines, in the order in which they are tried: the first usable one computes unless
 * another is asked for. wasm is usable everywhere, so a GPU is taken only when it is named: what answers
 * as one may be a program, slower than wasm. Apart from the engines, so that the help loads none of them.
 */
export const engineNames = ['wasm', 'cpu', 'webgpu', 'tensorflow'] as const;
