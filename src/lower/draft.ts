/**
 * A program while it is written: expressions of kernels become calls in order of execution, an expression that
 * is mentioned twice one call.
 */
import { absurd, Bug } from '../diagnostic/bug.ts';
import type { GraphWeight, ValueId } from '../graph/graph.ts';
import type { Lowered, WeightPart } from '../kernel/kernel.ts';
import { isBatched, operandOf, resultsOf } from '../kernel/table.ts';
import type {
  Call,
  KernelProgram,
  Operand,
  Parameter,
  Port,
  State,
  StoredConstant,
  Value,
} from './kernels.ts';
import { parameterIn, partShape, withPath } from './weight-part.ts';

/** A program while it is written. */
export type Draft = {
  readonly values: Value[];
  readonly inputs: Port[];
  readonly parameters: Map<string, Parameter>;
  readonly state: State[];
  readonly constants: StoredConstant[];
  readonly calls: Call[];
  readonly stored: Map<string, ValueId>; // state by the text of its expression
};

export const newDraft = (): Draft => ({
  values: [],
  inputs: [],
  parameters: new Map(),
  state: [],
  constants: [],
  calls: [],
  stored: new Map(),
});

/** A draft that begins with all of a program, whose values keep their numbers. */
export const resumed = (program: KernelProgram): Draft => ({
  values: [...program.values],
  inputs: [...program.inputs],
  parameters: new Map(program.parameters.map((p) => [p.path, p])),
  state: [...program.state],
  constants: [...program.constants],
  calls: [...program.calls],
  stored: new Map(program.state.map(({ id, initial }) => [keyOf(initial), id])),
});

/** The text of a stored expression. A path is its own: none begins with a brace. */
const keyOf = (initial: WeightPart): string =>
  initial.tag === 'weight' ? initial.name : JSON.stringify(initial);

const newValue = (draft: Draft, batched: boolean): ValueId => draft.values.push({ batched }) - 1;

/** A new input, whose shape is without the batch. */
export const addInput = (
  draft: Draft,
  name: string,
  shape: Port['shape'],
  batched = true,
): ValueId => {
  const id = newValue(draft, batched);
  draft.inputs.push({ name, id, shape });
  return id;
};

/** A new state, which is read under its path when the program is loaded. */
export const addState = (draft: Draft, path: string, shape: readonly number[]): ValueId => {
  draft.parameters.set(path, { path, shape });
  return stored(draft, path, shape, { tag: 'weight', name: path });
};

const stored = (
  draft: Draft,
  path: string,
  shape: readonly number[],
  initial: WeightPart,
): ValueId => {
  const id = newValue(draft, false);
  draft.state.push({ id, path, shape, initial });
  return id;
};

/** The program that was written; a state is followed by the value in `next`, if there is one. */
export const programFrom = (
  draft: Draft,
  net: string,
  outputs: readonly Port[],
  next: ReadonlyMap<ValueId, ValueId> = new Map(),
): KernelProgram => ({
  net,
  values: draft.values,
  inputs: draft.inputs,
  parameters: [...draft.parameters.values()],
  state: draft.state.map((state): State => {
    const after = next.get(state.id);
    return after === undefined ? state : { ...state, next: after };
  }),
  constants: draft.constants,
  calls: draft.calls,
  outputs,
  finite: [],
  allReduced: [],
});

/** The layer whose kernels are written, and the weights it may name. */
export type Layer = {
  readonly path: string;
  readonly weights: readonly GraphWeight[];
};

/** Writes the kernels of one layer and returns the values of `roots`. */
export const layOut = (
  draft: Draft,
  layer: Layer,
  operands: readonly ValueId[],
  roots: readonly Lowered[],
): readonly ValueId[] => {
  const done = new Map<Lowered, readonly ValueId[]>();
  const weight = (e: WeightPart): ValueId => {
    const { path, spec } = parameterOf(layer, parameterIn(e));
    const initial = withPath(e, path);
    const key = keyOf(initial);
    const known = draft.stored.get(key);
    if (known !== undefined) return known;
    draft.parameters.set(path, { path, shape: spec.shape });
    // no part of a path is a number, so the second form is nobody's path
    const own = initial.tag === 'weight' ? path : `${path}/${draft.values.length}`;
    const id = stored(draft, own, partShape(e, spec.shape), initial);
    draft.stored.set(key, id);
    return id;
  };
  const compute = (l: Lowered): readonly ValueId[] => {
    switch (l.tag) {
      case 'input':
        return [foundAt(operands, l.index)];
      case 'weights':
        return [weight(l.value)];
      case 'constant': {
        const id = newValue(draft, false);
        draft.constants.push({ id, shape: l.shape, data: l.data });
        return [id];
      }
      case 'kernel': {
        const ids = l.inputs.map(value);
        const operands = ids.map((id, i): Operand => ({ id, of: operandOf(l.kernel, i).of }));
        const batched = ids.map((id) => draft.values[id]!.batched);
        const outputs = Array.from({ length: resultsOf(l.kernel) }, (_, i) =>
          newValue(draft, isBatched(l.kernel, batched, i)),
        );
        draft.calls.push({ kernel: l.kernel, operands, outputs, path: layer.path });
        return outputs;
      }
      case 'result':
        return [foundAt(valuesOf(l.of), l.index)];
      default:
        return absurd(l);
    }
  };
  const valuesOf = (l: Lowered): readonly ValueId[] => {
    // a sum leans to the left, as deep as it has branches: its first operands come first, one by one
    const leaning: Lowered[] = [];
    for (let next: Lowered | undefined = l; next !== undefined && !done.has(next);) {
      leaning.push(next);
      next = next.tag === 'kernel' ? next.inputs[0] : next.tag === 'result' ? next.of : undefined;
    }
    for (const part of leaning.reverse()) done.set(part, compute(part));
    const ids = done.get(l);
    if (ids === undefined) throw new Bug(`a part of ${layer.path} was not laid out`);
    return ids;
  };
  const value = (l: Lowered): ValueId => foundAt(valuesOf(l), 0);
  return roots.map(value);
};

/** Writes one expression without weights and returns its value; `path` is the layer that it counts for. */
export const write = (
  draft: Draft,
  path: string,
  operands: readonly ValueId[],
  expression: Lowered,
): ValueId => layOut(draft, { path, weights: [] }, operands, [expression])[0]!;

const parameterOf = ({ path, weights }: Layer, name: string): GraphWeight => {
  const weight = weights.find((w) => w.spec.name === name);
  if (weight === undefined) throw new Bug(`${path} has no weight ${name}`);
  return weight;
};

const foundAt = (values: readonly ValueId[], index: number): ValueId => {
  const id = values[index];
  if (id === undefined) throw new Bug(`no value ${index} among ${values.length}`);
  return id;
};
