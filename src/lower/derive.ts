/**
 * The gradients of a program: its calls are walked backwards, each kernel is asked for its gradient, and what is read
 * several times gets the sum. A step between `kernels` and `fuse`: the calls that were there stay as they are.
 */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../diagnostic/bug.ts';
import type { ValueId } from '../graph/graph.ts';
import { plus, scalar, zerosLike } from '../kernel/formulas.ts';
import { input, type KernelName, type Lowered } from '../kernel/kernel.ts';
import type { Differentiated } from '../kernel/row.ts';
import { kernelRow } from '../kernel/table.ts';
import { addInput, layOut, programFrom, resumed, write, type Draft } from './draft.ts';
import type { Call, KernelProgram, Port } from './kernels.ts';

/**
 * Where the way back begins: at a scalar, the loss; or at any outputs, whose gradients come in as inputs, of the
 * output's shape and with the name that `gradientOf` gives.
 */
export type Origin =
  | { readonly tag: 'loss'; readonly output: string }
  | { readonly tag: 'outputs'; readonly names: readonly string[] };

/** A layer between what gradients are wanted by and the loss, and its kernel, of which no gradient is known. */
export type NoGradient = { readonly path: string; readonly kernel: KernelName };

/** The name of the input or output that is the gradient of the loss by what is named. */
export const gradientOf = (name: string): string => `gradient of ${name}`;

/**
 * The program with further outputs: the gradients of the loss by values of `by`, which are state or inputs, in their
 * order; zeros where the loss does not depend on one.
 */
export const derive = (
  program: KernelProgram,
  from: Origin,
  by: readonly ValueId[],
): E.Either<NoGradient, KernelProgram> => {
  const draft = resumed(program);
  const gradients = begun(draft, program, from);
  const moving = movedBy(program, by);
  for (const call of program.calls.toReversed()) {
    if (!call.outputs.some((id) => gradients.has(id) && moving.has(id))) continue;
    const found = walkBack(draft, call, gradients, moving);
    if (E.isLeft(found)) return found;
    for (const [id, gradient] of found.right) add(draft, call.path, gradients, id, gradient);
  }
  const ports = by.map((id) => portOf(draft, program, id, gradients.get(id)));
  return E.right(programFrom(draft, program.net, [...program.outputs, ...ports]));
};

/** Gradients of the loss by values, as far as they are known. */
type Gradients = Map<ValueId, ValueId>;

const begun = (draft: Draft, program: KernelProgram, from: Origin): Gradients => {
  const outputOf = (name: string): Port => {
    const port = program.outputs.find((o) => o.name === name);
    if (port === undefined) throw new Bug(`${program.net} has no output ${name}`);
    return port;
  };
  const gradients: Gradients = new Map();
  if (from.tag === 'loss') {
    const { id, shape } = outputOf(from.output);
    if (shape.length > 0 || program.values[id]!.batched)
      throw new Bug(`${from.output} of ${program.net} is not a scalar`);
    gradients.set(id, write(draft, program.net, [], scalar(1)));
    return gradients;
  }
  for (const name of from.names) {
    const { id, shape } = outputOf(name);
    const { batched } = program.values[id]!;
    const gradient = addInput(draft, gradientOf(name), shape, batched);
    add(draft, program.net, gradients, id, gradient);
  }
  return gradients;
};

/** The values whose numbers move when those of `by` do. */
const movedBy = ({ calls }: KernelProgram, by: readonly ValueId[]): ReadonlySet<ValueId> => {
  const moving = new Set(by);
  for (const { operands, outputs } of calls)
    if (operands.some(({ id, of }) => of === 'value' && moving.has(id)))
      for (const id of outputs) moving.add(id);
  return moving;
};

/** The gradients that a call gives to those of its operands that move. */
const walkBack = (
  draft: Draft,
  call: Call,
  gradients: Gradients,
  moving: ReadonlySet<ValueId>,
): E.Either<NoGradient, readonly (readonly [ValueId, ValueId])[]> => {
  const { kernel, operands, outputs, path } = call;
  const { gradient } = kernelRow(kernel);
  if (gradient === 'none') return E.left({ path, kernel: kernel.op });
  const values: ValueId[] = [];
  const mention = (id: ValueId): Lowered => input(values.push(id) - 1);
  const results = outputs.map(mention);
  const of: Differentiated = {
    operands: operands.map(({ id }) => mention(id)),
    results,
    gradients: outputs.map((id, i) => {
      const known = gradients.get(id);
      return known === undefined ? zerosLike(results[i]!) : mention(known);
    }),
    reached: outputs.map((id) => gradients.has(id)),
  };
  const wanted = gradient(kernel, of).flatMap((expression, i) => {
    const { id, of } = operands[i]!;
    return expression !== undefined && of === 'value' && moving.has(id) ? [{ id, expression }] : [];
  });
  const roots = wanted.map((w) => w.expression);
  const ids = layOut(draft, { path, weights: [] }, values, roots);
  return E.right(wanted.map(({ id }, i) => [id, ids[i]!] as const));
};

/** Adds to the gradient by a value what another of its readers gives. */
const add = (
  draft: Draft,
  path: string,
  gradients: Gradients,
  id: ValueId,
  gradient: ValueId,
): void => {
  const before = gradients.get(id);
  const sum =
    before === undefined
      ? gradient
      : write(draft, path, [before, gradient], plus(input(0), input(1)));
  gradients.set(id, sum);
};

/** The output of a gradient, which is as large as what it is by. */
const portOf = (
  draft: Draft,
  { net, state, inputs }: KernelProgram,
  id: ValueId,
  gradient: ValueId | undefined,
): Port => {
  const stored = state.find((s) => s.id === id);
  const port = inputs.find((p) => p.id === id);
  const name = stored?.path ?? port?.name;
  const shape = stored?.shape ?? port?.shape;
  if (name === undefined || shape === undefined)
    throw new Bug(`value ${id} of ${net} is neither state nor input`);
  return {
    name: gradientOf(name),
    id: gradient ?? write(draft, name, [id], zerosLike(input(0))),
    shape,
  };
};
