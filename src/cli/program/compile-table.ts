/** What `netc compile` wrote, as a table. */
import { join } from 'node:path';
import { wrap } from '../../diagnostic/terminal/terminal-width.ts';
import { typeOfValue, type Graph } from '../../graph/graph.ts';
import { thousands, plural, short, sumIfKnown } from '../../numeric/figures.ts';
import { extentOf, showType } from '../../ops/types.ts';
import { admissibleSizes } from '../../build/admissible.ts';
import { showSizes } from '../../size/sizes.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { factsOf, type LayerFacts } from '../../report/layer-costs.ts';
import { fitted, noRoomFor, text, type Align } from '../../report/table.ts';
import type { TraceEvent } from '../../graph/trace.ts';

/** A net whose model was written: its graph before and after the passes, their trace, and the names of the files. */
export type Written = {
  readonly net: TypedNet;
  readonly folder: string;
  readonly source: Graph;
  readonly graph: Graph;
  readonly trace: readonly TraceEvent[];
  readonly files: readonly string[];
};

/** The heights and widths that a model of free size takes. */
const admitted = ({ graph }: Written): string => {
  const { type } = graph.input;
  const isFree = type.tag === 'map' && [type.h, type.w].some((a) => extentOf(a) === undefined);
  const sizes = isFree ? admissibleSizes(graph) : undefined;
  if (sizes === undefined) return '';
  const [h, w] = [showSizes(sizes.h), showSizes(sizes.w)];
  return h === w ? h : `${h}, ${w}`;
};

const paramsOf = (facts: readonly LayerFacts[]): number =>
  facts.reduce((sum, l) => sum + l.params, 0);

/** The passes that removed or added layers with weights. */
const reweighing = ({ source, graph, trace }: Written): readonly string[] => {
  const nodes = [...source.nodes, ...graph.nodes];
  const weighted = new Set(nodes.flatMap((n) => (n.weights.length > 0 ? [String(n.op)] : [])));
  return trace.flatMap(({ pass, matched, replacement }) =>
    [...matched, ...replacement].some((op) => weighted.has(op)) ? [pass] : [],
  );
};

/** `parameters are counted after fold_batchnorm; before: UNet 29,794`, where passes changed how many there are. */
const recount = (all: readonly Written[]): string | undefined => {
  const changed = all.flatMap((written) => {
    const before = paramsOf(factsOf(written.source));
    return before === paramsOf(factsOf(written.graph)) ? [] : [{ ...written, before }];
  });
  if (changed.length === 0) return undefined;
  const passes = new Set(changed.flatMap(reweighing));
  const counts = changed.map(({ net, before }) => `${net.name} ${thousands(before)}`);
  return `parameters are counted after ${[...passes].join(', ')}; before: ${counts.join(', ')}`;
};

const head = ['net', 'input', 'output', 'admissible', 'parameters', 'MACs', 'files'] as const;
const aligns: readonly Align[] = ['left', 'left', 'left', 'left', 'right', 'right', 'left'];

/** Columns that may be left out if there is no room; `netc summary` has them too. */
const dispensable = ['MACs', 'input', 'output', 'admissible', 'parameters'] as const;

/** `[10], box [4]` */
const showOutputs = (graph: Graph): string =>
  graph.outputs
    .map(({ id, name }, i) => (i === 0 ? '' : `${name} `) + showType(typeOfValue(graph, id)))
    .join(', ');

const rowOf = (written: Written, folder: string): readonly string[] => {
  const { net, graph, files } = written;
  const facts = factsOf(graph); // of what was written, after the passes
  const macs = sumIfKnown(facts.map((l) => l.macs));
  const shards = files.filter((name) => name.endsWith('.bin')).length;
  return [
    net.name,
    showType(graph.input.type),
    showOutputs(graph),
    admitted(written),
    thousands(paramsOf(facts)),
    macs === undefined ? '–' : short(macs),
    `${join(folder, written.folder, 'model.json')}${shards === 0 ? '' : ` and ${plural(shards, 'shard')}`}`,
  ];
};

/** A row for each net, as wide as the room allows; admissible sizes are shown if some nets are free. */
export const showWritten = (all: readonly Written[], folder: string, room: number): string => {
  const rows = all.map((written) => rowOf(written, folder));
  const free = rows.some((row) => row[3] !== '');
  const some = <A>(cells: readonly A[]): readonly A[] => cells.filter((_, i) => free || i !== 3);
  const { table, leftOut } = fitted([head, ...rows].map(some), some(aligns), dispensable, room);
  const counts = recount(all);
  return text([
    ...table,
    ...noRoomFor(leftOut, '`netc summary` tells', room),
    ...(counts === undefined ? [] : ['', ...wrap(counts, room)]),
  ]);
};
