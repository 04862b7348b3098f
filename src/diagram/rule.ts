/** A rewrite rule as a drawing: both of its sides, layers as the rule writes them, `..f` as one box. */
import { identity, joinOf } from '../ops/roles.ts';
import { table } from '../ops/table.ts';
import type { Span } from '../syntax/source.ts';
import type { Expr, Rule, TypeExpr } from '../syntax/tree.ts';
import { sizes } from './arrange.ts';
import { inSequence } from './boxes.ts';
import type { Diagram, Family, Node, Part } from './diagram.ts';
import { edgesOf, nodesOf } from './edges.ts';
import { xml } from './escape.ts';
import { layout } from './layout.ts';
import { styleOf } from './svg-style.ts';
import { figure } from './svg.ts';

/** The words of the source in one line. */
type Words = (of: { readonly span: Span }) => string;

type Side = { readonly words: Words; readonly id: () => string };

const nodeOf = (side: Side, family: Family, title: string): Node => ({
  id: side.id(),
  kind: family === 'port' || family === 'folded' || family === 'join' ? family : 'layer',
  family,
  name: '',
  title,
  details: [],
  count: 1,
  shape: '',
  reshapes: false,
  tooltip: [title],
  layers: [],
});

/** A title that is longer has its arguments below it. */
const longTitle = 20;

/** `conv3-n`, `conv(1, n)`; a word may end in a size, as in paper notation. */
const layerOf = (side: Side, chain: Extract<Expr, { readonly tag: 'chain' }>): Node => {
  const whole = side.words(chain);
  const word = side.words(chain.word);
  const row = table.get(word) ?? table.get(word.replace(/\d+(x\d+)?$/, ''));
  const node = nodeOf(side, row?.family ?? 'folded', whole);
  const open = whole.indexOf('(');
  return whole.length <= longTitle || open < 0
    ? node
    : { ...node, title: whole.slice(0, open), details: [whole.slice(open + 1, -1)] };
};

const joins = { '+': '+', '*': '×' } as const;

const forkOf = (side: Side, sign: '+' | '*' | '|', branches: readonly Expr[]): Part => ({
  tag: 'fork',
  branches: branches.map((b) => partOf(side, b)),
  join: {
    ...nodeOf(side, 'join', sign === '|' ? joinOf(sign).name : joins[sign]),
    ...(sign === '|' ? {} : { sign: joins[sign] }),
  },
});

const partOf = (side: Side, e: Expr): Part => {
  switch (e.tag) {
    case 'group':
    case 'ascribe':
    case 'with':
    case 'where':
    case 'block':
      return partOf(side, e.body);
    case 'sequence':
      return inSequence(
        e.steps.map((step) => partOf(side, step)),
        false,
      );
    case 'beside':
      return forkOf(side, '|', e.branches);
    case 'run': {
      const [first] = e.signs;
      const same = first !== undefined && e.signs.every((s) => s.sign === first.sign);
      if (same && (first.sign === '+' || first.sign === '*'))
        return forkOf(side, first.sign, e.operands);
      break;
    }
    case 'label':
    case 'as': {
      const body = partOf(side, e.body);
      return body.tag === 'node'
        ? { tag: 'node', node: { ...body.node, name: e.name.text } }
        : body;
    }
    case 'chain':
      return side.words(e) === identity.name
        ? inSequence([], false)
        : { tag: 'node', node: layerOf(side, e) };
    default:
      break;
  }
  return { tag: 'node', node: nodeOf(side, 'folded', side.words(e)) };
};

/** The input type that the rule states, behind the parentheses of the pattern. */
const inputOf = (e: Expr): TypeExpr | undefined =>
  e.tag === 'ascribe' ? e.input : e.tag === 'group' ? inputOf(e.body) : undefined;

const diagramOf = (side: Side, body: Expr, input: string): Diagram => {
  const port = (title: string): Part => ({ tag: 'node', node: nodeOf(side, 'port', title) });
  const whole = inSequence([port(`x ${input}`.trimEnd()), partOf(side, body), port('y')], false);
  return { title: '', caption: '', body: whole, nodes: nodesOf(whole), edges: edgesOf(whole) };
};

const margin = 12;
const heading = 20; // above the drawings: `before`, `after`
const between = 56; // room for the arrow

/** Before and after, side by side, as SVG. `text` is the file that the rule stands in. */
export const ruleSvg = (rule: Rule, text: string): string => {
  let count = 0;
  const side: Side = {
    words: ({ span }) => text.slice(span.start, span.end).replaceAll(/\s+/g, ' '),
    id: () => `n${++count}`,
  };
  const type = inputOf(rule.pattern);
  const shown = type === undefined ? '' : side.words(type);
  const [before, after] = [rule.pattern, rule.replacement].map((e) =>
    layout(diagramOf(side, e, shown)),
  );
  if (before === undefined || after === undefined) return '';
  const tallest = Math.max(before.height, after.height);
  const width = Math.ceil(before.width + between + after.width + 2 * margin);
  const height = Math.ceil(tallest + heading + 2 * margin);
  const right = margin + before.width + between;
  const place = (x: number, own: number): string =>
    `<g transform="translate(${Math.round(x)} ${Math.round(margin + heading + (tallest - own) / 2)})">`;
  const caption = (x: number, word: string): string =>
    `<text x="${Math.round(x)}" y="${margin + sizes.title}" text-anchor="middle" class="small faint">${word}</text>`;
  const middle = Math.round(margin + heading + tallest / 2);
  const arrow = Math.round(right - between / 2);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="netc" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${xml(`the rule ${rule.name.text}`)}">`,
    `<style>\n${styleOf('auto')}\n</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    caption(margin + before.axis, 'before'),
    caption(right + after.axis, 'after'),
    place(margin, before.height),
    ...figure(before),
    `</g>`,
    `<path class="sign" fill="none" d="M${arrow - 12} ${middle - 3}h19m-19 6h19M${arrow + 2} ${middle - 8}l10 8l-10 8"/>`,
    place(right, after.height),
    ...figure(after),
    `</g>`,
    `</svg>`,
    ``,
  ].join('\n');
};
