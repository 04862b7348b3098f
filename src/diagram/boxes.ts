/** Boxes of layers and ports. A convolution shares its box with its normalisation and activation. */
import { thousands, short, sumIfKnown } from '../numeric/figures.ts';
import { paperOf } from '../ops/paper.ts';
import { rowOf } from '../ops/table.ts';
import { showType, type TensorType } from '../ops/types.ts';
import { macsOf, paramsOf } from '../typecheck/net/costs.ts';
import type { ReceptiveField } from '../typecheck/net/receptive.ts';
import type { PlacedLayer } from '../graph/graph.ts';
import { isEmpty, type Group, type Node, type Part } from './diagram.ts';
import { callOf, notesOf, showField, showShape, showStep } from './words.ts';

/** Signs of arithmetic stand alone in a circle; `|` is not one, and a figure says the name. */
const drawn = { '+': '+', '*': '×', '|': undefined } as const;

/** `1.2 M parameters`, or an empty text for none. */
export const parameters = (n: number): string => (n === 0 ? '' : `${thousands(n)} parameters`);
export const multiplyAdds = (n: number | undefined): string =>
  n === undefined || n === 0 ? '' : `${short(n)} MACs`;
export const phrase = (...parts: readonly string[]): string =>
  parts.filter((part) => part !== '').join(' · ');

/** The box of a layer, which stands for all of `copies`; `input` is what reaches the first. */
export const boxOf = (
  copies: readonly PlacedLayer[],
  input: TensorType,
  fieldOf: (layer: PlacedLayer) => ReceptiveField,
): Node => {
  const first = copies[0]!;
  const last = copies.at(-1)!;
  const { op, args } = first;
  const row = rowOf(op);
  const sign = row.inputs.tag === 'join' ? drawn[row.inputs.sign] : undefined;
  return {
    id: `n${first.id}`,
    kind: row.inputs.tag === 'join' ? 'join' : 'layer',
    family: row.family,
    name: '',
    title: paperOf(row, args).head,
    ...(sign && { sign }),
    details: notesOf(op, args),
    count: 1,
    shape: showShape(first.output, last.output),
    ...(row.elementwise || row.family === 'normalisation' ? { light: true } : {}),
    // the operands have the shape of the sum
    reshapes: sign === undefined && showType(input) !== showType(first.output),
    tooltip: [
      first === last ? first.path : `${first.path} … ${last.path}`,
      callOf(op, args),
      showStep(input, last.output),
      phrase(
        parameters(copies.reduce((n, layer) => n + paramsOf(layer), 0)),
        multiplyAdds(sumIfKnown(copies.map(macsOf))),
        showField(fieldOf(last)),
      ),
    ],
    layers: copies.map((layer) => layer.id),
  };
};

/** Where values come in and go out. */
export const portOf = (id: string, title: string, type: TensorType): Node => ({
  id,
  kind: 'port',
  family: 'port',
  name: '',
  title,
  details: [],
  count: 1,
  shape: showShape(type),
  reshapes: false,
  tooltip: [`${title} ${showType(type)}`],
  layers: [],
});

/** A group drawn as one box for so many copies, because it lies too deep. */
export const foldedBox = (group: Group, layers: readonly PlacedLayer[], copies: number): Node => ({
  id: `n${layers[0]!.id}`,
  kind: 'folded',
  family: 'folded',
  name: '',
  title: group.name,
  details: [`${layers.length / copies} layers`, group.figures].filter((d) => d !== ''),
  count: 1,
  shape: group.shape,
  reshapes: showType(layers[0]!.inputTypes[0]!) !== showType(layers.at(-1)!.output),
  tooltip: group.tooltip,
  layers: layers.map((layer) => layer.id),
});

/** Whether a layer may share the box of the convolution before it. */
const follows = (node: Node): boolean =>
  node.light === true && node.count === 1 && node.name === '';

const joined = (a: Node, b: Node): Node => {
  const both = [a, b].map((n) => [n.title, ...n.details].join(' · '));
  return {
    ...a,
    ...(follows(a) ? { title: both.join(' · ') } : { details: [...a.details, both[1]!] }),
    shape: b.shape,
    reshapes: a.reshapes || b.reshapes,
    tooltip: [...a.tooltip, '', ...b.tooltip],
    layers: [...a.layers, ...b.layers],
  };
};

const takes = (a: Node): boolean =>
  follows(a) || (a.count === 1 && (a.family === 'convolution' || a.family === 'dense'));

/** One part after the other; with `share`, pointwise layers share the box of the layer before them. */
export const inSequence = (all: readonly Part[], share: boolean): Part => {
  const flat = all.flatMap((part) => (part.tag === 'sequence' ? part.parts : [part]));
  const parts: Part[] = [];
  for (const part of flat) {
    const last = parts.at(-1);
    if (
      share &&
      last?.tag === 'node' &&
      part.tag === 'node' &&
      takes(last.node) &&
      follows(part.node)
    )
      parts[parts.length - 1] = { tag: 'node', node: joined(last.node, part.node) };
    else parts.push(part);
  }
  return parts.length === 1 ? parts[0]! : { tag: 'sequence', parts };
};

/**
 * A frame around a body. An empty body gets no frame. A single box gets none either, but keeps the given `label`. A
 * frame directly inside another shares its border.
 */
export const framed = (group: () => Group, body: Part, label: string): Part => {
  if (isEmpty(body)) return body;
  if (body.tag === 'node' && (body.node.name === '' || label === ''))
    return { tag: 'node', node: { ...body.node, name: body.node.name || label } };
  if (body.tag === 'group' && body.group.count === 1) {
    const outer = group();
    const name = [outer.name, body.group.name].filter((n) => n !== '').join(' / ');
    return { ...body, group: { ...outer, name } };
  }
  return { tag: 'group', group: group(), body };
};
