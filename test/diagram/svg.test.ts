/** The picture: well formed, nothing on top of anything else, every line from a box to a box. */
import { describe, expect, it } from 'vitest';
import { boxSize, stackOf, type Point, type Rect } from '../../src/diagram/arrange.ts';
import { diagramOf } from '../../src/diagram/build.ts';
import { layout, type Layout } from '../../src/diagram/layout.ts';
import { svg } from '../../src/diagram/svg.ts';
import { textWidth } from '../../src/diagram/text-width.ts';
import type { TypedNet } from '../../src/typecheck/net/typed.ts';
import { expectGolden } from '../golden.ts';
import {
  denseNet264,
  efficientNet,
  exampleNet,
  exampleNets,
  forked,
  hostile,
  hostileNet,
  skips,
  small,
} from './nets.ts';
import { all, parseXml, type Element } from './xml.ts';
import { processorTime } from '../processor-time.ts';

const nets = [
  ...exampleNets,
  ['Skips', skips] as const,
  ['Forked', forked] as const,
  ['EfficientNetB0', efficientNet] as const,
];

const overlap = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const within = (a: Rect, b: Rect): boolean =>
  a.x >= b.x &&
  a.y >= b.y &&
  a.x + a.width <= b.x + b.width + 0.01 &&
  a.y + a.height <= b.y + b.height + 0.01;

/** Pairs that lie on each other, found by sweeping down. */
const clashes = (rects: readonly Rect[], agree: (a: Rect, b: Rect) => boolean) => {
  const byTop = [...rects].sort((a, b) => a.y - b.y);
  return byTop.flatMap((a, i) => {
    const found: Rect[] = [];
    for (let k = i + 1; k < byTop.length && byTop[k]!.y < a.y + a.height; k++)
      if (overlap(a, byTop[k]!) && !agree(a, byTop[k]!)) found.push(byTop[k]!);
    return found.map((b) => [a, b]);
  });
};

/** Boxes with the copies behind them. */
const boxes = (shown: Layout): readonly Rect[] =>
  shown.boxes.map(({ node, rect }) => {
    const by = stackOf(node.count);
    return { ...rect, width: rect.width + by, height: rect.height + by };
  });
const labels = (shown: Layout): readonly Rect[] =>
  shown.labels.map(({ at: [x, y], text }) => ({
    x,
    y: y - 8,
    width: textWidth(text, 9.5),
    height: 9,
  }));

const segments = (points: readonly Point[]): readonly Rect[] =>
  points.slice(1).map(([x, y], i) => {
    const [u, v] = points[i]!;
    const [left, top] = [Math.min(x, u), Math.min(y, v)];
    return { x: left, y: top, width: Math.abs(x - u), height: Math.abs(y - v) };
  });

const onBorder = ([x, y]: Point, { x: left, y: top, width, height }: Rect): boolean => {
  const near = (a: number, b: number): boolean => Math.abs(a - b) < 0.01;
  const [inX, inY] = [x >= left && x <= left + width, y >= top && y <= top + height];
  return (
    (inX && (near(y, top) || near(y, top + height))) ||
    (inY && (near(x, left) || near(x, left + width)))
  );
};

const drawnFrom = (net: TypedNet, options = {}): Layout => layout(diagramOf(net, options));

describe.each(nets)('the layout of %s', (_, net) => {
  it.each([{}, { expand: true }, { separate: true }, { depth: 2 }])(
    'has its boxes and labels apart, %o',
    (options) => {
      const shown = drawnFrom(net, options);
      expect(clashes(boxes(shown), () => false)).toEqual([]);
      expect(clashes([...boxes(shown), ...labels(shown)], () => false)).toEqual([]);
      const page = { x: 0, y: 0, width: shown.width, height: shown.height };
      for (const rect of [...boxes(shown), ...labels(shown), ...shown.frames.map((f) => f.rect)])
        expect(within(rect, page)).toBe(true);
    },
  );

  it.each([{}, { separate: true }])('has everything in its frame or outside it, %o', (options) => {
    const shown = drawnFrom(net, options);
    const frames = shown.frames.map((f) => f.rect);
    const nested = (a: Rect, b: Rect): boolean => within(a, b) || within(b, a);
    expect(clashes([...frames, ...boxes(shown)], nested)).toEqual([]);
  });

  it('draws the edges of the diagram from box to box', () => {
    const diagram = diagramOf(net);
    const shown = layout(diagram);
    const text = (e: { from: string; to: string; kind: string }): string =>
      `${e.from} ${e.kind} ${e.to}`;
    expect(shown.routes.map(text).sort()).toEqual(diagram.edges.map(text).sort());
    const rects = new Map(shown.boxes.map(({ node, rect }) => [node.id, rect]));
    for (const { from, to, points } of shown.routes) {
      expect(onBorder(points[0]!, rects.get(from)!)).toBe(true);
      expect(onBorder(points.at(-1)!, rects.get(to)!)).toBe(true);
    }
  });

  it('has lines that are level or upright and pass by the boxes', () => {
    const shown = drawnFrom(net);
    for (const { from, to, points } of shown.routes) {
      const line = segments(points);
      expect(line.every((s) => s.width < 0.01 || s.height < 0.01)).toBe(true);
      const others = shown.boxes.filter(({ node }) => node.id !== from && node.id !== to);
      for (const { rect } of others) expect(line.some((s) => overlap(s, rect))).toBe(false);
      for (const label of labels(shown)) expect(line.some((s) => overlap(s, label))).toBe(false);
    }
  });

  it('is well-formed XML', () => {
    const root = parseXml(svg(net));
    expect(root.name).toBe('svg');
    const { nodes, edges } = diagramOf(net);
    const elements = all(root);
    const ids = (name: string) => elements.flatMap((e) => e.attributes.get(name)?.split(' ') ?? []);
    expect(ids('data-id')).toEqual(expect.arrayContaining(nodes.map((n) => n.id)));
    expect(ids('data-to')).toHaveLength(edges.length);
  });
});

