/** Whether the weights of one net fit another: those of a training that a training begins with, or an evaluation takes. */
import { error, replace, type Diagnostic } from '../diagnostic/diagnostic.ts';
import * as E from 'fp-ts/lib/Either.js';
import type { PlacedLayer } from '../graph/graph.ts';
import { sourcesIn, sourceValue } from '../graph/weights.ts';
import { rowOf } from '../ops/table.ts';
import { isKnown } from '../ops/types.ts';
import type { Span } from '../syntax/source.ts';
import { writtenOut } from '../typecheck/net/flat.ts';
import type { TypedNet, Variant } from '../typecheck/net/typed.ts';
import { missText, showSelections, withoutNet, type Miss, type Selection } from './selection.ts';
import {
  choiceThatFits,
  layersTaken,
  misfitIn,
  shapesOf,
  type Misfit,
  type Weighted as Layer,
} from './transfer.ts';

/** A layer with weights, and where it is written. */
type Weighted = Layer & { readonly span: Span };

/** The name and the shape of a weight, without its layer. */
type Part = { readonly name: string; readonly shape: readonly number[] };

/** A path is without its net: weights of a rewritten net have the name of its source. */
const weighted = ({ path, op, span }: PlacedLayer, parts: readonly Part[]): Weighted => ({
  path: withoutNet(path),
  ...{ op, span, shapes: shapesOf(parts) },
});

const weightedLayer = (layer: PlacedLayer): Weighted =>
  weighted(layer, rowOf(layer.op).weights(layer.args, layer.inputTypes));

/** The layers that passes left, then those of the source: of a path that both have, the source says what it is. */
const placedIn = ({ graph, source }: Variant): readonly PlacedLayer[] => [
  ...graph.nodes,
  ...(source.variant === undefined ? writtenOut(source).layers : placedIn(source.variant)),
];

/** The layers that the weights of a rewritten net are of: those of its source that are read, and fresh ones. */
const weightedInVariant = (variant: Variant): readonly Weighted[] => {
  const weights = sourcesIn(variant.graph.nodes.flatMap((n) => n.weights.map(sourceValue)));
  const layers = new Map(
    placedIn(variant).map((layer) => [withoutNet(layer.path), layer] as const),
  );
  const parts = new Map<string, readonly Part[]>();
  for (const { path, spec } of weights.values()) {
    const cut = path.lastIndexOf('/');
    const layer = withoutNet(path.slice(0, cut));
    const part = { name: path.slice(cut + 1), shape: spec.shape };
    parts.set(layer, [...(parts.get(layer) ?? []), part]);
  }
  return [...parts].flatMap(([path, own]) => {
    const layer = layers.get(path);
    return layer === undefined ? [] : [weighted(layer, own)];
  });
};

/** The layers with weights, in order of execution. Undefined for a faulty net, of which nothing is said here. */
export const weightedIn = (net: TypedNet): readonly Weighted[] | undefined => {
  if (net.variant !== undefined) return weightedInVariant(net.variant);
  const { layers, parts } = writtenOut(net);
  if (!layers.every(({ inputTypes }) => inputTypes.every(isKnown))) return undefined;
  const found: Weighted[] = [];
  let at = 0;
  for (const { variant, folder, from, to } of parts) {
    found.push(...layers.slice(at, from).map(weightedLayer));
    const inner = folder.includes('/') ? `${withoutNet(folder)}/` : '';
    found.push(...weightedInVariant(variant).map((w) => ({ ...w, path: inner + w.path })));
    at = to;
  }
  found.push(...layers.slice(at).map(weightedLayer));
  return found.filter(({ shapes }) => shapes.length > 0);
};

/** Weights on their way from a net to another, and where that is written. */
export type Transfer = {
  readonly from: TypedNet;
  readonly to: TypedNet;
  readonly at: Span;
  readonly selections: readonly (Selection & { readonly span: Span })[];
  /** whether each layer of `to` must get weights, and not each layer of `from` go somewhere */
  readonly isWhole: boolean;
};

/** E0933: what is wrong with a transfer; the first of several, for they follow from one another. */
export const transferFault = (transfer: Transfer): Diagnostic | undefined => {
  const { from, to, selections, isWhole } = transfer;
  const [theirs, own] = [weightedIn(from), weightedIn(to)];
  if (theirs === undefined || own === undefined) return undefined;
  const notes = isWhole || selections.length > 0 ? [] : [choiceNote(choiceThatFits(theirs, own))];
  const misfit = isWhole
    ? misfitIn<Weighted, Placed>(own, theirs, undefined)
    : taken(theirs, own, selections);
  return misfit && said(transfer, misfit, notes);
};

type Placed = Transfer['selections'][number];

const taken = (
  theirs: readonly Weighted[],
  own: readonly Weighted[],
  selections: readonly Placed[],
): Misfit<Weighted, Placed> | undefined => {
  const layers = layersTaken(theirs, own, selections);
  return E.isLeft(layers) ? layers.left : undefined;
};

/** How some layers are chosen, where not all can be taken. */
export const choiceNote = (fitting: readonly Selection[]): string =>
  fitting.length === 0
    ? 'without a choice all layers are taken; `{ first 4 conv; last 3 fc }` chooses some of them'
    : `without a choice all layers are taken; \`{ ${showSelections(fitting)} }\` chooses those that fit`;

const missed = ({ from }: Transfer, { span }: Placed, miss: Miss): Diagnostic => {
  const { message, label, instead } = missText(from.name, miss);
  return error('E0933', span, message, {
    label,
    labels: [{ span: from.span, message: `\`${from.name}\` is declared here` }],
    fixes: instead === undefined ? [] : [replace(`write \`${instead}\``, span, instead)],
  });
};

const said = (
  transfer: Transfer,
  misfit: Misfit<Weighted, Placed>,
  notes: readonly string[],
): Diagnostic => {
  const { from, to, isWhole } = transfer;
  const at = misfit.selection?.span ?? transfer.at;
  const [asking, asked] = isWhole ? [to, from] : [from, to];
  switch (misfit.tag) {
    case 'miss':
      return missed(transfer, misfit.selection, misfit.miss);
    case 'no place': {
      const { path, span } = misfit.layer;
      const message = `\`${asked.name}\` has no layer \`${path}\`, and \`${asking.name}\` has`;
      return error('E0933', at, message, {
        label: 'layers go by their paths',
        labels: [{ span, message: `\`${asking.name}/${path}\`` }],
        notes,
      });
    }
    case 'shape': {
      const { layer, other, at: i } = misfit;
      const shape = ({ shapes }: Weighted): string => `\`${shapes[i] ?? 'none'}\``;
      return error('E0933', at, `the weights of \`${layer.path}\` differ in shape`, {
        label: 'do not fit',
        labels: [
          { span: layer.span, message: `${shape(layer)} in \`${asking.name}\`` },
          { span: other.span, message: `${shape(other)} in \`${asked.name}\`` },
        ],
        notes,
      });
    }
  }
};
