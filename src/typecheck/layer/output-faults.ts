/** The messages for an output that a layer cannot have. */
import { error, replace, type Diagnostic, type Fix } from '../../diagnostic/diagnostic.ts';
import { Bug } from '../../diagnostic/bug.ts';
import type { Args } from '../../ops/params.ts';
import { meanOfMap } from '../../ops/roles.ts';
import { longestRun } from '../../size/views.ts';
import { extentOf, showAxis, showType, type TensorType } from '../../ops/types.ts';
import type { Context } from '../expr/context.ts';
import { otherOrder } from '../net/argument-order.ts';
import { withPadding } from '../net/branch-words.ts';
import { mayTakeVector } from '../net/inserted.ts';
import { madeHere } from '../net/trail.ts';
import { faultSite, reportAt, type FaultSite, type LayerSite } from './fault-site.ts';

/** A map without a pixel. */
const nothingLeft = (site: FaultSite, args: Args, output: TensorType): Diagnostic => {
  const { row, name, span, input } = site;
  if (output.tag !== 'map' || input.tag !== 'map') throw new Bug('only a map can be empty');
  const side = (extentOf(output.h) ?? 1) < 1 ? 'h' : 'w';
  const field = row.field(args, [input]);
  const window = field === 'whole' ? 1 : longestRun(field[side]);
  const small = extentOf(input[side]) ?? 0;
  const word = side === 'h' ? 'height' : 'width';
  const isLarger = window > small;
  const meant = otherOrder(row, { args, input }, site.around.text(span), span);
  return error(
    'E0202',
    span,
    isLarger
      ? `the window of ${name} is larger than its input \`${showType(input)}\``
      : `${name} leaves nothing of its input \`${showType(input)}\``,
    {
      label: isLarger
        ? `needs a ${word} of ${window}, gets ${small}`
        : `would give a ${word} of ${showAxis(output[side])}`,
      labels: madeHere(site.trail),
      notes: meant?.notes ?? ['use a larger input, or fewer strides and pools before this layer'],
      fixes: meant?.fixes ?? leavingMore(site),
    },
  );
};

/** Fixes: other layers that leave at least a pixel of a small map. */
const leavingMore = ({ row, span, around }: FaultSite): readonly Fix[] => {
  const padded = withPadding(around.text(span));
  const mean = `write \`${meanOfMap.name}\`, the mean of whatever is left`;
  return [
    ...(padded === undefined ? [] : [replace(`write \`${padded}\`, which pads`, span, padded)]),
    ...(row.averages === true && mayTakeVector(around.text, span)
      ? [replace(mean, span, meanOfMap.name)]
      : []),
  ];
};

/** Reports a layer whose own output would have no pixel. */
export const reportEmpty = (cx: Context, site: LayerSite, args: Args, output: TensorType): void =>
  reportAt(cx, site, nothingLeft(faultSite(cx, site), args, output));

/** Reports a layer whose output has more numbers than a tensor may have. */
export const reportTooLarge = (cx: Context, site: LayerSite, output: TensorType): void => {
  const { name, span } = faultSite(cx, site);
  const message = `${name} gives \`${showType(output)}\`, more than ${cx.limits.elements} numbers`;
  reportAt(cx, site, error('E0213', span, message, { label: 'too large for one tensor' }));
};
