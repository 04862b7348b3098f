/** A diagram as SVG: self-contained, for papers, pages and dark rooms. */
import type { TypedNet } from '../typecheck/net/typed.ts';
import { sizes, stackOf, type Point, type Rect, type Route } from './arrange.ts';
import { diagramOf } from './build.ts';
import {
  captionOf,
  headlineOf,
  type Diagram,
  type Group,
  type Node,
  type Options,
} from './diagram.ts';
import { xml } from './escape.ts';
import { layout, type Layout } from './layout.ts';
import { styleOf } from './svg-style.ts';
import { roomFor } from './text-width.ts';

const margin = 16;
const headingHeight = 46;

/** Rounds to a tenth of a pixel: finer steps are invisible, and short numbers make small files. */
const px = (n: number): string => String(Math.round(n * 10) / 10);

const attributes = ({ x, y, width, height }: Rect): string =>
  `x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"`;

const text = (at: Point, content: string, classes: string, anchor = 'start'): string =>
  `<text x="${px(at[0])}" y="${px(at[1])}"${anchor === 'start' ? '' : ` text-anchor="${anchor}"`} class="${classes}">${content}</text>`;

/** `3×` stands out. */
const counted = (whole: string, count: number): string => {
  const mark = `${count}×`;
  return count > 1 && whole.startsWith(mark)
    ? `<tspan class="count">${mark}</tspan>${xml(whole.slice(mark.length))}`
    : xml(whole);
};

const tooltip = (lines: readonly string[]): string => `<title>${xml(lines.join('\n'))}</title>`;

/** The copies behind, from the last to the first. */
const behind = (count: number, rect: Rect, draw: (rect: Rect) => string): string => {
  const steps = stackOf(count) / sizes.stack;
  return Array.from({ length: steps }, (_, i) => {
    const by = (steps - i) * sizes.stack;
    return draw({ ...rect, x: rect.x + by, y: rect.y + by });
  }).join('');
};

const frameRadius = 8;

/** The visible edges of a frame behind a transparent one: its right and its lower edge. */
const edgesBehind = ({ x, y, width, height }: Rect): string => {
  const r = frameRadius;
  const by = sizes.stack;
  const [right, bottom] = [x + width, y + height];
  // its corners come out where they cut those of the one in front: two circles whose centres are by·√2 apart
  const cut = Math.sqrt((r * r - (by * by) / 2) / 2);
  const arc = (toX: number, toY: number): string => `A${r} ${r} 0 0 1 ${px(toX)} ${px(toY)}`;
  const d = [
    `M${px(right - r - by / 2 + cut)} ${px(y + r - by / 2 - cut)}${arc(right, y + r)}`,
    `V${px(bottom - r)}${arc(right - r, bottom)}`,
    `H${px(x + r)}${arc(x + r - by / 2 - cut, bottom - r - by / 2 + cut)}`,
  ];
  return `<path class="frame behind" d="${d.join('')}"/>`;
};

const drawSign = (sign: '+' | '×', [x, y]: Point): string => {
  const arm = sign === '+' ? 4.5 : 3.2;
  const strokes =
    sign === '+'
      ? `M${px(x - arm)} ${px(y)}H${px(x + arm)}M${px(x)} ${px(y - arm)}V${px(y + arm)}`
      : `M${px(x - arm)} ${px(y - arm)}L${px(x + arm)} ${px(y + arm)}M${px(x + arm)} ${px(y - arm)}L${px(x - arm)} ${px(y + arm)}`;
  return `<path class="sign" d="${strokes}"/>`;
};

const drawBox = (node: Node, rect: Rect): string => {
  const middle = rect.x + rect.width / 2;
  const round = node.kind === 'join' || node.kind === 'port' ? rect.height / 2 : 5;
  const shape = (r: Rect): string => `<rect ${attributes(r)} rx="${px(round)}"/>`;
  const baseline = rect.y + (node.details.length > 0 ? 16 : rect.height / 2 + 4.2);
  const inside =
    node.sign === undefined
      ? text([middle, baseline], counted(headlineOf(node), node.count), 'bold', 'middle')
      : drawSign(node.sign, [middle, rect.y + rect.height / 2]);
  const details =
    node.details.length === 0
      ? ''
      : text([middle, rect.y + 29], xml(node.details.join(' · ')), 'small faint', 'middle');
  return `<g class="${node.family}" data-id="${node.id}">${tooltip(node.tooltip)}${behind(node.count, rect, shape)}${shape(rect)}${inside}${details}</g>`;
};

const drawFrame = (group: Group, rect: Rect): string => {
  const name = text(
    [rect.x + 8, rect.y + 15],
    counted(captionOf(group), group.count),
    'caption bold',
  );
  const figures =
    group.figures === ''
      ? ''
      : text([rect.x + rect.width - 8, rect.y + 15], xml(group.figures), 'small faint', 'end');
  return `<g data-id="${group.id}">${tooltip(group.tooltip)}${behind(group.count, rect, edgesBehind)}<rect ${attributes(rect)} rx="${frameRadius}" class="frame"/>${name}${figures}</g>`;
};

