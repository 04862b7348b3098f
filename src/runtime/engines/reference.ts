/**
 * The kernels' own references as an engine: float64, slow, and right. It is for tests, which compare other engines with
 * it and take the exact results of a program from it.
 */
import { absurd, Bug } from '../../diagnostic/bug.ts';
import { elements, reshape, sameShape, tensor, type Tensor } from '../../numeric/tensor.ts';
import type { WeightPart } from '../../kernel/kernel.ts';
import { cutOut } from '../../kernel/rows/movement.ts';
import { kernelRow } from '../../kernel/table.ts';
import type { KernelProgram } from '../../lower/kernels.ts';
import { plan } from '../../lower/plan.ts';
import type { CalledEngine } from './engine.ts';
import { singly, walk } from './walk.ts';

/** A new, empty engine. It counts four bytes a number, as other engines take. */
export const reference = (): CalledEngine<Tensor> => {
  const held = new Set<Tensor>();
  let bytes = 0;
  let most = 0; // bytes at once, since somebody watches
  const sizeOf = ({ shape }: Tensor): number => 4 * elements(shape);
  const hold = (t: Tensor): Tensor => {
    // a result that is an operand would be freed with it
    const own = held.has(t) ? { ...t } : t;
    held.add(own);
    bytes += sizeOf(own);
    most = Math.max(most, bytes);
    return own;
  };
  return {
    name: 'reference',
    version: 'float64',
    hardware: { tag: 'cpu', threads: 1 },
    room: { all: Infinity, each: Infinity, weightCopies: 1 },
    within: () => 0,
    memory: () => ({ tensors: held.size, bytes }),
    watchMemory: () => {
      most = bytes;
      return () => most;
    },
    upload: ({ shape, data }) => hold(tensor(shape, data)),
    call: (kernel, operands, results) => compute(kernel, operands, results).map(hold),
    read: async ({ data }) => Float32Array.from(data),
    free: (t) => {
      if (held.delete(t)) bytes -= sizeOf(t);
    },
  };
};

const compute: CalledEngine<Tensor>['call'] = (kernel, operands, shapes) => {
  const results = kernelRow(kernel).reference(
    kernel,
    // a view has its own shape, and an operand read for its shape has no numbers
    operands.map(({ shape, value }) =>
      value === undefined ? { shape, data: new Float64Array(0) } : reshape(value, shape),
    ),
    operands.map((o) => o.batched),
  );
  results.forEach(({ shape }, i) => {
    if (!sameShape(shape, shapes[i] ?? []))
      throw new Bug(`${kernel.op} gives [${shape}], and [${shapes[i]}] was planned`);
  });
  return results;
};

/**
 * Computes a step of a program in float64 throughout: its outputs in order, then the next states. `weight` gives each
 * parameter by its path.
 */
export const evaluate = (
  program: KernelProgram,
  inputs: { readonly [name: string]: Tensor },
  weight: (path: string) => Tensor,
): readonly Tensor[] => {
  const stored = new Map([
    ...program.state.map(({ id, initial }) => [id, weightIn(initial, weight)] as const),
    ...program.constants.map((c) => [c.id, c] as const),
  ]);
  const owned = new Map(program.inputs.map(({ id, name }) => [id, inputs[name]!]));
  const shapes = Object.entries(inputs).map(([name, { shape }]) => [name, shape]);
  const p = plan(program, Object.fromEntries(shapes));
  const at = walk(reference(), p.program, singly(p), stored, owned);
  return [
    ...p.outputs.map(({ id, shape }) => reshape(at(id), shape)),
    ...program.state.flatMap(({ next, shape }) =>
      next === undefined ? [] : [reshape(at(next), shape)],
    ),
  ];
};

/** Computes arithmetic on weights by the kernels of the same name, without a batch. */
const weightIn = (e: WeightPart, weight: (path: string) => Tensor): Tensor => {
  switch (e.tag) {
    case 'weight':
      return weight(e.name);
    case 'reshape':
      return reshape(weightIn(e.of, weight), e.shape);
    case 'slice':
      return cutOut(weightIn(e.of, weight), { begin: e.begin, size: e.size });
    default:
      return absurd(e);
  }
};
