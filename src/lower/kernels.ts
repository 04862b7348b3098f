/**
 * From graph to straight-line program: every row is asked for its kernels, and the expressions are laid
 * out in order of execution. Values are numbers again, but of the program's own: one for the input, one
 * for each stored tensor, one for the result of each call.
 */
import { absurd, Bug } from '../diagnostic/bug.ts';
import type { Kernel, Lowered, WeightExpr } from '../kernel/kernel.ts';
import { rowOf } from '../ops/table.ts';
import type { TensorType } from '../ops/types.ts';
import type { Graph, GraphNode, GraphWeight, ValueId } from '../graph/graph.ts';
import { parameterIn, weightShape, withPath } from './stored.ts';

/** One kernel on values that were computed before it. */
export type Call = {
  readonly kernel: Kernel;
  readonly inputs: readonly ValueId[];
  readonly output: ValueId;
  readonly path: string; // of the layer it came from
};

/** A tensor that is computed from the weights once, when they are loaded; float32. */
export type StoredWeight = {
  readonly id: ValueId;
  readonly name: string; // unique, and the weight's own path where it is used as it is
  readonly shape: readonly number[];
  readonly value: WeightExpr; // names are whole paths, `D/block3/conv2/kernel`
};

export type StoredConstant = {
  readonly id: ValueId;
  readonly shape: readonly number[];
  readonly data: Float64Array; // which an engine rounds
};

/** One net as calls in order of execution; every input of a call is stored, the input, or computed before. */
export type Kernels = {
  readonly net: string;
  readonly values: number; // ids are 0 … values − 1
  readonly input: { readonly id: ValueId; readonly type: TensorType };
  readonly parameters: readonly GraphWeight[]; // those that are read, by whole path
  readonly weights: readonly StoredWeight[];
  readonly constants: readonly StoredConstant[];
  readonly calls: readonly Call[];
  readonly outputs: readonly {
    readonly name: string;
    readonly id: ValueId;
    readonly type: TensorType;
  }[];
};

/**
 * The kernels of a net. Of the outputs that `also` adds, those in `wanted` are kept; without it only the
 * main one is. What no kept output needs is left out.
 */
export const kernels = (graph: Graph, wanted: readonly string[] = []): Kernels => {
  const outputs = graph.outputs.filter((o, i) => i === 0 || wanted.includes(o.name));
  const needed = neededFor(graph, outputs);
  const draft = newDraft();
  // what each node's value has become: its own number, or another's where a layer does nothing
  const resultOf = new Map<ValueId, ValueId>([[graph.input.id, draft.input]]);
  const typeOf = new Map<ValueId, TensorType>([[graph.input.id, graph.input.type]]);
  for (const node of graph.nodes) {
    typeOf.set(node.id, node.type);
    if (!needed.has(node.id)) continue;
    const inputs = node.inputs.map((id) => found(typeOf, id));
    const lowered = rowOf(node.op).lower(node.args, { inputs, output: node.type });
    const operands = node.inputs.map((id) => found(resultOf, id));
    resultOf.set(node.id, layOut(draft, node, operands, lowered));
  }
  return {
    net: graph.net,
    values: draft.values,
    input: { id: draft.input, type: graph.input.type },
    parameters: [...draft.parameters.values()],
    weights: draft.weights,
    constants: draft.constants,
    calls: draft.calls,
    outputs: outputs.map(({ name, id }) => ({
      name,
      id: found(resultOf, id),
      type: found(typeOf, id),
    })),
  };
};

/** The nodes on which the outputs depend. */
const neededFor = (graph: Graph, outputs: Graph['outputs']): ReadonlySet<ValueId> => {
  const needed = new Set(outputs.map((o) => o.id));
  for (const node of graph.nodes.toReversed())
    if (needed.has(node.id)) for (const id of node.inputs) needed.add(id);
  return needed;
};

/** A program while it is written. */
type Draft = {
  values: number;
  readonly input: ValueId;
  readonly parameters: Map<string, GraphWeight>;
  readonly weights: StoredWeight[];
  readonly constants: StoredConstant[];
  readonly calls: Call[];
  readonly stored: Map<string, ValueId>; // weights by the text of their expression
};

const newDraft = (): Draft => ({
  values: 1,
  input: 0,
  parameters: new Map(),
  weights: [],
  constants: [],
  calls: [],
  stored: new Map(),
});

/** Writes the kernels of one layer and returns the value of its result. */
const layOut = (
  draft: Draft,
  node: GraphNode,
  operands: readonly ValueId[],
  root: Lowered,
): ValueId => {
  const done = new Map<Lowered, ValueId>();
  const weight = (e: WeightExpr): ValueId => {
    const read = parameterOf(node, parameterIn(e));
    const value = withPath(e, read.path);
    // a path is its own text: none begins with a brace
    const key = value.tag === 'weight' ? value.name : JSON.stringify(value);
    const known = draft.stored.get(key);
    if (known !== undefined) return known;
    draft.parameters.set(read.path, read);
    const id = draft.values++;
    // no part of a path is a number, so the second form is nobody's path
    const name = value.tag === 'weight' ? value.name : `${read.path}/${id}`;
    draft.weights.push({ id, name, shape: weightShape(e, read.spec.shape), value });
    draft.stored.set(key, id);
    return id;
  };
  const compute = (l: Lowered): ValueId => {
    switch (l.tag) {
      case 'input':
        return foundAt(operands, l.index);
      case 'weights':
        return weight(l.value);
      case 'constant': {
        const id = draft.values++;
        draft.constants.push({ id, shape: l.shape, data: l.data });
        return id;
      }
      case 'kernel': {
        const inputs = l.inputs.map(value);
        const output = draft.values++;
        draft.calls.push({ kernel: l.kernel, inputs, output, path: node.path });
        return output;
      }
      default:
        return absurd(l);
    }
  };
  const value = (l: Lowered): ValueId => {
    // a sum leans to the left, as deep as it has branches: its first operands come first, one by one
    const leaning: Lowered[] = [];
    for (let next: Lowered | undefined = l; next !== undefined && !done.has(next);) {
      leaning.push(next);
      next = next.tag === 'kernel' ? next.inputs[0] : undefined;
    }
    for (const part of leaning.reverse()) done.set(part, compute(part));
    const id = done.get(l);
    if (id === undefined) throw new Bug(`a part of ${node.path} was not laid out`);
    return id;
  };
  return value(root);
};

const parameterOf = (node: GraphNode, name: string): GraphWeight => {
  const weight = node.weights.find((w) => w.spec.name === name);
  if (weight === undefined) throw new Bug(`${node.path} (${node.op}) has no weight ${name}`);
  return weight;
};

const found = <A>(map: ReadonlyMap<ValueId, A>, id: ValueId): A => {
  const a = map.get(id);
  if (a === undefined) throw new Bug(`value ${id} is used before it is computed`);
  return a;
};

const foundAt = (values: readonly ValueId[], index: number): ValueId => {
  const id = values[index];
  if (id === undefined) throw new Bug(`no input ${index} among ${values.length}`);
  return id;
};
