/** Programs of kernels written by hand, as no row lowers to them yet. */
import type { Lowered } from '../../src/kernel/kernel.ts';
import { layOut, newDraft } from '../../src/lower/draft.ts';
import type { Kernels } from '../../src/lower/kernels.ts';
import type { TensorType } from '../../src/ops/types.ts';

/** A program whose outputs are these expressions, of the input as operand 0. */
export const programWith = (
  type: TensorType,
  outputs: { readonly [name: string]: Lowered },
): Kernels => {
  const draft = newDraft();
  const layer = { path: 'N', weights: [] };
  const ids = layOut(draft, layer, [draft.input], Object.values(outputs));
  return {
    net: 'N',
    values: draft.values,
    input: { id: draft.input, type },
    parameters: [],
    weights: [],
    constants: draft.constants,
    calls: draft.calls,
    outputs: Object.keys(outputs).map((name, i) => ({ name, id: ids[i]!, type })),
  };
};
