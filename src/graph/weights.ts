/** Weights as expressions over those of the source. */
import type { GraphWeight, WeightValue } from './graph.ts';

/** A weight as it stands; one that a pass made before is its own expression. */
export const sourceValue = (weight: GraphWeight): WeightValue =>
  weight.value ?? { tag: 'source', weight, shape: weight.spec.shape };

/** The same operation on what `change` makes of its operands, whose shapes stay. */
export const withOperands = (
  v: WeightValue,
  change: (operand: WeightValue) => WeightValue,
): WeightValue => {
  switch (v.tag) {
    case 'source':
    case 'constant':
      return v;
    case 'arithmetic':
      return { ...v, left: change(v.left), right: change(v.right) };
    case 'concat':
      return { ...v, parts: v.parts.map(change) };
    default:
      return { ...v, of: change(v.of) };
  }
};
