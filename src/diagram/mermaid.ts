/** A diagram as a Mermaid flowchart, for Markdown: groups are subgraphs. */
import type { TypedNet } from '../typecheck/net/typed.ts';
import { diagramOf } from './build.ts';
import {
  captionOf,
  headlineOf,
  isLine,
  type Edge,
  type Family,
  type Group,
  type Node,
  type Options,
} from './diagram.ts';
import { nested } from './edges.ts';
import { mermaidComment, mermaidText } from './escape.ts';
import { light } from './svg-style.ts';

/** A node with brackets for its outline: a stadium for ports and `concat`, a circle for signs, else a box. */
const nodeLine = (node: Node): string => {
  const box = (open: string, text: string, close: string): string =>
    `${node.id}${open}${text}${close}:::${node.family}`;
  if (node.sign !== undefined) return box('((', mermaidText(node.sign), '))');
  if (node.kind !== 'layer' && node.kind !== 'folded')
    return box('([', mermaidText(headlineOf(node)), '])');
  const lines = [headlineOf(node), node.details.join(' · ')].filter((line) => line !== '');
  return box('[', `"${lines.map(inner).join('<br/>')}"`, ']');
};

const inner = (text: string): string => mermaidText(text).slice(1, -1);

const heading = (group: Group): string =>
  mermaidText([captionOf(group), group.figures].filter((t) => t !== '').join(' · '));

const subgraph = (group: Group, inner: readonly string[]): readonly string[] => [
  `subgraph ${group.id} [${heading(group)}]`,
  ...inner.map((line) => `  ${line}`),
  `end`,
];

const edgeLine = ({ from, to, kind, label }: Edge): string => {
  const arrow = kind === 'skip' ? '-.->' : '-->';
  return `${from} ${arrow}${label === '' ? '' : `|${mermaidText(label)}|`} ${to}`;
};

/** Only the colours that are used. Letters are dark, because the boxes are light on any page. */
const classLines = (nodes: readonly Node[]): readonly string[] =>
  [...new Set(nodes.map((n) => n.family))].map((family: Family) => {
    const [fill, stroke] = light.boxes[family];
    return `classDef ${family} fill:${fill},stroke:${stroke},color:${light.ink}`;
  });

/** The text of a flowchart, without the fence that Markdown puts around it. */
export const mermaid = (net: TypedNet, options: Options = {}): string => {
  const diagram = diagramOf(net, options);
  const { title, caption, body, nodes, edges } = diagram;
  const lines = [
    // a title needs front matter, which not every reader of Mermaid knows
    `%% ${mermaidComment([title, caption].filter((t) => t !== '').join(': '))}`,
    ...nested(body, nodeLine, subgraph),
    ...edges.map(edgeLine),
    ...classLines(nodes),
  ];
  return [
    `flowchart ${isLine(diagram) ? 'LR' : 'TD'}`,
    ...lines.map((line) => `  ${line}`),
    '',
  ].join('\n');
};
