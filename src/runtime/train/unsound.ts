/**
 * Where a loss or gradient that is not finite comes from: the step is walked once more, call by call, and followed back
 * from what is not finite to the first call that made such a number of finite ones.
 */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { ValueId } from '../../graph/graph.ts';
import type { Call, KernelProgram } from '../../lower/kernels.ts';
import { lossName } from '../../lower/training/step.ts';
import { largest } from '../../numeric/figures.ts';
import type { NoRoom } from '../engines/engine.ts';
import type { Inputs, Session, Steps } from '../engines/session.ts';

/** What the numbers of a value are, as far as it matters here: the largest one without its sign. */
type Size = { readonly most: number; readonly fault: Fault | undefined };

/** What is not finite about numbers. */
export type Fault = 'NaN' | '∞';

/** Where it begins. */
export type Unsound =
  /** something that comes in: pictures, of which the first such one is named by its place in the batch */
  | { readonly tag: 'input'; readonly name: string; readonly place: number; readonly fault: Fault }
  /** what was there before the step: a weight, or what is kept of it */
  | { readonly tag: 'state'; readonly path: string; readonly fault: Fault }
  | ({ readonly tag: 'call' } & UnsoundCall);

/** A call that made such numbers of finite ones. */
export type UnsoundCall = {
  /** of the layer, of the state that moves, or the net's name for loss and norm */
  readonly path: string;
  /** the layer that made the largest number that went in, if one did */
  readonly from: string | undefined;
  readonly isForward: boolean; // computed for the loss, and not for its gradients
  readonly fault: Fault;
  /** the largest numbers that went in without their signs, of what was computed and of weights; 0 where there are none */
  readonly values: number;
  readonly weights: number;
};

/** A program on an engine, with the state that it reads. */
export type On = {
  readonly program: KernelProgram;
  readonly steps: Steps;
  readonly read: Session['read'];
};

/** Where the first of these values that is not finite comes from; undefined where all are finite. */
export const unsoundIn = async (
  { program, steps, read }: On,
  inputs: Inputs,
  wanted: readonly ValueId[],
): Promise<E.Either<NoRoom, Unsound | undefined>> => {
  const sizes = new Map<ValueId, Size>();
  for (const { name, id } of program.inputs) {
    const { data, shape } = inputs[name]!;
    const size = sizeOf(data);
    sizes.set(id, size);
    if (size.fault !== undefined) {
      const each = data.length / (shape[0] ?? 1);
      const at = data.findIndex((n) => !Number.isFinite(n));
      return E.right({ tag: 'input', name, place: Math.floor(at / each), fault: size.fault });
    }
  }
  for (const { id, path } of program.state) {
    const size = sizeOf((await read(path)).data);
    sizes.set(id, size);
    if (size.fault !== undefined) return E.right({ tag: 'state', path, fault: size.fault });
  }
  for (const { id, data } of program.constants) sizes.set(id, sizeOf(data));
  let unsound: ValueId | undefined;
  const shown = await steps.show(inputs, ({ call }, results) => {
    call.outputs.forEach((id, i) => sizes.set(id, sizeOf(results[i]!)));
    unsound ??= wanted.find((id) => sizes.get(id)?.fault !== undefined);
    return unsound === undefined;
  });
  if (E.isLeft(shown)) return shown;
  return E.right(unsound === undefined ? undefined : beginningOf(program, sizes, unsound));
};

/** The value of the output of this name. */
export const outputNamed = ({ net, outputs }: KernelProgram, name: string): ValueId => {
  const port = outputs.find((o) => o.name === name);
  if (port === undefined) throw new Bug(`${net} has no output ${name}`);
  return port.id;
};

const sizeOf = (data: Float32Array | Float64Array): Size => {
  let most = 0;
  for (const n of data) {
    const size = Math.abs(n);
    if (Number.isNaN(size)) return { most: NaN, fault: 'NaN' };
    if (size > most) most = size;
  }
  return { most, fault: most === Infinity ? '∞' : undefined };
};

/**
 * The first call behind a value, through others that are not finite, which read finite numbers only. (A number that is
 * not finite and comes to nothing, as 1/(1 + e^x) does, is not behind it.)
 */
const beginningOf = (
  program: KernelProgram,
  sizes: ReadonlyMap<ValueId, Size>,
  unsound: ValueId,
): Unsound => {
  const behind = new Set([unsound]);
  let first: Call | undefined;
  for (const call of program.calls.toReversed()) {
    if (!call.outputs.some((id) => behind.has(id))) continue;
    const faulty = readBy(call).filter((id) => sizes.get(id)?.fault !== undefined);
    for (const id of faulty) behind.add(id);
    if (faulty.length === 0) first = call;
  }
  if (first === undefined) throw new Bug(`nothing of ${program.net} is behind value ${unsound}`);
  const loss = program.outputs.find(({ name }) => name === lossName)?.id;
  const lossAt = program.calls.findIndex(({ outputs }) => outputs.some((id) => id === loss));
  const stored = new Set(program.state.map(({ id }) => id));
  const read = readBy(first);
  const mostAt = (id: ValueId): number => sizes.get(id)?.most ?? 0;
  const values = read.filter((id) => !stored.has(id));
  const largestOf = (ids: readonly ValueId[]): number => largest(ids.map(mostAt));
  const source = values.find((id) => mostAt(id) === largestOf(values));
  const made = first.outputs.map((id) => sizes.get(id)?.fault);
  return {
    tag: 'call',
    path: first.path,
    from: program.calls.find(({ outputs }) => outputs.some((id) => id === source))?.path,
    isForward: program.calls.indexOf(first) <= lossAt,
    fault: made.find((fault) => fault !== undefined) ?? 'NaN',
    values: largestOf(values),
    weights: largestOf(read.filter((id) => stored.has(id))),
  };
};

const readBy = ({ operands }: Call): readonly ValueId[] =>
  operands.flatMap(({ id, of }) => (of === 'value' ? [id] : []));
