/**
 * A graph while rules change it. Each change takes as long as what it changes, whatever the size of the net: a value
 * keeps its id, nodes are put in at their places, and the readers of each value are known. What a search has read of
 * the graph is noted, so that a place is searched again only when something there has changed (`agenda.ts`).
 */
import { Bug } from '../../diagnostic/bug.ts';
import type { Graph, GraphNode, ValueId } from '../../graph/graph.ts';
import type { TensorType } from '../../ops/types.ts';
import { orderOf, type Order } from './order.ts';

/** What a search has read: nodes, and which nodes read a value. */
export type Noted = { readonly nodes: Set<ValueId>; readonly readers: Set<ValueId> };

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
  readonly isOutput: (id: ValueId) => boolean;
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

/** Is told of each change: of a node, or of who reads a value. */
export type OnChange = (id: ValueId, what: keyof Noted) => void;

/** What all questions and changes share; by the ids of values, which are small. */
type State = {
  readonly source: Graph;
  readonly nodes: (GraphNode | undefined)[];
  readonly readers: (Set<ValueId> | undefined)[];
  readonly paths: Map<string, number>;
  readonly order: Order;
  readonly noted: Noted;
  readonly outputs: Graph['outputs'][number][];
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
    order: orderOf([input.id, ...source.nodes.map((n) => n.id)]),
    noted: { nodes: new Set(), readers: new Set() },
    outputs: [...source.outputs],
    next: Math.max(input.id, source.nodes.at(-1)?.id ?? 0) + 1,
    onChange: () => undefined,
  };
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
  const { source, nodes, readers, paths, order, noted, outputs } = state;
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
    isOutput: (id) => {
      noted.readers.add(id);
      return outputs.some((o) => o.id === id);
    },
    atPath: (path) => paths.get(path) ?? 0,
    nodes: () => inPlaces(state),
    graph: () => renumbered({ ...source, nodes: [...inPlaces(state)], outputs }),
  };
};

function* inPlaces({ order, nodes }: State): Iterable<GraphNode> {
  for (const id of order.all()) {
    const found = nodes[id];
    if (found !== undefined) yield found;
  }
}

const changesOf = (state: State): Changes => {
  const { nodes, readers, order, outputs } = state;
  const change = (made: GraphNode): void => {
    const before = unlink(state, made.id);
    link(state, made);
    state.onChange(made.id, 'nodes');
    tellReaders(
      state,
      [...before.inputs, ...made.inputs].filter(
        (id) => before.inputs.includes(id) !== made.inputs.includes(id),
      ),
    );
  };
  return {
    insert: (made, before) => {
      order.insert(made.id, before);
      link(state, made);
      state.onChange(made.id, 'nodes');
      tellReaders(state, made.inputs);
    },
    change,
    redirect: (from, to) => {
      for (const id of [...(readers[from] ?? none)]) {
        const reader = nodes[id]!;
        change({ ...reader, inputs: reader.inputs.map((i) => (i === from ? to : i)) });
      }
      outputs.forEach((o, i) => {
        if (o.id === from) outputs[i] = { ...o, id: to };
      });
      tellReaders(state, [from, to]);
    },
    remove: (id) => {
      const gone = unlink(state, id);
      state.onChange(id, 'nodes');
      tellReaders(state, gone.inputs);
    },
  };
};

const tellReaders = ({ onChange }: State, ids: readonly ValueId[]): void =>
  ids.forEach((id) => onChange(id, 'readers'));

const link = ({ nodes, readers, paths }: State, made: GraphNode): void => {
  nodes[made.id] = made;
  for (const id of made.inputs) (readers[id] ??= new Set()).add(made.id);
  paths.set(made.path, (paths.get(made.path) ?? 0) + 1);
};

const unlink = ({ source, nodes, readers, paths }: State, id: ValueId): GraphNode => {
  const gone = nodes[id];
  if (gone === undefined) throw new Bug(`no node ${id} in ${source.net}`);
  nodes[id] = undefined;
  for (const input of gone.inputs) readers[input]?.delete(id);
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
