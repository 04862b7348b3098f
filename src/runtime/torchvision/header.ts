/** The header of a file of torchvision's, as the safetensors library writes it. */
import { headerOf, sorted, usualMetadata, type Entry, type Text } from '../pytorch/header.ts';
import type { Dtype } from '../store/safetensors.ts';
import type { Pairs } from './pairs.ts';

/** What the text of a header depends on, beside names and shapes. */
export type Form = {
  readonly dtype: Dtype; // of all weights
  /** whether batch norms count their batches */
  readonly counted: boolean;
  readonly metadata: ReadonlyMap<string, string>;
};

/** The form for weights that never were torchvision's, as `safetensors.torch.save_file` writes it. */
export const usual: Form = { dtype: 'F32', counted: true, metadata: usualMetadata };

/** The text of a header, and how many bytes of numbers follow it. */
export const headerText = (pairs: Pairs, { dtype, counted, metadata }: Form): Text => {
  const counters = (counted ? pairs.counters : []).map((name): Entry => ({
    ...{ name, shape: [] },
    dtype: 'I64',
  }));
  const weights = pairs.weights.map(({ key, layout: { shape } }): Entry => ({
    ...{ name: key, dtype, shape },
  }));
  return headerOf(sorted(counters, weights), metadata);
};
