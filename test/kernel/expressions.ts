/** What an expression of kernels means, in float64. */
import type { Lowered } from '../../src/kernel/kernel.ts';
import type { Differentiated } from '../../src/kernel/row.ts';
import { isBatched, kernelRow, operandOf, resultShapes } from '../../src/kernel/table.ts';
import { sameShape, type Tensor } from '../../src/numeric/tensor.ts';

/** A value, and whether its first axis is the batch. */
export type Known = { readonly tensor: Tensor; readonly batched: boolean };

/** Evaluates expressions of `given`; `read` hears of each input whose numbers are read. */
export const evaluator = (
  given: readonly Known[],
  read: (index: number) => void = () => undefined,
): ((of: Lowered) => Known) => {
  const done = new Map<Lowered, readonly Known[]>();
  const results = (l: Lowered): readonly Known[] => {
    const known = done.get(l) ?? compute(l);
    done.set(l, known);
    return known;
  };
  const compute = (l: Lowered): readonly Known[] => {
    if (l.tag === 'input') return [given[l.index]!];
    if (l.tag === 'constant') return [{ tensor: l, batched: false }];
    if (l.tag === 'result') return [results(l.of)[l.index]!];
    if (l.tag === 'weights') throw new Error('a kernel names no weight');
    const { kernel } = l;
    const operands = l.inputs.map((of, i): Known => {
      const value = results(of)[0]!;
      if (operandOf(kernel, i).of === 'value') {
        if (of.tag === 'input') read(of.index);
        return value;
      }
      return { ...value, tensor: { ...value.tensor, data: new Float64Array(0) } };
    });
    const tensors = operands.map((o) => o.tensor);
    const batched = operands.map((o) => o.batched);
    const shapes = resultShapes(
      { kernel, path: 'expression' },
      tensors.map((t) => t.shape),
      batched,
    );
    return kernelRow(kernel)
      .reference(kernel, tensors, batched)
      .map((tensor, i) => {
        if (!sameShape(tensor.shape, shapes[i]!)) throw new Error(`${kernel.op}: [${shapes[i]!}]`);
        return { tensor, batched: isBatched(kernel, batched, i) };
      });
  };
  return (l) => results(l)[0]!;
};

/** What a kernel of so many operands and results is differentiated with: inputs in this order. */
export const differentiated = (operands: number, results: number): Differentiated => {
  const inputs = (first: number, count: number): readonly Lowered[] =>
    Array.from({ length: count }, (_, i) => ({ tag: 'input', index: first + i }));
  return {
    operands: inputs(0, operands),
    results: inputs(operands, results),
    gradients: inputs(operands + results, results),
    reached: Array<boolean>(results).fill(true),
  };
};