/** Removes points that lie between their neighbours, and repeated points. */
const corners = (points: readonly Point[]): readonly Point[] => {
  const kept: Point[] = [];
  for (const p of points) {
    const [a, b] = [kept.at(-2), kept.at(-1)];
    if (b !== undefined && Math.hypot(p[0] - b[0], p[1] - b[1]) < 0.01) continue;
    const straight = (i: 0 | 1): boolean =>
      a !== undefined && b !== undefined && a[i] === b[i] && b[i] === p[i];
    if (straight(0) || straight(1)) kept.pop();
    kept.push(p);
  }
  return kept;
};

const towards = ([x, y]: Point, [u, v]: Point, by: number): Point => {
  const length = Math.hypot(u - x, v - y);
  return length === 0 ? [x, y] : [x + ((u - x) * by) / length, y + ((v - y) * by) / length];
};

/** A line with rounded corners, and the arrow at its end. */
const drawLine = (points: readonly Point[]): { readonly line: string; readonly head: string } => {
  const turns = corners(points);
  const end = turns.at(-1)!;
  const neck = towards(end, turns.at(-2) ?? end, 5);
  const shaft = [...turns.slice(0, -1), neck];
  const line = shaft.map((p, i) => {
    const [a, b] = [shaft[i - 1], shaft[i + 1]];
    if (a === undefined) return `M${px(p[0])} ${px(p[1])}`;
    if (b === undefined) return `L${px(p[0])} ${px(p[1])}`;
    const half = [a, b].map((q) => Math.hypot(q[0] - p[0], q[1] - p[1]) / 2);
    const by = Math.min(6, ...half);
    const [c, d] = [towards(p, a, by), towards(p, b, by)];
    return `L${px(c[0])} ${px(c[1])}Q${px(p[0])} ${px(p[1])} ${px(d[0])} ${px(d[1])}`;
  });
  const [dx, dy] = [(end[0] - neck[0]) / 5, (end[1] - neck[1]) / 5];
  const wing = (s: number): string => `${px(neck[0] - dx - dy * s)} ${px(neck[1] - dy + dx * s)}`;
  const head = `M${px(end[0])} ${px(end[1])}L${wing(2.6)}L${wing(-2.6)}Z`;
  return { line: line.join(''), head };
};

/** Draws the lines that leave one box as one stroke, so that their common part is not thicker than the rest. */
const drawRoutes = (routes: readonly Route[]): string => {
  const { kind, from } = routes[0]!;
  const lines = routes.map(({ points }) => drawLine(points));
  const to = routes.map((route) => route.to).join(' ');
  return [
    `<path class="${kind}" data-from="${from}" data-to="${to}" d="${lines.map((l) => l.line).join('')}"/>`,
    `<path class="${kind}-head" d="${lines.map((l) => l.head).join('')}"/>`,
  ].join('');
};

/** Groups routes by kind and start. Skips come first, so that a plain line that shares their way is on top. */
const bundles = (routes: readonly Route[]): readonly (readonly Route[])[] =>
  (['skip', 'flow'] as const).flatMap((kind) => {
    const found = new Map<string, Route[]>();
    for (const route of routes.filter((r) => r.kind === kind)) {
      const bundle = found.get(route.from);
      if (bundle === undefined) found.set(route.from, [route]);
      else bundle.push(route);
    }
    return [...found.values()];
  });

/** Frames, lines, shapes and boxes, from back to front. */
export const figure = (shown: Layout): readonly string[] => [
  ...shown.frames.map(({ group, rect }) => drawFrame(group, rect)),
  ...bundles(shown.routes).map(drawRoutes),
  ...shown.labels.map(({ at, text: label }) => text(at, xml(label), 'small faint')),
  ...shown.boxes.map(({ node, rect }) => drawBox(node, rect)),
];

const draw = (diagram: Diagram, shown: Layout, theme: 'auto' | 'light' | 'dark'): string => {
  const heading = Math.max(roomFor(diagram.title, 16, true), roomFor(diagram.caption, sizes.small));
  const inner = Math.max(shown.width, heading);
  const width = Math.ceil(inner + 2 * margin);
  const height = Math.ceil(shown.height + headingHeight + 2 * margin);
  const left = margin + (inner - shown.width) / 2;
  const name = [diagram.title, diagram.caption].filter((t) => t !== '').join(': ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="netc" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${xml(name)}">`,
    `<title>${xml(name)}</title>`,
    `<style>\n${styleOf(theme)}\n</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    text([margin, margin + 14], xml(diagram.title), 'heading bold'),
    text([margin, margin + 30], xml(diagram.caption), 'small faint'),
    `<g transform="translate(${px(left)} ${margin + headingHeight})">`,
    ...figure(shown),
    `</g>`,
    `</svg>`,
    ``,
  ].join('\n');
};

/** A file of its own, with styles and without scripts. */
export const svg = (net: TypedNet, options: Options = {}): string => {
  const diagram = diagramOf(net, options);
  return draw(diagram, layout(diagram), options.theme ?? 'auto');
};
