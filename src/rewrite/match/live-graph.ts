/**
 * A graph while rules change it. Each change takes as long as what it changes, whatever the size of the net: a value
 * keeps its id, nodes are put in at their places, and the readers of each value are known. What a search has read of
 * the graph is noted, so that a place is searched again only when something there has changed (`agenda.ts`).
 */
import { Bug } from '../../diagnostic/bug.ts';
import type { Graph, GraphNode, ValueId } from '../../graph/graph.ts';
import type { Args } from '../../ops/params.ts';
import { rowOf, type OperatorName } from '../../ops/table.ts';
import type { TensorType } from '../../ops/types.ts';
import { valueOfArg } from './arg-values.ts';
import { orderOf, type Order } from './order.ts';

/**
 * What a search has read: nodes, which nodes read a value, and values that were read elsewhere too, each with the most
 * readers with which that may be different.
 */
export type Noted = {
  readonly nodes: Set<ValueId>;
  readonly readers: Set<ValueId>;
  readonly crowded: Map<ValueId, number>;
};

/** The questions that matching asks of a graph. */
export type GraphView = {
  readonly net: string;
  readonly input: Graph['input'];
  /** undefined for the input of the net, and for a node that was taken out */
  readonly node: (id: ValueId) => GraphNode | undefined;
  readonly has: (id: ValueId) => boolean;
  readonly type: (id: ValueId) => TensorType;
  /** larger is later in the order of execution */
  readonly place: (id: ValueId) => number;
  /** these nodes in order of execution */
  readonly inOrder: (ids: Iterable<ValueId>) => readonly GraphNode[];
  /** the nodes that read a value, each once */
  readonly readers: (id: ValueId) => ReadonlySet<ValueId>;
  /** whether a value is an output, or nodes beside these read it */
  readonly isReadBeside: (id: ValueId, nodes: ReadonlySet<ValueId>) => boolean;
  readonly isOutput: (id: ValueId) => boolean;
  /** nodes without weights, among them all that compute this */
  readonly alike: (op: OperatorName, args: Args, inputs: readonly ValueId[]) => Iterable<ValueId>;
  /** how many nodes have this path */
  readonly atPath: (path: string) => number;
  /** in order of execution */
  readonly nodes: () => Iterable<GraphNode>;
  /** as it is now, with new ids in order of execution */
  readonly graph: () => Graph;
};

/** The changes that rules make. */
type Changes = {
  /** puts a new node right before one that is there */
  readonly insert: (node: GraphNode, before: ValueId) => void;
  /** another node in the place of one, with its id */
  readonly change: (node: GraphNode) => void;
  /** whoever reads the one value reads the other from now on, and so does an output */
  readonly redirect: (from: ValueId, to: ValueId) => void;
  /** takes out a node that nobody reads */
  readonly remove: (id: ValueId) => void;
};

/** A graph in the hands of a pass. */
export type LiveGraph = GraphView &
  Changes & {
    readonly noted: Noted;
    readonly freshId: () => ValueId;
    /** whom to tell of changes from now on */
    readonly watch: (onChange: OnChange) => void;
  };

/** Is told of each change: of a node, or of who reads a value, which so many nodes do now. */
export type OnChange = {
  readonly node: (id: ValueId) => void;
  readonly readers: (id: ValueId, count: number) => void;
};

/** What all questions and changes share; by the ids of values, which are small. */
type State = {
  readonly source: Graph;
  readonly nodes: (GraphNode | undefined)[];
  readonly readers: (Set<ValueId> | undefined)[];
  readonly paths: Map<string, number>;
  /** nodes without weights by `computed` */
  readonly same: Map<string, Set<ValueId>>;
  readonly order: Order;
  readonly noted: Noted;
  /** for each name */
  readonly outputs: ValueId[];
  /** the places of a value in `outputs` */
  readonly givenOut: Map<ValueId, readonly number[]>;
  next: ValueId;
  onChange: OnChange;
};

/** The same graph, to be changed. */
export const liveGraph = (source: Graph): LiveGraph => {
  const { input } = source;
  const state: State = {
    source,
    nodes: [],
    readers: [],
    paths: new Map(),
    same: new Map(),
    order: orderOf([input.id, ...source.nodes.map((n) => n.id)]),
    noted: { nodes: new Set(), readers: new Set(), crowded: new Map() },
    outputs: source.outputs.map((o) => o.id),
    givenOut: new Map(),
    next: Math.max(input.id, source.nodes.at(-1)?.id ?? 0) + 1,
    onChange: { node: () => undefined, readers: () => undefined },
  };
  source.outputs.forEach(({ id }, i) =>
    state.givenOut.set(id, [...(state.givenOut.get(id) ?? []), i]),
  );
  for (const made of source.nodes) link(state, made);
  return {
    ...viewOf(state),
    ...changesOf(state),
    noted: state.noted,
    freshId: () => state.next++,
    watch: (listener) => {
      state.onChange = listener;
    },
  };
};

const none: ReadonlySet<ValueId> = new Set();

