/** A small graph as a `.net` program, for counter-examples. */
import type { Graph, GraphNode, ValueId } from '../lower/graph.ts';
import { showArg } from '../ops/args.ts';
import { rowOf } from '../ops/table.ts';
import { showType } from '../ops/types.ts';

const showLayer = ({ op, args }: GraphNode): string => {
  const given = rowOf(op).params.flatMap(({ name, default: fallback }) => {
    const value = args[name];
    if (value === undefined) return [];
    const text = showArg(value);
    if (fallback?.tag === 'value' && fallback.text === text) return [];
    const other = fallback?.tag === 'as' ? args[fallback.parameter] : undefined;
    if (other !== undefined && showArg(other) === text) return [];
    return [`${name} = ${text}`];
  });
  return given.length === 0 ? op : `${op}(${given.join(', ')})`;
};

/** Values that are not simply what the next layer reads are remembered with `as` and recalled with `@`. */
export const showGraph = ({ net, input, nodes, outputs }: Graph): string => {
  const named = new Set<ValueId>();
  let previous = input.id;
  for (const n of nodes) {
    if (n.inputs.length > 1 || n.inputs[0] !== previous) n.inputs.forEach((id) => named.add(id));
    previous = n.id;
  }
  for (const { id } of outputs) if (id !== previous) named.add(id);
  previous = input.id;
  const steps = nodes.map((n) => {
    const row = rowOf(n.op);
    const kept = named.has(n.id) ? ` as v${n.id}` : '';
    const from = n.inputs.length > 1 || n.inputs[0] === previous ? '' : `@v${n.inputs[0]}; `;
    const layer =
      row.inputs.tag === 'join'
        ? `(${n.inputs.map((id) => `@v${id}`).join(` ${row.inputs.sign} `)})`
        : showLayer(n);
    previous = n.id;
    return `  ${from}${layer}${kept}`;
  });
  const [main, ...extras] = outputs;
  const mainId = main?.id ?? previous;
  const type = nodes.find((n) => n.id === mainId)?.type ?? input.type;
  return [
    `net ${net} : ${showType(input.type)} -> ${showType(type)} {`,
    ...(named.has(input.id) ? [`  id as v${input.id}`] : []),
    ...(nodes.length === 0 ? ['  id'] : steps),
    ...extras.map(({ name, id }) => `  also ${name} { @v${id} }`),
    ...(mainId === previous ? [] : [`  @v${mainId}`]),
    '}',
  ].join('\n');
};
