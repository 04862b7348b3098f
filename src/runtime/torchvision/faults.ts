/** Faults between a file of torchvision's and a net, in words. */
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { near } from '../../diagnostic/suggest.ts';
import type { Graph } from '../../graph/graph.ts';
import { sameShape } from '../../numeric/tensor.ts';
import { startOf } from '../../syntax/source.ts';
import { quoted } from '../data/json.ts';
import { showShape } from '../data/shape.ts';
import type { TensorInfo } from '../store/safetensors.ts';
import type { Pair, Unpaired } from './pairs.ts';
import { modelOfNet } from './recognise.ts';
import { zoo, type Model } from '../zoo/zoo.ts';
import { moduleOf } from '../zoo/keys.ts';

const all = zoo.map((m) => m.name).join(', ');

/** A note on keys that are netc's own. */
const nearly = (keys: readonly string[]): readonly string[] =>
  keys.some((key) => key.endsWith('/kernel'))
    ? ["these names are netc's own: the file needs no import"]
    : [];

/** The fault of a file whose keys are of no known network. */
export const unknownFile = (path: string, keys: readonly string[]): Diagnostic =>
  error(
    'E0501',
    startOf(path),
    `\`${path}\` holds none of the torchvision networks that netc knows`,
    {
      notes: [
        keys.length === 0
          ? 'the file has no weights at all'
          : `its first key is ${quoted(keys[0] ?? '')}`,
        ...nearly(keys),
        '`--from pytorch` takes the weights of any module',
        `netc knows ${all}`,
      ],
    },
  );

/** The fault of a net that is not a known network. */
export const unknownNet = (path: string, graph: Graph): Diagnostic =>
  error(
    'E0501',
    startOf(path),
    `\`${graph.net}\` is not one of the torchvision networks that netc knows`,
    {
      notes: [
        'netc compares the number of layers with weights, and of parameters for 1000 classes',
        '`--to pytorch` writes a state dict of any net',
        `netc knows ${all}`,
      ],
    },
  );

const layers = (n: number): string => `${n} layer${n === 1 ? '' : 's'} with weights`;

/** The fault that the file's network is not this net; names the network that the net is. */
export const unpaired = (path: string, graph: Graph, model: Model, what: Unpaired): Diagnostic => {
  if (what.tag === 'layer')
    return error(
      'E0501',
      startOf(path),
      `\`${model.name}\` of torchvision has ${quoted(what.module)} where \`${graph.net}\` has the layer ${quoted(what.node.path)}`,
      { notes: [`a \`${what.node.op}\` has no counterpart there`] },
    );
  const like = modelOfNet(graph);
  const where = what.side ? ' on the side' : '';
  return error(
    'E0501',
    startOf(path),
    `\`${path}\` is \`${model.name}\` of torchvision with ${layers(what.model)}${where}, but \`${graph.net}\` has ${what.net}`,
    {
      notes:
        like !== undefined && like !== model
          ? [`\`${graph.net}\` is torchvision's \`${like.name}\``]
          : ['layers are paired in order of execution, so their numbers must agree'],
    },
  );
};

/** The fault of a missing key; `leftOver` are the keys that no layer takes. */
export const missingKey = (path: string, pair: Pair, leftOver: readonly string[]): Diagnostic => {
  const close = near(pair.key, leftOver);
  return error('E0501', startOf(path), `the key ${quoted(pair.key)} is missing in \`${path}\``, {
    notes: [
      `the layer ${quoted(pair.layer)} needs it, of the shape ${showShape(pair.layout.shape)}`,
      ...(close.length > 0
        ? [`the file has ${close.map(quoted).join(' or ')}, which no layer takes`]
        : []),
    ],
  });
};

/** A key with a shape that its layer does not take. */
export type Differing = { readonly pair: Pair; readonly tensor: TensorInfo };

/** Why shapes differ, if we can tell: the file is for other classes, or the net is another network. */
export const reasonsFor = (
  graph: Graph,
  model: Model,
  differing: readonly Differing[],
): readonly string[] => {
  const [first] = differing;
  const [there, here] = [first?.tensor.shape[0], first?.pair.layout.shape[0]];
  const heads = differing.every(
    ({ pair: { layout }, tensor: { shape } }) =>
      shape[0] === there &&
      layout.shape[0] === here &&
      sameShape(shape.slice(1), layout.shape.slice(1)),
  );
  const last = model.modules.at(-1);
  if (heads && differing.some(({ pair }) => moduleOf(pair.key) === last))
    return [`all other shapes fit: the file is for ${there} outputs, and the net has ${here}`];
  const like = modelOfNet(graph);
  if (like === model) return [];
  const what = like === undefined ? 'not one of its networks' : `its \`${like.name}\``;
  return [`the file is torchvision's \`${model.name}\`, and \`${graph.net}\` is ${what}`];
};

export const otherShape = (
  path: string,
  { pair, tensor: found }: Differing,
  notes: readonly string[],
): Diagnostic =>
  error(
    'E0502',
    startOf(path),
    `the key ${quoted(found.name)} has the shape ${showShape(found.shape)}, but the layer ${quoted(pair.layer)} needs ${showShape(pair.layout.shape)}`,
    { notes },
  );

export const extraKey = (path: string, key: string, layer: string | undefined): Diagnostic =>
  error('E0503', startOf(path), `the key ${quoted(key)} in \`${path}\` belongs to no layer`, {
    notes: layer === undefined ? [] : [`the layer ${quoted(layer)} has no such weight`],
  });
