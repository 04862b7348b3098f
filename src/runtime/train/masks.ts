/** The masks of dropout, from the one source of chance. */
import type { MaskInput } from '../../lower/from-graph.ts';
import type { HostTensor } from '../../lower/weight-part.ts';
import { words } from '../../numeric/random.ts';
import { elements } from '../../numeric/tensor.ts';

/** Names the masks of one pass through the net. */
export type MaskKey = {
  readonly seed: number;
  readonly step: number;
  /** of an accumulated batch, from 0 */
  readonly part: number;
};

/**
 * A mask for a tensor of this shape: 1/keep with the probability `keep`, else 0 (Srivastava et al. 2014, with the
 * scaling while training). It depends on the key, the layer's path and the place in the tensor alone.
 */
export const maskFor = (
  { path, keep }: Pick<MaskInput, 'path' | 'keep'>,
  shape: readonly number[],
  { seed, step, part }: MaskKey,
): HostTensor => {
  const draw = words({ seed, purpose: `dropout:${path}`, epoch: step, index: part });
  const kept = keep * 2 ** 32;
  const data = new Float32Array(elements(shape));
  for (let i = 0; i < data.length; i++) data[i] = draw() < kept ? 1 / keep : 0;
  return { shape, data };
};
