/**
 * A graph as a program of `.net` that compiles to the same graph, with the same names of weights. Every
 * value that is not simply the next layer's input is remembered with `as` and recalled with `@`.
 */
import { identity } from '../ops/roles.ts';
import { showCall } from '../ops/show.ts';
import { rowOf } from '../ops/table.ts';
import { showType } from '../ops/types.ts';
import type { Graph, GraphNode, ValueId } from './graph.ts';
import { farReads } from './reads.ts';

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

/** One layer a line, its type behind it in a comment; it ends with a line break. */
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
    return `  ${from}${layerText(node)}${kept}  -- ${showType(node.output)}`;
  });
  const result = nodes.find((n) => n.id === main?.id)?.output ?? input.type;
  const body = [
    ...(far.has(input.id) ? [`  ${identity.name} as ${called(input.id)}`] : []),
    ...(nodes.length === 0 ? [`  ${identity.name}`] : steps),
    ...extras.map(({ name, id }) => `  also ${name} { @${called(id)} }`),
    ...(main !== undefined && main.id !== previous ? [`  @${called(main.id)}`] : []),
  ];
  return [`net ${net} : ${showType(input.type)} -> ${showType(result)} {`, ...body, '}', ''].join(
    '\n',
  );
};
