/** A diagram as DOT, for Graphviz: groups are clusters, copies and shapes are words. */
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
import { quoted } from './escape.ts';
import { light } from './svg-style.ts';

type Attributes = { readonly [name: string]: string };

const list = (attributes: Attributes): string =>
  Object.entries(attributes)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${quoted(value)}`)
    .join(' ');

const shapeOf = (node: Node): Attributes => {
  if (node.sign !== undefined)
    return { shape: 'circle', width: '0.25', fixedsize: 'true', margin: '0' };
  return node.kind === 'port' || node.kind === 'join' ? { style: 'rounded,filled' } : {};
};

const coloursOf = (family: Family): Attributes => {
  const [fillcolor, color] = light.boxes[family];
  return { fillcolor, color };
};

const nodeLine = (node: Node): string => {
  const label =
    node.sign ?? [headlineOf(node), node.details.join(' · ')].filter(Boolean).join('\n');
  const tooltip = node.tooltip.join('\n');
  return `${node.id} [${list({ label, ...shapeOf(node), ...coloursOf(node.family), tooltip })}];`;
};

const clusterHead = (group: Group): string => {
  const label = [captionOf(group), group.figures].filter((t) => t !== '').join('  ');
  // copies lie behind each other
  const peripheries = group.count > 1 ? '2' : '';
  return `graph [${list({ label, peripheries, tooltip: group.tooltip.join('\n') })}];`;
};

const cluster = (group: Group, inner: readonly string[]): readonly string[] => [
  `subgraph cluster_${group.id} {`,
  ...[clusterHead(group), ...inner].map((line) => `  ${line}`),
  `}`,
];

const edgeLine = ({ from, to, kind, label }: Edge): string => {
  // a skip does not affect the placement of boxes between its ends
  const skip: Attributes =
    kind === 'skip' ? { color: light.skip, fontcolor: light.skip, weight: '0' } : {};
  const attributes = list({ label: label === '' ? '' : ` ${label}`, ...skip });
  return `${from} -> ${to}${attributes === '' ? '' : ` [${attributes}]`};`;
};

/** The text of a `.dot` file, which ends with a line break. */
export const dot = (net: TypedNet, options: Options = {}): string => {
  const diagram = diagramOf(net, options);
  const { title, caption, body, edges } = diagram;
  const font = 'Helvetica';
  const lines = [
    `graph [${list({ label: [title, caption].filter(Boolean).join('\n'), labelloc: 't', labeljust: 'l', fontname: font, fontsize: '12', nodesep: '0.3', ranksep: '0.3', rankdir: isLine(diagram) ? 'LR' : '', style: 'rounded', color: '#b8bec6' })}];`,
    `node [${list({ shape: 'box', style: 'rounded,filled', fontname: font, fontsize: '11', height: '0.3', margin: '0.12,0.05' })}];`,
    `edge [${list({ fontname: font, fontsize: '9', fontcolor: light.faint, color: light.line, arrowsize: '0.6' })}];`,
    ...nested(body, nodeLine, cluster),
    ...edges.map(edgeLine),
  ];
  return [`digraph ${quoted(title)} {`, ...lines.map((line) => `  ${line}`), `}`, ``].join('\n');
};
