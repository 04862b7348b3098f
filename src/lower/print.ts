/**
 * A graph as a program of `.net` that compiles to the same graph, with the same names of weights. Every
 * value that is not simply the next layer's input is remembered with `as` and recalled with `@`.
 */
import { showCall } from '../ops/show.ts';
import { rowOf } from '../ops/table.ts';
import { showType } from '../ops/types.ts';
import type { Graph, GraphNode, ValueId } from './graph.ts';

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
  // side outputs are recalled; the main one is where the program ends, if it is the last value
  outputs.forEach(({ id }, i) => {
    if (i > 0 || id !== previous) far.add(id);
  });
  return far;
};

const called = (id: ValueId): string => `v${id}`;

/** `block3: (conv2: conv(3, 256))`: each folder of the path below the net is a label. */
const labelled = (node: GraphNode): string => {
  const call = showCall(rowOf(node.op), node.args);
  if (node.weights.length === 0) return call;
  const [innermost, ...folders] = node.path.split('/').slice(1).reverse();
  return folders.reduce(
    (layer, folder) => `${folder}: (${layer})`,
    innermost === undefined ? call : `${innermost}: ${call}`,
  );
};

const layerText = (node: GraphNode): string => {
  const { inputs } = rowOf(node.op);
  return inputs.tag === 'join'
    ? `(${node.inputs.map((id) => `@${called(id)}`).join(` ${inputs.sign} `)})`
    : labelled(node);
};

export const showGraph = (graph: Graph): string => {
  const { net, input, nodes, outputs } = graph;
  const far = farReads(graph);
  const [main, ...extras] = outputs;
  let previous = input.id;
  const steps = nodes.map((node) => {
    const [first] = node.inputs;
    const from =
      first === undefined || first === previous || node.inputs.length > 1
        ? ''
        : `@${called(first)}; `;
    const kept = far.has(node.id) ? ` as ${called(node.id)}` : '';
    previous = node.id;
    return `  ${from}${layerText(node)}${kept}  -- ${showType(node.type)}`;
  });
  const result = nodes.find((n) => n.id === main?.id)?.type ?? input.type;
  const body = [
    ...(far.has(input.id) ? [`  id as ${called(input.id)}`] : []),
    ...(nodes.length === 0 ? ['  id'] : steps),
    ...extras.map(({ name, id }) => `  also ${name} { @${called(id)} }`),
    ...(main !== undefined && main.id !== previous ? [`  @${called(main.id)}`] : []),
  ];
  return [`net ${net} : ${showType(input.type)} -> ${showType(result)} {`, ...body, '}', ''].join(
    '\n',
  );
};
