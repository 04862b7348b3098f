/** The summary of a net, as a table for people and as data for machines. */
import { paint } from '../../diagnostic/terminal/paint.ts';
import { padEnd, widthOf, wrap } from '../../diagnostic/terminal/terminal-width.ts';
import { outputType, type Graph } from '../../graph/graph.ts';
import { bytes, thousands, largest, plural, short, sumIfKnown } from '../../numeric/figures.ts';
import { showAxis, showType, type TensorType } from '../../ops/types.ts';
import { showSizes } from '../../size/sizes.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import { elementsOf } from '../../typecheck/net/costs.ts';
import { flopsFormula, macsFormula } from '../../typecheck/net/formulas.ts';
import { square, type LayerFacts } from '../layer-costs.ts';
import { sumLines } from '../wrap-cells.ts';
import type { Branch } from './tree.ts';
import { fitted, lines, noRoomFor, ruled, text, type Align } from '../table.ts';

/** The data of a summary. `peak` is the peak memory of values, for the whole batch. */
export type Summary = {
  readonly net: TypedNet;
  readonly graph: Graph;
  readonly layers: readonly LayerFacts[];
  readonly tree: Branch | undefined;
  readonly batch: number;
  readonly peak: number | undefined;
};

/** As `--json` prints it, for programs to read: a value that is unknown while a size is free is null. */
export const jsonSummary = ({ net, graph, layers, batch, peak }: Summary): unknown => ({
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
  layers: layers.map(({ node, inputs, params, macs, flops, bytes: size, field }) => ({
    path: node.path,
    op: node.op,
    in: showType(inputs[0]!),
    out: showType(node.output),
    params,
    macs: macs ?? null,
    flops: flops ?? null,
    receptive: square(field, 'span') ?? null,
    stride: square(field, 'stride') ?? null,
    bytes: size ?? null,
  })),
  batch,
  peakBytes: peak ?? null,
});

const unknown = '–';
const zeroless = (n: number | undefined, f: (n: number) => string): string =>
  n === undefined ? unknown : n === 0 ? '' : f(n);

const fieldText = (layer: LayerFacts): string => {
  const span = square(layer.field, 'span');
  if (span === undefined) return 'all';
  return typeof span === 'number' ? String(span) : `${span.h}x${span.w}`;
};

const nameOf = ({ name, to, count }: Branch): string =>
  count === 1 ? name : name === to ? `${count}× ${name}` : `${count}× ${name} … ${to}`;

type Row = readonly [name: string, ...rest: readonly string[]];

const rowOf = (branch: Branch, batch: number): Row => {
  const { input, last, params, macs, bytes: size, children } = branch;
  return [
    nameOf(branch),
    showType(input),
    showType(last.node.output),
    zeroless(params, thousands),
    zeroless(macs, short),
    zeroless(size === undefined ? undefined : size * batch, bytes),
    children.length > 0 ? '' : fieldText(last),
  ];
};

const rowsOf = (branch: Branch, batch: number, stems: string, ends: boolean): readonly Row[] => {
  const { children } = branch;
  const [name, ...facts] = rowOf(branch, batch);
  const own: Row = [`${stems}${ends ? '└─ ' : '├─ '}${name}`, ...facts];
  const deeper = stems + (ends ? '   ' : '│  ');
  const below = children.flatMap((c, i) => rowsOf(c, batch, deeper, i === children.length - 1));
  return [own, ...below];
};

const head: Row = ['', 'in', 'out', 'parameters', 'MACs', 'memory', 'sees'];
const aligns: readonly Align[] = ['left', 'left', 'left', 'right', 'right', 'right', 'right'];

/** Columns left out if there is no room, in this order. `in` goes first: it is the `out` of the line above. */
const dispensable = ['in', 'sees', 'memory', 'MACs'] as const;

/** The least width, in cells, of the meanings of numbers below the table. */
const leastMeaning = 20;

/** One of the numbers below the table; while sizes are free it may have a formula instead. */
type Sum = {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
  readonly formula?: string | undefined;
};

const work = (
  name: string,
  meaning: string,
  sum: number | undefined,
  formula: string | undefined,
): Sum =>
  sum === undefined ? { name, value: '', meaning, formula } : { name, value: short(sum), meaning };

