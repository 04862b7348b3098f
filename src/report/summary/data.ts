/** The summary of a net as data for machines: every layer, exactly, whatever a table folds or shortens. */
import { outputType, type ValueId } from '../../graph/graph.ts';
import { sumIfKnown } from '../../numeric/figures.ts';
import { showPaper } from '../../ops/paper.ts';
import { rowOf } from '../../ops/table.ts';
import { showType } from '../../ops/types.ts';
import { showSizes } from '../../size/sizes.ts';
import { flopsFormula, macsFormula } from '../../typecheck/net/formulas.ts';
import { spanOf, strideOf } from '../layer-costs.ts';
import { text } from '../table.ts';
import type { Summary } from './summary.ts';

/** A layer by the names of its facts; one that is unknown while a size is free is null. */
const layersOf = ({ layers }: Summary) => {
  const paths = new Map(layers.map(({ node }) => [node.id, node.path]));
  const pathOf = (id: ValueId): string => paths.get(id) ?? 'input';
  return layers.map(({ node, inputs, params, macs, flops, bytes, field }) => {
    const row = rowOf(node.op);
    const { inputs: takes } = row;
    const layer = takes.tag === 'join' ? `f ${takes.sign} g` : showPaper(row, node.args);
    return {
      path: node.path,
      op: node.op,
      layer,
      reads: node.inputs.map(pathOf),
      in: showType(inputs[0]!),
      out: showType(node.output),
      params,
      macs: macs ?? null,
      flops: flops ?? null,
      receptive: spanOf(field) ?? null,
      stride: strideOf(field) ?? null,
      bytes: bytes ?? null,
    };
  });
};

/** The contract of `netc summary --json`. */
export const jsonSummary = (summary: Summary): unknown => {
  const { net, graph, layers, batch, peak } = summary;
  return {
    net: net.name,
    input: showType(graph.input.type),
    output: showType(outputType(graph)),
    params: layers.reduce((sum, l) => sum + l.params, 0),
    macs: sumIfKnown(layers.map((l) => l.macs)) ?? null,
    flops: sumIfKnown(layers.map((l) => l.flops)) ?? null,
    formulas: { macs: macsFormula(graph.nodes), flops: flopsFormula(graph.nodes) },
    admissible:
      net.admissible === undefined
        ? null
        : { h: showSizes(net.admissible.h), w: showSizes(net.admissible.w) },
    layers: layersOf(summary),
    batch,
    peakBytes: peak ?? null,
  };
};

/** A cell as RFC 4180 has it: quoted where it must be. */
const quoted = (cell: string): string =>
  /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

type Fact = ReturnType<typeof layersOf>[number][keyof ReturnType<typeof layersOf>[number]];

const cellOf = (fact: Fact): string => {
  if (fact === null) return '';
  if (typeof fact !== 'object') return String(fact);
  return 'h' in fact ? `${fact.h}x${fact.w}` : fact.join(' ');
};

/** A line for each layer in order of execution; its columns are the facts of `--json`. */
export const csvSummary = (summary: Summary): string => {
  const layers = layersOf(summary);
  const head = Object.keys(layers[0] ?? {});
  const rows = [head, ...layers.map((layer) => Object.values(layer).map(cellOf))];
  return text(rows.map((cells) => cells.map(quoted).join(',')));
};
