/**
 * A graph as a program of `.net` that compiles to the same graph: every value that is not simply the
 * next layer's input is remembered with `as` and recalled with `@`.
 */
import type { Graph, GraphNode, ValueId } from '../lower/graph.ts';
import { rowOf } from '../ops/table.ts';
import { showType } from '../ops/types.ts';
import { showCall } from './dump-typed.ts';
import { lines } from './table.ts';

/** Values that somebody reads who does not come right after them. */
const farReads = ({ input, nodes, outputs }: Graph): ReadonlySet<ValueId> => {
  const far = new Set<ValueId>();
  let previous = input.id;
  for (const node of nodes) {
    const [only, ...others] = node.inputs;
    if (others.length > 0) for (const id of node.inputs) far.add(id);
    else if (only !== undefined && only !== previous) far.add(only);
    previous = node.id;
  }
  for (const { id } of outputs) if (id !== previous) far.add(id);
  return far;
};

const called = (id: ValueId): string => `v${id}`;

/** Labels from paths, without the net: `block3_conv2`; no two alike. */
const labels = (nodes: readonly GraphNode[]): ReadonlyMap<ValueId, string> => {
  const taken = new Set<string>();
  return new Map(
    nodes
      .filter((node) => node.weights.length > 0)
      .map((node) => {
        const plain = node.path.split('/').slice(1).join('_') || node.op;
        let label = plain;
        for (let n = 2; taken.has(label); n++) label = `${plain}_${n}`;
        taken.add(label);
        return [node.id, label] as const;
      }),
  );
};

export const showGraph = (graph: Graph): string => {
  const { net, input, nodes, outputs } = graph;
  const far = farReads(graph);
  const named = labels(nodes);
  const [main, ...extras] = outputs;
  let previous = input.id;
  const steps = nodes.map((node) => {
    const row = rowOf(node.op);
    const label = named.get(node.id);
    const kept = far.has(node.id) ? ` as ${called(node.id)}` : '';
    const from =
      node.inputs[0] === previous || node.inputs.length > 1 ? '' : `@${called(node.inputs[0]!)}; `;
    previous = node.id;
    const layer =
      row.inputs.tag === 'join'
        ? `(${node.inputs.map((id) => `@${called(id)}`).join(` ${row.inputs.sign} `)})`
        : `${label === undefined ? '' : `${label}: `}${showCall(node.op, node.args)}`;
    return `  ${from}${layer}${kept}  -- ${showType(node.type)}`;
  });
  const last = main !== undefined && main.id !== previous ? [`  @${called(main.id)}`] : [];
  const sides = extras.map(({ name, id }) => `  also ${name} { @${called(id)} }`);
  const type = nodes.find((n) => n.id === main?.id)?.type ?? input.type;
  return lines(
    `net ${net} : ${showType(input.type)} -> ${showType(type)} {`,
    ...(far.has(input.id) ? [`  id as ${called(input.id)}`] : []),
    ...(nodes.length === 0 ? ['  id'] : steps),
    ...sides,
    ...last,
    '}',
  );
};
