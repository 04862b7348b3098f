/** Passes over numbers on the memory of the backend. */
import { Bug } from '../../../diagnostic/bug.ts';
import type { KernelOf } from '../../../kernel/kernel.ts';
import { assemble } from './assembler.ts';
import { addressesIn, type Machine } from './machine.ts';
import { bitsOf, pointwiseFunc } from './pass-code.ts';
import { Instance, isShared, Module, type Memory } from './web-assembly.ts';

type Numbers = Float32Array;

export type Passes = {
  /** the steps on each number; results are as long as operands, or an operand is one number for all */
  readonly pointwise: (
    kernel: KernelOf<'Pointwise'>,
    results: readonly Numbers[],
    operands: readonly Numbers[],
  ) => void;
  /** added in float64, in which no square of a float32 overflows: NaN only where a number is */
  readonly sumOfSquares: (x: Numbers) => number;
};

type Pass = (...addressesAndCounts: readonly number[]) => void;

/** Arithmetic on this memory, a module for each expression, which is made when it is first met. */
const arithmeticOn = (memory: Memory) => {
  const made = new Map<string, Pass>();
  return (kernel: KernelOf<'Pointwise'>, single: readonly boolean[]): Pass => {
    const key = JSON.stringify([kernel.steps, kernel.results, single], (_, part: unknown) =>
      typeof part === 'number' ? bitsOf(part) : part,
    );
    const known = made.get(key);
    if (known !== undefined) return known;
    const module = new Module(assemble([pointwiseFunc(kernel, single)], isShared(memory)));
    const { pointwise } = new Instance(module, { host: { memory } }).exports;
    if (typeof pointwise !== 'function') throw new Bug('the module has no pointwise');
    const pass = pointwise as Pass; // whose parameters `pointwiseFunc` states
    made.set(key, pass);
    return pass;
  };
};

export const passesOn = (memory: Memory, machine: () => Machine): Passes => {
  const address = addressesIn(memory);
  const arithmetic = arithmeticOn(memory);
  return {
    pointwise: (kernel, results, operands) => {
      const { length } = results[0]!;
      const single = operands.map((numbers) => numbers.length === 1);
      arithmetic(kernel, single)(
        ...[...results, ...operands].map(address),
        ...[Math.floor(length / 4), length % 4],
      );
    },
    sumOfSquares: (x) => {
      const { at, doubles, ...on } = machine();
      const vectors = Math.floor(x.length / 4);
      on.sumOfSquares(address(x), vectors, at.spare);
      const parts = doubles.subarray(at.spare / 8, at.spare / 8 + 4);
      const rest = x.subarray(4 * vectors);
      return [...parts, ...Array.from(rest, (n) => n * n)].reduce((sum, part) => sum + part);
    },
  };
};
