/** Expressions of arithmetic as one kernel, which passes over what they read once. */
import {
  kernelOn,
  result,
  type Arithmetic,
  type ArithmeticStep,
  type Computed,
  type Kernel,
  type KernelOf,
  type Lowered,
  type Term,
} from './kernel.ts';
import { arithmeticRows, pointwiseOf } from './rows/pointwise.ts';

const isArithmetic = (kernel: Kernel): kernel is KernelOf<Arithmetic> =>
  kernel.op in arithmeticRows;

/**
 * The same expressions, the arithmetic of all of them in one kernel. What is not arithmetic is computed before it. All
 * results have one shape, and so has everything that is read, unless it is a single number.
 */
export const atOnce = (roots: readonly Lowered[]): readonly Lowered[] => {
  const operands: Lowered[] = [];
  const steps: ArithmeticStep[] = [];
  const known = new Map<Lowered, Term>();
  const term = (of: Lowered): Term => {
    const before = known.get(of);
    if (before !== undefined) return before;
    const found = termOf(of);
    known.set(of, found);
    return found;
  };
  const termOf = (of: Lowered): Term => {
    if (of.tag === 'constant' && of.data.length === 1) return { tag: 'number', value: of.data[0]! };
    if (of.tag !== 'kernel' || !isArithmetic(of.kernel))
      return { tag: 'operand', index: operands.push(of) - 1 };
    const step = { op: of.kernel.op, of: of.inputs.map(term) };
    return { tag: 'step', index: steps.push(step) - 1 };
  };
  const terms = roots.map(term);
  const results = [...new Set(terms.flatMap((t) => (t.tag === 'step' ? [t.index] : [])))];
  const whole: Computed = kernelOn(pointwiseOf(steps, results), operands);
  return terms.map((t, i) =>
    t.tag === 'step' ? result(whole, results.indexOf(t.index)) : roots[i]!,
  );
};