describe('a tall drawing', () => {
  it.each([
    ['DenseNet121', exampleNet('DenseNet121')] as const,
    ['ResNet50', exampleNet('ResNet50')] as const,
    ['GoogLeNet', exampleNet('GoogLeNet')] as const,
    ['MobileNetV2', exampleNet('MobileNetV2')] as const,
    ['EfficientNetB0', efficientNet] as const,
  ])('of %s is in columns that fit on a screen', (_, net) => {
    const { height, width } = drawnFrom(net);
    expect(height).toBeLessThan(1600);
    expect(width).toBeLessThan(2.5 * height);
  });

  it('stays in one column where remembered values pass by', () => {
    const shown = drawnFrom(exampleNet('UNet'));
    const middles = shown.boxes.map(({ rect }) => rect.x + rect.width / 2);
    expect(new Set(middles.map(Math.round)).size).toBe(1);
  });

  it('may be folded', () => {
    const large = drawnFrom(efficientNet);
    const small = drawnFrom(efficientNet, { depth: 2 });
    expect(small.boxes.length).toBeLessThan(large.boxes.length / 3);
  });
});

const texts = (root: Element): readonly string[] =>
  all(root)
    .filter((e) => e.name === 'text')
    .map((e) =>
      all(e)
        .map((t) => t.text)
        .reverse()
        .join(''),
    );

describe('the picture', () => {
  it('has every layer in a tooltip', () => {
    const titles = all(parseXml(svg(small, { expand: true })))
      .filter((e) => e.name === 'title')
      .map((e) => e.text);
    expect(titles).toContain(
      [
        'Small/conv2',
        'conv(size = 3, channels = 8, stride = 1, pad = half, dilation = 1, groups = 1, bias = true)',
        '[(h + 1)/4, (w + 1)/4, 8] → [(h + 1)/4, (w + 1)/4, 8]',
        '584 parameters · receptive field 21, stride 4',
        '',
        'Small/batchnorm2',
        'batchnorm(eps = 1e-5, momentum = 0.1)',
        '[(h + 1)/4, (w + 1)/4, 8] → [(h + 1)/4, (w + 1)/4, 8]',
        '16 parameters · receptive field 21, stride 4',
        '',
        'Small/relu2',
        'relu',
        '[(h + 1)/4, (w + 1)/4, 8] → [(h + 1)/4, (w + 1)/4, 8]',
        'receptive field 21, stride 4',
      ].join('\n'),
    );
  });

  it('survives names that are code', () => {
    const root = parseXml(svg(hostileNet));
    const name = hostile.replace(/[\u0001\ud800]/g, '\ufffd');
    expect(texts(root)).toContain(name); // the heading
    expect(texts(root).filter((t) => t === name)).toHaveLength(2); // and a group
  });

  it('is dark or light on demand', () => {
    const auto = svg(small);
    expect(auto).toContain('prefers-color-scheme:dark');
    expect(auto).toContain('currentColor');
    for (const theme of ['light', 'dark'] as const)
      expect(svg(small, { theme })).not.toContain('@media');
  });

  it('has room for its words', () => {
    const { nodes } = diagramOf(skips);
    for (const node of nodes.filter((n) => n.kind === 'layer'))
      expect(boxSize(node).width).toBeGreaterThan(textWidth(node.title, 12, true));
    // Helvetica's own figures
    expect(textWidth('conv3-64', 1000)).toBe(500 + 556 + 556 + 500 + 556 + 333 + 556 + 556);
    expect(textWidth('漢', 1000)).toBe(1000);
  });

  it.each([['small', small] as const, ['forked', forked] as const])('of %s', (name, net) => {
    expectGolden(new URL(`snapshots/${name}.svg`, import.meta.url), svg(net));
  });

  it.each([{}, { expand: true }, { expand: true, separate: true }])('is quick, %o', (options) => {
    svg(denseNet264, options); // places are found once
    const times = [1, 2, 3, 4, 5].map(() => processorTime(() => void svg(denseNet264, options)));
    expect(Math.min(...times)).toBeLessThan(300);
  });
});
