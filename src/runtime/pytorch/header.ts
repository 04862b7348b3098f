/** The header of a safetensors file, as the library of that name writes it. */
import { elements } from '../../numeric/tensor.ts';
import type { Dtype } from '../store/safetensors.ts';

/** A tensor to be written. */
export type Entry = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
};

/** The text with its padding, and how many bytes of numbers follow it. */
export type Text = { readonly header: string; readonly bytes: number };

const bytesOf = (dtype: Dtype): number => {
  switch (dtype) {
    case 'BOOL':
    case 'U8':
    case 'I8':
    case 'F8_E4M3':
    case 'F8_E5M2':
      return 1;
    case 'F16':
    case 'BF16':
    case 'I16':
    case 'U16':
      return 2;
    case 'F32':
    case 'I32':
    case 'U32':
      return 4;
    case 'F64':
    case 'I64':
    case 'U64':
      return 8;
  }
};

/** What `safetensors.torch.save_file` writes into a file without metadata of the user's. */
export const usualMetadata: ReadonlyMap<string, string> = new Map([['format', 'pt']]);

/** Tensors one behind the other; spaces let the numbers begin at a multiple of eight. */
export const headerOf = (
  entries: readonly Entry[],
  metadata: ReadonlyMap<string, string>,
): Text => {
  let end = 0;
  const tensors = entries.map(({ name, dtype, shape }) => {
    const begin = end;
    end += bytesOf(dtype) * elements(shape);
    return `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${begin},${end}]}`;
  });
  const words = JSON.stringify(Object.fromEntries(metadata));
  const first = metadata.size === 0 ? [] : [`"__metadata__":${words}`];
  const json = `{${[...first, ...tensors].join(',')}}`;
  const length = new TextEncoder().encode(json).length;
  return { header: json + ' '.repeat(-length & 7), bytes: end };
};

const byName = (a: Entry, b: Entry): number => (a.name < b.name ? -1 : 1);

/** Integers of 64 bits first, then by name: the order of that library, where all weights have one type. */
export const sorted = <A extends Entry>(
  counters: readonly A[],
  weights: readonly A[],
): readonly A[] => [...[...counters].sort(byName), ...[...weights].sort(byName)];

/** The bytes that stand in front of the numbers. */
export const opening = (text: string): readonly [length: Uint8Array, text: Uint8Array] => {
  const bytes = new TextEncoder().encode(text);
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(bytes.length), true);
  return [new Uint8Array(length.buffer), bytes];
};
