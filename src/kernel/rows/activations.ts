/** Functions of single numbers that stand between products; softmax is of the numbers of one pixel. */
import { asFirst, value, type KernelRow } from '../row.ts';

const ofX = { operands: [value('x')], shapes: asFirst } as const;

/** y = max(0, x) */
export const relu: KernelRow<'Relu'> = { ...ofX, fuses: 'activation' };

/** y = min(6, max(0, x)) */
export const relu6: KernelRow<'Relu6'> = { ...ofX, fuses: 'activation' };

/** y = x for x ≥ 0, alpha·x below */
export const leakyRelu: KernelRow<'LeakyRelu'> = { ...ofX, fuses: 'activation' };

/** y = 1 / (1 + e^−x) */
export const sigmoid: KernelRow<'Sigmoid'> = { ...ofX, fuses: 'activation' };

/** Which no fused kernel has. */
export const tanh: KernelRow<'Tanh'> = ofX;

/** y[…, i] = e^x[…, i] / Σ e^x[…, j] */
export const softmax: KernelRow<'Softmax'> = ofX;
