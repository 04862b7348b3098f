/**
 * A graph as a typed net, for everything that reads nets: the counterpart of `build.ts`. Paths become folders; every
 * value that is not simply the next layer's input is remembered and recalled.
 */
import { Bug } from '../diagnostic/bug.ts';
import { rowOf } from '../ops/table.ts';
import type { TensorType } from '../ops/types.ts';
import type { Span } from '../syntax/source.ts';
import type { Naming, Typed, TypedNet } from '../typecheck/net/typed.ts';
import type { Graph, GraphNode, ValueId } from '../graph/graph.ts';
import { farReads } from '../graph/reads.ts';
import { noTotals, totalsOf, sum } from '../typecheck/net/totals.ts';

/** A layer, or a value recalled for one, below the folders of its path. */
type Piece = { readonly folders: readonly string[]; readonly typed: Typed };

const label = (text: string): Naming => ({ tag: 'label', text, numbered: false });

/** The typed body, outputs and types of a net; `span` is its place, and each key is for one value. */
export const typedOf = (
  graph: Graph,
  span: Span,
  freshKey: () => number,
): Pick<TypedNet, 'input' | 'output' | 'extras' | 'body'> => {
  const { input, nodes, outputs } = graph;
  const far = farReads(graph);
  const types = new Map<ValueId, TensorType>([[input.id, input.type]]);
  const typeOf = (id: ValueId): TensorType => types.get(id) ?? input.type;
  const [main, ...extras] = outputs;
  const keys = new Map(Array.from(far, (id) => [id, freshKey()]));
  const keyOf = (id: ValueId): number => {
    const key = keys.get(id);
    if (key === undefined) throw new Bug(`value ${id} of ${graph.net} is recalled from afar`);
    return key;
  };
  let previous = input.id;

  const recall = (id: ValueId, place: Span): Typed => ({
    tag: 'recall',
    key: keyOf(id),
    input: typeOf(previous),
    output: typeOf(id),
    span: place,
    totals: noTotals,
  });
  const remembered = (id: ValueId, body: Typed): Typed =>
    far.has(id) ? { ...common(body), tag: 'remember', key: keyOf(id), body, value: body.span } : body;

  const steps: Piece[] = [];
  if (far.has(input.id))
    steps.push({ folders: [], typed: remembered(input.id, sequence([], input.type, span)) });
  for (const node of nodes) {
    const folders = node.path.split('/').slice(1, -1);
    const [first] = node.inputs;
    const isJoin = rowOf(node.op).inputs.tag === 'join';
    if (!isJoin && first !== undefined && first !== previous) {
      steps.push({ folders, typed: recall(first, node.span) });
      previous = first;
    }
    types.set(node.id, node.output);
    const branches = isJoin ? node.inputs.map((id) => recall(id, node.span)) : [];
    const typed = layerOf(node, typeOf(previous), node.inputs.map(typeOf), branches);
    steps.push({ folders, typed: remembered(node.id, typed) });
    previous = node.id;
  }
  for (const { name, id } of extras) {
    const body = recall(id, span);
    const typed: Typed = { ...common(body), tag: 'also', naming: label(name), body };
    steps.push({ folders: [], typed: { ...typed, output: typed.input } });
  }
  if (main !== undefined && main.id !== previous)
    steps.push({ folders: [], typed: recall(main.id, span) });
  return {
    input: input.type,
    output: typeOf(main?.id ?? previous),
    extras: extras.map(({ name, id }) => ({ name, type: typeOf(id) })),
    body: sequence(inFolders(steps, 0), input.type, span),
  };
};

const layerOf = (
  node: GraphNode,
  input: TensorType,
  inputs: readonly TensorType[],
  branches: readonly Typed[],
): Typed => {
  const { op, args, output: output, span } = node;
  const totals = totalsOf(rowOf(op), args, inputs, output);
  const naming = label(node.path.slice(node.path.lastIndexOf('/') + 1));
  return branches.length > 0
    ? { tag: 'join', op, naming, branches, input, output, span, totals }
    : { tag: 'op', op, args, naming, input, output, span, totals };
};

const common = ({ input, output, span, totals }: Typed) => ({ input, output, span, totals });

const sequence = (steps: readonly Typed[], input: TensorType, span: Span): Typed => ({
  tag: 'sequence',
  steps,
  input,
  output: steps.at(-1)?.output ?? input,
  span,
  totals: sum(steps),
});

/** Groups neighbours whose paths share a folder at this depth. */
const inFolders = (steps: readonly Piece[], depth: number): readonly Typed[] => {
  const groups: Piece[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    const folder = step.folders[depth];
    if (last !== undefined && folder !== undefined && last[0]?.folders[depth] === folder)
      last.push(step);
    else groups.push([step]);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    const folder = first?.folders[depth];
    if (first === undefined || folder === undefined) return group.map((s) => s.typed);
    const { input, span } = first.typed;
    const body = sequence(inFolders(group, depth + 1), input, span);
    return [{ ...common(body), tag: 'folder', of: 'label', naming: label(folder), body }];
  });
};