const viewOf = (state: State): GraphView => {
  const { source, nodes, readers, paths, same, order, noted, outputs, givenOut } = state;
  const { net, input } = source;
  const node = (id: ValueId): GraphNode | undefined => {
    noted.nodes.add(id);
    return nodes[id];
  };
  return {
    net,
    input,
    node,
    has: (id) => nodes[id] !== undefined,
    type: (id) => {
      if (id === input.id) return input.type;
      const found = node(id);
      if (found === undefined) throw new Bug(`no value ${id} in ${net}`);
      return found.output;
    },
    place: order.label,
    inOrder: (ids) =>
      [...ids].sort((a, b) => order.label(a) - order.label(b)).flatMap((id) => node(id) ?? []),
    readers: (id) => {
      noted.readers.add(id);
      return readers[id] ?? none;
    },
    isReadBeside: (id, own) => {
      if (givenOut.has(id)) {
        noted.readers.add(id);
        return true;
      }
      const all = readers[id] ?? none;
      if (all.size <= own.size && [...all].every((reader) => own.has(reader))) return false;
      noted.crowded.set(id, Math.max(noted.crowded.get(id) ?? 0, Math.min(own.size, all.size - 1)));
      return true;
    },
    isOutput: (id) => {
      noted.readers.add(id);
      return givenOut.has(id);
    },
    alike: (op, args, inputs) => {
      const [first] = inputs;
      if (first !== undefined) noted.readers.add(first);
      return same.get(computed({ op, args, inputs })) ?? none;
    },
    atPath: (path) => paths.get(path) ?? 0,
    nodes: () => inPlaces(state),
    graph: () =>
      renumbered({
        ...source,
        nodes: [...inPlaces(state)],
        outputs: source.outputs.map(({ name }, i) => ({ name, id: outputs[i]! })),
      }),
  };
};

function* inPlaces({ order, nodes }: State): Iterable<GraphNode> {
  for (const id of order.all()) {
    const found = nodes[id];
    if (found !== undefined) yield found;
  }
}

const changesOf = (state: State): Changes => {
  const { nodes, readers, order, outputs, givenOut } = state;
  const change = (made: GraphNode): void => {
    const { inputs } = nodes[made.id]!;
    // a join may have very many inputs, of which few change
    const [gone, added] = [beyond(inputs, made.inputs), beyond(made.inputs, inputs)];
    unlink(state, made.id, gone);
    link(state, made, added);
    state.onChange.node(made.id);
    tellReaders(state, [...gone, ...added]);
  };
  return {
    insert: (made, before) => {
      order.insert(made.id, before);
      link(state, made);
      state.onChange.node(made.id);
      tellReaders(state, made.inputs);
    },
    change,
    redirect: (from, to) => {
      for (const id of [...(readers[from] ?? none)]) {
        const reader = nodes[id]!;
        change({ ...reader, inputs: reader.inputs.map((i) => (i === from ? to : i)) });
      }
      const places = givenOut.get(from) ?? [];
      for (const i of places) outputs[i] = to;
      givenOut.delete(from);
      if (places.length > 0) givenOut.set(to, [...(givenOut.get(to) ?? []), ...places]);
      tellReaders(state, [from, to]);
    },
    remove: (id) => {
      const gone = unlink(state, id);
      state.onChange.node(id);
      tellReaders(state, gone.inputs);
    },
  };
};

/** The inputs of one list that another lacks. */
const beyond = (inputs: readonly ValueId[], others: readonly ValueId[]): readonly ValueId[] => {
  if (inputs === others) return [];
  let [from, to] = [0, inputs.length];
  while (from < to && inputs[from] === others[from]) from++;
  const shift = others.length - to;
  while (to > from && to + shift > from && inputs[to - 1] === others[to + shift - 1]) to--;
  return inputs.slice(from, to).filter((id) => !others.includes(id));
};

const tellReaders = ({ onChange, readers }: State, ids: readonly ValueId[]): void =>
  ids.forEach((id) => onChange.readers(id, readers[id]?.size ?? 0));

/** What a layer computes, as a text. Layers that compute the same have the same, and few others. */
const computed = ({ op, args, inputs }: Pick<GraphNode, 'op' | 'args' | 'inputs'>): string => {
  const given = rowOf(op).params.map((p) => {
    const arg = args[p.name];
    return arg === undefined ? '' : JSON.stringify(valueOfArg(p, arg));
  });
  const read = inputs.length <= 4 ? inputs : [...inputs.slice(0, 3), inputs.at(-1), inputs.length];
  return [op, ...given, ...read].join(' ');
};

/** `inputs` are those from which it is to be reached. */
const link = (
  { nodes, readers, paths, same }: State,
  made: GraphNode,
  inputs: readonly ValueId[] = made.inputs,
): void => {
  nodes[made.id] = made;
  if (made.weights.length === 0) {
    const text = computed(made);
    const known = same.get(text);
    if (known === undefined) same.set(text, new Set([made.id]));
    else known.add(made.id);
  }
  for (const id of inputs) (readers[id] ??= new Set()).add(made.id);
  paths.set(made.path, (paths.get(made.path) ?? 0) + 1);
};

const unlink = (
  { source, nodes, readers, paths, same }: State,
  id: ValueId,
  inputs: readonly ValueId[] | undefined = nodes[id]?.inputs,
): GraphNode => {
  const gone = nodes[id];
  if (gone === undefined) throw new Bug(`no node ${id} in ${source.net}`);
  nodes[id] = undefined;
  if (gone.weights.length === 0) {
    const text = computed(gone);
    const known = same.get(text);
    known?.delete(id);
    if (known?.size === 0) same.delete(text);
  }
  for (const input of inputs ?? []) readers[input]?.delete(id);
  paths.set(gone.path, (paths.get(gone.path) ?? 0) - 1);
  return gone;
};

/** The graph with new ids, from that of the input on. */
const renumbered = (graph: Graph): Graph => {
  const { id: input } = graph.input;
  const ids = new Map([
    [input, input],
    ...graph.nodes.map((n, i) => [n.id, input + i + 1] as const),
  ]);
  const idOf = (id: ValueId): ValueId => ids.get(id)!;
  return {
    ...graph,
    nodes: graph.nodes.map((n) => ({ ...n, id: idOf(n.id), inputs: n.inputs.map(idOf) })),
    outputs: graph.outputs.map((o) => ({ ...o, id: idOf(o.id) })),
  };
};
