/** A comparison of two nets as data for machines. */
import { showCall } from '../../ops/show.ts';
import { rowOf } from '../../ops/table.ts';
import { showType } from '../../ops/types.ts';
import { showSizes } from '../../size/sizes.ts';
import type { Entry } from './compare.ts';
import { macsOf, outputOf, paramsOf, type Diff, type Side } from './text.ts';
import type { LayerFacts } from '../layer-costs.ts';

const sideOf = (side: Side): unknown => ({
  file: side.file,
  net: side.net.name,
  input: showType(side.graph.input.type),
  output: outputOf(side),
  layers: side.layers.length,
  params: paramsOf(side),
  macs: macsOf(side) ?? null,
  admissible:
    side.net.admissible === undefined
      ? null
      : { h: showSizes(side.net.admissible.h), w: showSizes(side.net.admissible.w) },
});

const layerOf = ({ node, inputs, params, macs }: LayerFacts): unknown => ({
  path: node.path,
  op: node.op,
  call: showCall(rowOf(node.op), node.args),
  in: inputs.map(showType),
  out: showType(node.output),
  params,
  macs: macs ?? null,
});

const entryOf = (entry: Entry): unknown => ({
  change: entry.tag,
  before: entry.tag === 'added' ? null : layerOf(entry.before),
  after: entry.tag === 'removed' ? null : layerOf(entry.after),
  changes: entry.tag === 'changed' ? entry.changes : [],
});

/** Every layer of both nets in order; a value that is unknown while a size is free is null. */
export const jsonDiff = ({ before, after, found }: Diff): unknown => ({
  equal: found.equal,
  before: sideOf(before),
  after: sideOf(after),
  ends: found.ends,
  layers: found.entries.map(entryOf),
});
