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

/** A call; words that would mean a net of the printed program are those of `std`. */
const callText = ({ op, args }: GraphNode, nets: ReadonlySet<string>): string =>
  showCall(rowOf(op), args).replaceAll(/(?<![\w.])[a-z_]\w*\b(?! =)/gi, (word) =>
    nets.has(word) ? `std.${word}` : word,
  );

/** `block3: (conv2: conv(3, 256))`: each folder of the path below the net is a label. */
const labelled = (path: readonly string[], call: string): string => {
  const [innermost, ...folders] = path.toReversed();
  return folders.reduce(
    (layer, folder) => `${folder}: (${layer})`,
    innermost === undefined ? call : `${innermost}: ${call}`,
  );
};

/** The names of a path below its net. */
const namesOf = ({ path }: GraphNode): readonly string[] => path.split('/').slice(1);

/**
 * The labels of layers without weights, where one is needed. Such a layer has no name to keep, and counting gives it
 * one, `relu1`, which may be the label of a layer with weights. A label that ends with `_` is never counted.
 */
const spareLabels = (nodes: readonly GraphNode[]): ((node: GraphNode) => readonly string[]) => {
  const weighted = nodes.filter((node) => node.weights.length > 0).map(namesOf);
  const taken = new Set(weighted.flatMap(([first]) => first ?? []));
  const labels = weighted.flatMap((names) => (names.length === 1 ? names : []));
  const countable = new Set(labels.map((label) => label.replace(/_?\d+$/, '')));
  return ({ id, op }) => {
    if (!countable.has(op)) return [];
    let label = `${op}${id}_`;
    while (taken.has(label)) label += '_';
    return [label];
  };
};

/**
 * One layer a line, its type behind it in a comment; it ends with a line break. `beside` are the names of nets in the
 * same program.
 */
export const showGraph = (graph: Graph, beside: Iterable<string> = []): string => {
  const { net, input, nodes, outputs } = graph;
  const nets = new Set([net, ...beside]);
  const spare = spareLabels(nodes);
  const layerText = (node: GraphNode): string => {
    const { inputs } = rowOf(node.op);
    const call =
      inputs.tag === 'join'
        ? `(${node.inputs.map((id) => `@${called(id)}`).join(` ${inputs.sign} `)})`
        : callText(node, nets);
    return labelled(node.weights.length > 0 ? namesOf(node) : spare(node), call);
  };
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
