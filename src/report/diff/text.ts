/** A comparison of two nets in words. */
import { paint, type Style } from '../../diagnostic/terminal/paint.ts';
import { outputType, type Graph } from '../../graph/graph.ts';
import { thousands, plural, short, sumIfKnown } from '../../numeric/figures.ts';
import { showType } from '../../ops/types.ts';
import { showSizes } from '../../size/sizes.ts';
import type { TypedNet } from '../../typecheck/net/typed.ts';
import type { Comparison, Entry } from './compare.ts';
import { describe, diffTree, isResized, type Branch, type Mark, type Params } from './tree.ts';
import type { LayerFacts } from '../layer-costs.ts';

import { table, type Line } from './table.ts';
import { columns, lines, text } from '../table.ts';

/** One of the two nets. */
export type Side = {
  readonly file: string;
  readonly net: TypedNet;
  readonly graph: Graph;
  readonly layers: readonly LayerFacts[];
};

/** Two nets and their comparison. */
export type Diff = { readonly before: Side; readonly after: Side; readonly found: Comparison };

const signs: { readonly [mark in Mark]: string } = {
  folder: '',
  equal: '',
  resized: '',
  changed: '~',
  added: '+',
  removed: '-',
};

const styles: { readonly [mark in Mark]: Style } = {
  folder: 'strong',
  equal: 'faint',
  resized: 'faint',
  changed: 'warning',
  added: 'fix',
  removed: 'error',
};

/** The type of the main output, as `.net` writes it. */
export const outputOf = ({ graph }: Side): string => showType(outputType(graph));

/** Trained numbers of the whole net. */
export const paramsOf = ({ layers }: Side): number => layers.reduce((n, l) => n + l.params, 0);
/** Multiply–adds for one image; undefined while a size is free. */
export const macsOf = ({ layers }: Side): number | undefined =>
  sumIfKnown(layers.map((l) => l.macs));

const signed = (n: number, show = thousands): string =>
  n === 0 ? '' : `${n < 0 ? '−' : '+'}${show(Math.abs(n))}`;

const paramsText = (mark: Mark, params: Params | undefined): string => {
  if (params === undefined || (params.before === 0 && params.after === 0)) return '';
  const { before, after } = params;
  if (mark === 'added' || mark === 'removed') return signed(after - before);
  return before === after ? '' : `${thousands(before)} → ${thousands(after)}`;
};

const nameOf = ({ name, to, count }: Branch): string =>
  count === 1 ? name : `${thousands(count)}× ${name === to ? name : `${name} … ${to}`}`;

/** A folder with fewer lines is as short as a reference to another folder. */
const worthReferring = 4;

const height = (branch: Branch): number =>
  branch.children.reduce((n, b) => n + height(b), branch.children.length);

const leftOut = (branch: Branch): string => {
  const { mark, layers, count, out } = branch;
  const each = layers / count;
  const times = count === 1 ? '' : `${thousands(count)}× `;
  const told = each === 1 ? nameOf(branch) : `${times}… ${plural(each, `${mark} layer`)}`;
  return out === undefined || out === '' ? told : `${told}, ${out}`;
};

/** The lines of a branch; `seen` are the names of folders already printed, by their text. */
const linesOf = (branch: Branch, indent: string, seen: Map<string, string>): readonly Line[] => {
  const { mark, what, out, params, sign, children, path } = branch;
  if (mark === 'equal' || mark === 'resized')
    return [{ mark, name: `${indent}${leftOut(branch)}` }];
  const name = `${indent}${nameOf(branch)}`;
  const told = seen.get(sign);
  const alike = mark === 'folder' && height(branch) >= worthReferring;
  const change = alike && told !== undefined ? `as ${told}` : (what ?? '');
  const own: Line = {
    mark,
    name,
    told: { sign: signs[mark], what: change, out: out ?? '', params: paramsText(mark, params) },
  };
  if (alike && told !== undefined) return [own];
  if (alike) seen.set(sign, path);
  return [own, ...children.flatMap((b) => linesOf(b, `${indent}  `, seen))];
};

/** The number of kinds of changes that are listed; others are counted. */
const mostKinds = 24;

