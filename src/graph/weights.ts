/** Weights as expressions over those of the source. */
import type { GraphWeight, WeightValue } from './graph.ts';

/** A weight as an expression: that of the pass that made it, or the weight itself. */
export const sourceValue = (weight: GraphWeight): WeightValue =>
  weight.value ?? { tag: 'source', weight, shape: weight.spec.shape };

/** The same operation with `change` applied to its operands, which keep their shapes. */
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