const totals = ({ net, graph, layers, batch, peak }: Summary): readonly Sum[] => {
  const params = layers.reduce((sum, l) => sum + l.params, 0);
  const stored = layers
    .flatMap((l) => l.node.weights)
    .reduce((sum, w) => sum + w.spec.shape.reduce((n, k) => n * k, 1), 0);
  const macs = sumIfKnown(layers.map((l) => l.macs));
  const flops = sumIfKnown(layers.map((l) => l.flops));
  const image = elementsOf(graph.input.type);
  const values = sumIfKnown([image && 4 * image, ...layers.map((l) => l.bytes)]);
  const images = batch === 1 ? 'one image' : `${thousands(batch)} images`;
  return [
    { name: 'parameters', value: thousands(params), meaning: `${bytes(4 * stored)} of weights` },
    work('MACs', 'multiply–adds for one image', macs, macsFormula(graph.nodes)),
    work('FLOPs', 'floating-point operations for one image', flops, flopsFormula(graph.nodes)),
    {
      name: 'memory',
      value: values === undefined ? unknown : bytes(values * batch),
      meaning:
        peak === undefined
          ? `all values of ${images}`
          : `all values of ${images}; at most ${bytes(peak)} at once when it runs`,
    },
    ...(net.admissible === undefined
      ? []
      : [
          {
            name: 'height',
            value: showSizes(net.admissible.h),
            meaning: 'admissible with these weights',
          },
          { name: 'width', value: showSizes(net.admissible.w), meaning: '' },
        ]),
  ];
};

/** A tree of layers with sums for folders, and the totals below it. */
export const showSummary = (summary: Summary, colour: boolean, width: number): string => {
  const { net, graph, tree, batch } = summary;
  const rows =
    tree?.children.flatMap((c, i) => rowsOf(c, batch, '', i === tree.children.length - 1)) ?? [];
  const { table, leftOut } = fitted([head, ...rows], aligns, dispensable, width);
  // a formula stands below its meaning, because it is longer than a column
  const sums = totals(summary);
  const names = largest(sums.map(({ name }) => widthOf(name)));
  const values = largest(sums.map(({ value }) => widthOf(value)));
  const room = Math.max(leastMeaning, width - names - values - 4);
  return text([
    paint(colour)(
      'strong',
      `${net.name} : ${showType(graph.input.type)} -> ${showType(outputType(graph))}`,
    ),
    '',
    ...table,
    ...noRoomFor(leftOut, '--json has all', width),
    '',
    ...sums.flatMap(({ name, value, meaning, formula }) =>
      [...wrap(meaning, room), ...(formula === undefined ? [] : sumLines(formula, room))].map(
        (line, i) => {
          const head = i === 0 ? [name, value] : ['', ''];
          return `${padEnd(head[0]!, names)}  ${padEnd(head[1]!, values)}  ${line}`.trimEnd();
        },
      ),
    ),
  ]);
};

/** Escapes stars, which begin italics, and bars, which begin a cell. */
const escaped = (words: string): string => words.replaceAll(/[*|]/g, '\\$&');

const tableRow = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;

/** `- MACs at h × w: …` where there is a formula. */
const item =
  (input: TensorType) =>
  ({ name, value, meaning, formula }: Sum): string => {
    const parts = [value, meaning].filter((part) => part !== '').map(escaped);
    if (formula === undefined || input.tag !== 'map') return `- ${[name, ...parts].join(' · ')}`;
    const size = escaped(`${showAxis(input.h)} × ${showAxis(input.w)}`);
    return `- ${name} at ${size}: \`${formula}\` · ${parts.join(' · ')}`;
  };

/** The same as Markdown, for a README or a pull request. */
export const markdownSummary = (summary: Summary): string => {
  const { net, graph, tree, batch } = summary;
  const { type } = graph.input;
  const rows = (branch: Branch, depth: number): readonly string[] => {
    const [, ...facts] = rowOf(branch, batch);
    const name = `${'&emsp;'.repeat(depth)}${nameOf(branch)}`;
    return [tableRow([name, ...facts]), ...branch.children.flatMap((c) => rows(c, depth + 1))];
  };
  return text([
    escaped(`### ${net.name} : ${showType(type)} → ${showType(outputType(graph))}`),
    '',
    tableRow(['layer', ...head.slice(1)]),
    tableRow(['---', '---', '---', '---:', '---:', '---:', '---:']),
    ...(tree?.children.flatMap((c) => rows(c, 0)) ?? []),
    '',
    ...totals(summary).map(item(type)),
  ]);
};

const overviewHead = ['net', 'input', 'output', 'layers', 'parameters', 'MACs'] as const;

const overviewOf = ({
  name,
  input,
  output,
  body: { totals: sums },
}: TypedNet): readonly string[] => [
  name,
  showType(input),
  showType(output),
  thousands(sums.layers),
  thousands(sums.params),
  sums.macs === undefined ? unknown : short(sums.macs),
];

/** One line for each net of a file. */
export const showOverview = (nets: readonly TypedNet[]): string =>
  lines(
    ...ruled(
      [overviewHead, ...nets.map(overviewOf)],
      ['left', 'left', 'left', 'right', 'right', 'right'],
    ),
    '',
    `${plural(nets.length, 'net')}; --net NAME shows the layers of one`,
  );

/** The same as Markdown. */
export const markdownOverview = (nets: readonly TypedNet[]): string =>
  lines(
    tableRow(overviewHead),
    tableRow(['---', '---', '---', '---:', '---:', '---:']),
    ...nets.map((net) => tableRow(overviewOf(net))),
  );
