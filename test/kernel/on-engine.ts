/** A kernel by itself on an engine: a program of one call. */
import { input, kernelOn, result } from '../../src/kernel/kernel.ts';
import { resultsOf } from '../../src/kernel/table.ts';
import type { LoadedEngine } from '../../src/runtime/engines/engine.ts';
import { addInput, layOut, newDraft, programFrom } from '../../src/lower/draft.ts';
import type { KernelProgram } from '../../src/lower/kernels.ts';
import { loadProgram, outputsOfAll } from '../lower/engines.ts';
import type { KernelCase } from './samples.ts';

const inputName = (i: number): string => `x${i}`;

/** The kernel of a case on inputs; its results are the outputs. */
const programOf = ({ kernel, operands, batched }: KernelCase): KernelProgram => {
  const draft = newDraft();
  const ids = operands.map(({ shape }, i) =>
    addInput(draft, inputName(i), batched[i] === true ? shape.slice(1) : shape, batched[i]),
  );
  const made = kernelOn(
    kernel,
    operands.map((_, i) => input(i)),
  );
  const count = resultsOf(kernel);
  const roots = Array.from({ length: count }, (_, i) => (i === 0 ? made : result(made, i)));
  const results = layOut(draft, { path: 'N', weights: [] }, ids, roots);
  const ports = results.map((id, i) => ({ name: `y${i}`, id, shape: [] }));
  return programFrom(draft, 'N', ports);
};

/** The results of the kernel of a case. */
export const resultsOn = async (
  on: LoadedEngine,
  c: KernelCase,
): Promise<readonly Float32Array[]> => {
  const session = loadProgram(on, programOf(c));
  const inputs = c.operands.map(
    ({ shape, data }, i) => [inputName(i), { shape, data: Float32Array.from(data) }] as const,
  );
  const outputs = await outputsOfAll(session, Object.fromEntries(inputs));
  session.dispose();
  return outputs.map(({ data }) => data);
};