const kindOf = (entry: Entry): readonly [op: string, what: string] => {
  switch (entry.tag) {
    case 'equal':
      return ['', ''];
    case 'added':
    case 'removed': {
      const { node } = entry.tag === 'added' ? entry.after : entry.before;
      return [node.op, entry.tag];
    }
    case 'changed': {
      if (isResized(entry)) return ['', 'of another size only'];
      const { op } = entry.after.node;
      const told = describe(
        op,
        entry.changes.filter((c) => c.of !== 'reads'),
      );
      if (told !== op) return ['', told];
      const elsewhere = entry.changes.some((c) => c.of === 'reads');
      return [op, elsewhere ? 'reads something else' : 'of another size'];
    }
  }
};

/** How often each kind of change occurs, the most frequent first. */
const kinds = (entries: readonly Entry[]): readonly string[] => {
  const counts = new Map<string, number>();
  for (const entry of entries) {
    if (entry.tag === 'equal') continue;
    const kind = kindOf(entry)
      .filter((part) => part !== '')
      .join(', ');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const more = sorted.slice(mostKinds).reduce((n, [, count]) => n + count, 0);
  const rows = sorted.slice(0, mostKinds).map(([kind, count]) => [`${thousands(count)}×`, kind]);
  if (more > 0) rows.push([`${thousands(more)}×`, 'something else']);
  return columns(rows, ['right', 'left']);
};

const totals = ({ before, after }: Diff): readonly string[] => {
  const counted = (
    name: string,
    of: (s: Side) => number | undefined,
    show = thousands,
  ): readonly string[] => {
    const [a, b] = [of(before), of(after)];
    const shown = (n: number | undefined): string => (n === undefined ? '–' : show(n));
    const difference = a === undefined || b === undefined ? '' : signed(b - a, show);
    return [name, shown(a), shown(b), difference];
  };
  const axis = (name: string, of: 'h' | 'w'): readonly string[] => {
    const [a, b] = [before, after].map(({ net }) =>
      net.admissible === undefined ? '–' : showSizes(net.admissible[of]),
    );
    return [name, a!, b!];
  };
  return columns(
    [
      ['', before.net.name, after.net.name],
      counted('layers', (s) => s.layers.length),
      counted('parameters', paramsOf),
      counted('MACs', macsOf, short),
      axis('height', 'h'),
      axis('width', 'w'),
    ],
    ['left', 'right', 'right', 'right'],
  );
};

const heading = ({ before, after }: Diff, colour: boolean): readonly string[] => {
  const row = (sign: string, side: Side): readonly string[] => [
    sign,
    side.net.name,
    `${showType(side.graph.input.type)} -> ${outputOf(side)}`,
    side.file,
  ];
  const [a, b] = columns([row('-', before), row('+', after)]);
  return [paint(colour)('error', a!), paint(colour)('fix', b!)];
};

/** Counts equal layers with weights whose paths differ below the net: each net needs its own weight file. */
const renamedLayers = ({ found }: Diff): number =>
  found.entries.filter((e) => {
    if (e.tag !== 'equal' || e.after.node.weights.length === 0) return false;
    const below = (layer: LayerFacts): string => layer.node.path.split('/').slice(1).join('/');
    return below(e.before) !== below(e.after);
  }).length;

const showEqual = (diff: Diff): string => {
  const { before, after } = diff;
  const other = renamedLayers(diff);
  const what = `${plural(before.layers.length, 'layer')}, ${plural(paramsOf(before), 'parameter')}`;
  return lines(
    before.net.name === after.net.name
      ? `${before.net.name} is the same in both: ${what}`
      : `${before.net.name} and ${after.net.name} are equal: ${what}`,
    ...(other === 0 ? [] : [`${plural(other, 'layer')} with weights have other names`]),
  );
};

/** Layers removed (-), added (+) and changed (~), by folder; how often each change occurs; and the sums. */
export const showDiff = (diff: Diff, colour: boolean, width: number): string => {
  const { found } = diff;
  if (found.equal) return showEqual(diff);
  const seen = new Map<string, string>();
  const body = diffTree(found.entries).flatMap((b) => linesOf(b, '', seen));
  const ends = columns(found.ends.map((c) => ['~', c.of, `${c.before} → ${c.after}`]));
  const changes = kinds(found.entries);
  return text([
    ...heading(diff, colour),
    '',
    ...ends.map((line) => paint(colour)('warning', line)),
    ...table(body, width).map(({ mark, line }) => paint(colour)(styles[mark], line)),
    '',
    ...(changes.length === 0 ? [] : [...changes, '']),
    ...totals(diff),
  ]);
};
