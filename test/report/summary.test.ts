/** Laws of the summary: whatever is folded, shortened or left out, it adds up and fits. */
import { describe, expect, it } from 'vitest';
import { neededFor } from '../../src/graph/main-output.ts';
import { graphOfNet } from '../../src/build/build.ts';
import { widthOf } from '../../src/diagnostic/terminal/terminal-width.ts';
import { sumIfKnown } from '../../src/numeric/figures.ts';
import { showPaper } from '../../src/ops/paper.ts';
import { showCall } from '../../src/ops/show.ts';
import { rowOf, table } from '../../src/ops/table.ts';
import { showType } from '../../src/ops/types.ts';
import { factsOf } from '../../src/report/layer-costs.ts';
import { foldedAt, heightOf, lengthOf, type Row } from '../../src/report/summary/fold.ts';
import { csvSummary } from '../../src/report/summary/data.ts';
import { summaryOf, tableOf } from '../../src/report/summary/summary.ts';
import { showSummary } from '../../src/report/summary/text.ts';
import { treeOf } from '../../src/report/summary/tree.ts';
import { writtenOut } from '../../src/typecheck/net/flat.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import { exampleNet, exampleNets, netOf, skips } from '../diagram/nets.ts';

/** One of each family, and what is odd. `NETC_DEEP=1` takes every example. */
const some = ['AlexNet', 'DenseNet121', 'GoogLeNet', 'MobileNetV2'];
const nets = [
  ...exampleNets.filter(([name]) => process.env['NETC_DEEP'] || some.includes(name)),
  ['UNet2015', exampleNet('UNet2015')] as const,
  ['Skips', skips] as const,
];

const summarised = (net: TypedNet) => summaryOf(net, graphOfNet(net), 1, undefined);

const lowest = (rows: readonly Row[]): readonly Row[] =>
  rows.flatMap((row) => (row.below.length === 0 ? [row] : lowest(row.below)));

const every = (rows: readonly Row[]): readonly Row[] =>
  rows.flatMap((row) => [row, ...every(row.below)]);

const sumsOf = (rows: readonly Row[]) => ({
  layers: rows.reduce((n, { branch, count }) => n + branch.layers * count, 0),
  params: rows.reduce((n, { params }) => n + params, 0),
  macs: sumIfKnown(rows.map(({ macs }) => macs)),
  bytes: sumIfKnown(rows.map(({ bytes }) => bytes)),
});

describe.each(nets)('the summary of %s', (name, net) => {
  const graph = graphOfNet(net);
  const layers = factsOf(graph);
  const tree = treeOf(name, layers, neededFor(graph.nodes, graph.outputs.slice(0, 1)))!;
  const deepest = heightOf(foldedAt(tree, Infinity));
  const whole = {
    layers: layers.length,
    params: layers.reduce((n, l) => n + l.params, 0),
    macs: sumIfKnown(layers.map((l) => l.macs)),
    bytes: sumIfKnown(layers.map((l) => l.bytes)),
  };

  it('adds up at every depth', () => {
    for (let depth = 1; depth <= deepest; depth++) {
      const rows = foldedAt(tree, depth);
      expect(heightOf(rows)).toBe(depth);
      expect(sumsOf(lowest(rows))).toEqual(whole);
      for (const row of every(rows))
        if (row.below.length > 0) expect(sumsOf(row.below)).toEqual(sumsOf([row]));
    }
  });

  it('is one screen where folders can be folded', () => {
    const { rows } = tableOf(summarised(net), undefined);
    expect(lengthOf(rows)).toBeLessThanOrEqual(Math.max(36, lengthOf(foldedAt(tree, 1))));
  });

  it.each([50, 80, 100])('fits in %i columns', (width) => {
    for (const depth of width === 80 ? [undefined, Infinity] : [undefined]) {
      const lines = showSummary(summarised(net), depth, false, width).split('\n');
      // the heading is the type of the net, and a formula cannot be cut within a term
      const table = lines.slice(
        1,
        lines.findLastIndex((line) => line.startsWith('parameters ')),
      );
      expect(table.filter((line) => widthOf(line) > width)).toEqual([]);
    }
  });

  it('has a line of CSV for every layer', () => {
    const [, ...lines] = csvSummary(summarised(net)).trimEnd().split('\n');
    expect(lines.map((line) => line.split(',')[0])).toEqual(layers.map(({ node }) => node.path));
  });

  it('says what every join reads', () => {
    const joins = every(foldedAt(tree, Infinity)).filter(
      ({ branch }) =>
        branch.children.length === 0 && rowOf(branch.first.node.op).inputs.tag === 'join',
    );
    for (const { branch } of joins)
      expect(branch.reads).toHaveLength(branch.first.node.inputs.length);
  });
});

it('shows of a folder with a side output what goes on', () => {
  const net = netOf(`net N : [32, 32, 3] -> [10] {
    block mid: conv3-8; relu; also aux { gap; fc-3 }
    gap; fc-10
  }`);
  const [mid, gap] = tableOf(summarised(net), 1).rows;
  expect(showType(mid!.last.node.output)).toBe('[32, 32, 8]');
  expect(gap!.branch.reads).toEqual([]);
});

it('has room for DenseNet-121 on a screen', () => {
  const lines = showSummary(summarised(exampleNet('DenseNet121')), undefined, false, 100);
  expect(lines.trimEnd().split('\n').length).toBeLessThanOrEqual(50);
});

describe('a layer in paper notation', () => {
  const samples = [...table.values()].flatMap((row) =>
    row.inputs.tag === 'join'
      ? []
      : row.samples.map(
          ({ args, inputs }) => [showCall(row, args), row, args, inputs[0]!] as const,
        ),
  );

  it.each(samples)('%s is a program for the same layer', (_, row, args, input) => {
    const net = netOf(`net N : ${showType(input)} -> _ = std.${showPaper(row, args)}`);
    const [layer] = writtenOut(net).layers;
    expect([layer?.op, layer?.args]).toEqual(
      row.identity ? [undefined, undefined] : [row.name, args],
    );
  });
});
