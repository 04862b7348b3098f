/** State dicts of PyTorch's as files, for tests. */

export type Tensor = {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
};

/** Tensors in this order, one behind the other. */
export const inThisOrder = (tensors: readonly Tensor[]): Buffer => {
  let end = 0;
  const entries = tensors.map(({ name, dtype, shape, bytes }) => {
    const begin = end;
    end += bytes.length;
    return `"${name}":{"dtype":"${dtype}","shape":[${shape.join(',')}],"data_offsets":[${begin},${end}]}`;
  });
  const json = `{${entries.join(',')}}`;
  const text = json.padEnd(Math.ceil(json.length / 8) * 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, Buffer.from(text), ...tensors.map((t) => t.bytes)]);
};

/** As `safetensors.torch.save_file` has them: wider types first, then by name. */
export const stateDict = (tensors: readonly Tensor[]): Buffer => {
  const widths = ['I64', 'F64', 'F32', 'BF16', 'F16'];
  const width = (t: Tensor): number => widths.indexOf(t.dtype);
  return inThisOrder(
    [...tensors].sort((a, b) => width(a) - width(b) || (a.name < b.name ? -1 : 1)),
  );
};
