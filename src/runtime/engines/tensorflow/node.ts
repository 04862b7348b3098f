/** Nodes of a TensorFlow graph as data, as far as netc writes them (tensorflow/core/framework/node_def.proto). */

/** The types of TensorFlow that netc writes, by their numbers (tensorflow/core/framework/types.proto). */
export const dataTypes = { float: 1, int32: 3, bool: 10 } as const;

/** The type of the numbers of a tensor. */
export type DataType = keyof typeof dataTypes;

/** The value of an attribute, under the name of the field that holds it. */
export type Attribute =
  | { readonly type: DataType }
  | { readonly text: string }
  | { readonly integer: number }
  | { readonly integers: readonly number[] }
  | { readonly real: number }
  | { readonly flag: boolean }
  | { readonly shape: readonly number[] }
  | { readonly tensor: { readonly shape: readonly number[]; readonly data: Numbers } };

/** The numbers of a constant. */
export type Numbers = Float32Array | Int32Array;

/** By the names that TensorFlow's operations give them. */
export type Attributes = { readonly [name: string]: Attribute };

/**
 * A node. An input is a node's name, for its first result; `name:1`, for its second; or `^name`, which is waited for
 * and not read.
 */
export type NodeDef = {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attributes: Attributes;
};

/** The type of numbers as they lie in memory. */
export const typeOf = (data: Numbers): DataType =>
  data instanceof Float32Array ? 'float' : 'int32';
