/** Statistics, and numbers set in relation to them. */
import { asFirst, value, type KernelRow } from '../row.ts';

/** y[n, i] = Σ x[n, u, v, i] / (h·w) */
export const mean: KernelRow<'Mean'> = {
  operands: [value('x')],
  shapes: (_, [x]) => [[x[0], x[3]]],
};

/** y[…, i] = gamma[i] · (x[…, i] − mean[i]) / √(variance[i] + epsilon) + beta[i] */
export const fusedBatchNormV3: KernelRow<'FusedBatchNormV3'> = {
  operands: ['x', 'gamma', 'beta', 'mean', 'variance'].map(value),
  shapes: asFirst,
};

/** y[…, i] = x[…, i] / (bias + alpha · Σ x[…, j]²)^beta over |j − i| ≤ radius */
export const lrn: KernelRow<'LRN'> = { operands: [value('x')], shapes: asFirst };
