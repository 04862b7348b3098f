/** Weights as expressions over those of the source. */
import type { GraphWeight, WeightValue } from './graph.ts';

type Parts = (v: WeightValue) => readonly WeightValue[];

/** The operands of an operation, in order. */
export const partsOf: Parts = (v) => {
  switch (v.tag) {
    case 'source':
    case 'constant':
      return [];
    case 'arithmetic':
      return [v.left, v.right];
    case 'concat':
      return v.parts;
    default:
      return [v.of];
  }
};

/**
 * Expressions and all of their parts, each once and behind its own parts. A chain of layers that became one layer is as
 * deep as the chain was long, so nothing here calls itself.
 */
export const partsFirst = (
  values: readonly WeightValue[],
  parts: Parts = partsOf,
): readonly WeightValue[] => {
  const done = new Set<WeightValue>();
  // a value is met twice: before its parts, and behind them
  const waiting = values.toReversed().map((value) => ({ value, isOpen: false }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, isOpen } = next;
    if (done.has(value)) continue;
    if (isOpen) done.add(value);
    else {
      waiting.push({ value, isOpen: true });
      for (const part of parts(value).toReversed())
        if (!done.has(part)) waiting.push({ value: part, isOpen: false });
    }
  }
  return [...done];
};

/** The weights of the source that expressions read, by path, in the order in which they are met. */
export const sourcesIn = (values: readonly WeightValue[]): ReadonlyMap<string, GraphWeight> =>
  new Map(
    partsFirst(values).flatMap((v) =>
      v.tag === 'source' ? [[v.weight.path, v.weight] as const] : [],
    ),
  );

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
