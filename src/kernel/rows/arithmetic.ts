/** Arithmetic on single numbers, of two operands that broadcast or of one. */
import type { KernelOf } from '../kernel.ts';
import { asFirst, shapeOnly, value, type KernelRow } from '../row.ts';
import { broadcast } from '../shape.ts';

type Binary = 'AddV2' | 'Sub' | 'Mul' | 'RealDiv' | 'Pow';

const binary: KernelRow<Binary> = {
  operands: [value('a'), value('b')],
  shapes: (_: KernelOf<Binary>, [a, b]) => [broadcast(a, b)],
};

export const addV2: KernelRow<'AddV2'> = binary;
export const sub: KernelRow<'Sub'> = binary;
export const mul: KernelRow<'Mul'> = binary;
export const realDiv: KernelRow<'RealDiv'> = binary;
export const pow: KernelRow<'Pow'> = binary;

export const square: KernelRow<'Square'> = { operands: [value('x')], shapes: asFirst };

/** 1 wherever x is, whatever it is. */
export const onesLike: KernelRow<'OnesLike'> = { operands: [shapeOnly('x')], shapes: asFirst };
