/**
 * TensorFlow's NodeDef in proto3 JSON: strings are base64, integers are decimal text, and floats are JSON
 * numbers, because the loader would send text through parseInt.
 */
export type Attribute =
  | { readonly s: string }
  | { readonly i: string }
  | { readonly f: number }
  | { readonly b: boolean }
  | { readonly type: DataType }
  | { readonly shape: TensorShape }
  | { readonly tensor: { readonly dtype: DataType; readonly tensorShape: TensorShape } }
  | { readonly list: { readonly i?: readonly string[]; readonly s?: readonly string[] } };

/** The types of TensorFlow that netc writes. */
export type DataType = 'DT_FLOAT' | 'DT_INT32';
/** Dimensions are 64-bit integers, which JSON has as strings. */
export type TensorShape = { readonly dim: readonly { readonly size: string }[] };
/** By the names that TensorFlow’s kernels give them. */
export type Attributes = { readonly [name: string]: Attribute };

/** A node of TensorFlow’s GraphDef, as JSON has it. */
export type NodeDef = {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Attributes;
};

/** Letters of ASCII, which JSON has in base64. */
export const text = (s: string): Attribute => ({ s: btoa(s) });
/** A list of such texts. */
export const texts = (list: readonly string[]): Attribute => ({
  list: { s: list.map((s) => btoa(s)) },
});
/** A 64-bit integer, which JSON has as a string. */
export const integer = (n: number): Attribute => ({ i: String(n) });
/** A list of such integers. */
export const integers = (list: readonly number[]): Attribute => ({ list: { i: list.map(String) } });
/** A float32. */
export const real = (n: number): Attribute => ({ f: n });
/** A truth value. */
export const flag = (b: boolean): Attribute => ({ b });
/** The type of a tensor. */
export const type = (t: DataType): Attribute => ({ type: t });
/** The type of nearly every tensor. */
export const float = type('DT_FLOAT');

/** −1 is a size that is not known. */
export const tensorShape = (shape: readonly number[]): TensorShape => ({
  dim: shape.map((n) => ({ size: String(n) })),
});
