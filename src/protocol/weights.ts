/** Whether the weights of one net fit another: those of a training that a training begins with, or an evaluation takes. */
import { error, replace, type Diagnostic } from '../diagnostic/diagnostic.ts';
import type { PlacedLayer } from '../graph/graph.ts';
import { rowOf, type OperatorName } from '../ops/table.ts';
import { isKnown } from '../ops/types.ts';
import type { Span } from '../syntax/source.ts';
import { writtenOut } from '../typecheck/net/flat.ts';
import { sourceOf, type TypedNet } from '../typecheck/net/typed.ts';
import type { Selection } from './recipe.ts';

/** A layer with weights; `path` is without the net that it is in. */
type Weighted = {
  readonly path: string;
  readonly op: OperatorName;
  readonly span: Span;
  readonly shapes: readonly string[];
};

const shapesOf = ({ op, args, inputTypes }: PlacedLayer): readonly string[] =>
  rowOf(op)
    .weights(args, inputTypes)
    .map(({ name, shape }) => `${name} [${shape.join(', ')}]`);

/** Undefined where passes have made parts of the net, or it is faulty: then nothing is said here. */
const weightedIn = (net: TypedNet): readonly Weighted[] | undefined => {
  const { layers, parts } = writtenOut(sourceOf(net));
  const isSound = layers.every(({ inputTypes }) => inputTypes.every(isKnown));
  if (parts.length > 0 || !isSound) return undefined;
  return layers.flatMap((layer) => {
    const shapes = shapesOf(layer);
    const path = layer.path.slice(layer.path.indexOf('/') + 1);
    return shapes.length === 0 ? [] : [{ path, op: layer.op, span: layer.span, shapes }];
  });
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
  const { from, to, at, selections, isWhole } = transfer;
  const [theirs, own] = [weightedIn(from), weightedIn(to)];
  if (theirs === undefined || own === undefined) return undefined;
  if (isWhole) return misfit(transfer, own, theirs, at);
  if (selections.length === 0) return misfit(transfer, theirs, own, at);
  for (const selection of selections) {
    const fault = selectionFault(transfer, selection, theirs, own);
    if (fault !== undefined) return fault;
  }
  return undefined;
};

const selectionFault = (
  transfer: Transfer,
  { end, count, operator, span }: Selection & { readonly span: Span },
  theirs: readonly Weighted[],
  own: readonly Weighted[],
): Diagnostic | undefined => {
  const all = theirs.filter(({ op }) => op === operator);
  if (count > all.length) {
    const fewer = `${end} ${all.length} ${operator}`;
    const has = `\`${transfer.from.name}\` has`;
    const message =
      all.length === 0
        ? `${has} no \`${operator}\` with weights`
        : `${has} ${all.length} \`${operator}\`, and ${count} are asked for`;
    return error('E0933', span, message, {
      label: all.length === 0 ? 'there are none to take' : 'more than there are',
      labels: [{ span: transfer.from.span, message: `\`${transfer.from.name}\` is declared here` }],
      fixes: all.length === 0 ? [] : [replace(`write \`${fewer}\``, span, fewer)],
    });
  }
  const chosen = end === 'first' ? all.slice(0, count) : all.slice(-count);
  return misfit(transfer, chosen, own, span);
};

/** E0933 for the first of some layers that has no counterpart of its path and shapes among others. */
const misfit = (
  { from, to, isWhole, selections }: Transfer,
  needed: readonly Weighted[],
  there: readonly Weighted[],
  at: Span,
): Diagnostic | undefined => {
  const byPath = new Map(there.map((layer) => [layer.path, layer]));
  const [asking, asked] = isWhole ? [to, from] : [from, to];
  for (const layer of needed) {
    const other = byPath.get(layer.path);
    const label = { span: layer.span, message: `\`${asking.name}/${layer.path}\`` };
    if (other === undefined)
      return error(
        'E0933',
        at,
        `\`${asked.name}\` has no layer \`${layer.path}\`, and \`${asking.name}\` has`,
        {
          label: 'layers go by their paths',
          labels: [label],
          notes: pathNotes(isWhole, selections.length > 0),
        },
      );
    const i = layer.shapes.findIndex((shape, k) => shape !== other.shapes[k]);
    if (i >= 0)
      return error('E0933', at, `the weights of \`${layer.path}\` differ in shape`, {
        label: 'do not fit',
        labels: [
          { span: layer.span, message: `\`${layer.shapes[i]}\` in \`${asking.name}\`` },
          { span: other.span, message: `\`${other.shapes[i] ?? 'none'}\` in \`${asked.name}\`` },
        ],
        notes: pathNotes(isWhole, selections.length > 0),
      });
  }
  return undefined;
};

const pathNotes = (isWhole: boolean, isChosen: boolean): readonly string[] =>
  isWhole || isChosen
    ? []
    : ['without a choice all layers are taken; `{ first 4 conv; last 3 fc }` chooses some of them'];
