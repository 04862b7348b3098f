/** The header of a file of torchvision's, as the safetensors library writes it. */
import { Bug } from '../../diagnostic/bug.ts';
import { elements } from '../../numeric/tensor.ts';
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
export const usual: Form = { dtype: 'F32', counted: true, metadata: new Map([['format', 'pt']]) };

const bytesOf = (dtype: Dtype): number => {
  switch (dtype) {
    case 'F16':
    case 'BF16':
      return 2;
    case 'F32':
      return 4;
    case 'F64':
      return 8;
    default:
      throw new Bug(`weights of ${dtype}`);
  }
};

type Entry = {
  readonly key: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: number;
};

const byName = (a: Entry, b: Entry): number => (a.key < b.key ? -1 : 1);

/** The text with its padding, and how many bytes of numbers follow it. */
export type Text = { readonly header: string; readonly bytes: number };

/** Integers of 64 bits first, then by name; spaces let the numbers begin at a multiple of eight. */
export const headerText = (pairs: Pairs, { dtype, counted, metadata }: Form): Text => {
  const counters = (counted ? pairs.counters : []).map((key): Entry => ({
    key,
    dtype: 'I64',
    shape: [],
    bytes: 8,
  }));
  const weights = pairs.weights.map(({ key, layout: { shape } }): Entry => ({
    ...{ key, dtype, shape },
    bytes: bytesOf(dtype) * elements(shape),
  }));
  let end = 0;
  const entries = [...counters.sort(byName), ...weights.sort(byName)].map((t) => {
    const begin = end;
    end += t.bytes;
    return `${JSON.stringify(t.key)}:{"dtype":"${t.dtype}","shape":[${t.shape.join(',')}],"data_offsets":[${begin},${end}]}`;
  });
  const words = JSON.stringify(Object.fromEntries(metadata));
  const first = metadata.size === 0 ? [] : [`"__metadata__":${words}`];
  const json = `{${[...first, ...entries].join(',')}}`;
  const length = new TextEncoder().encode(json).length;
  return { header: json + ' '.repeat(-length & 7), bytes: end };
};
