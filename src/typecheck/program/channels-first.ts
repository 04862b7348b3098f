/** An input with its channels first, as PyTorch has it. */
import { replace, warning, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { extentOf, showType, type TensorType } from '../../ops/types.ts';
import type { TypeExpr } from '../../syntax/tree.ts';
import type { Span } from '../../syntax/source.ts';

/**
 * The warning for an input that is 3 pixels high and has many channels, or is 1 pixel high and has as many channels as
 * pixels in a row; undefined for any other.
 */
export const channelsFirst = (
  type: TensorType,
  written: TypeExpr,
  text: (span: Span) => string,
): Diagnostic | undefined => {
  if (type.tag !== 'map' || written.tag !== 'tensor' || typeof type.c !== 'number')
    return undefined;
  const [h, w] = [type.h, type.w].map((axis) => (axis === 'unknown' ? undefined : extentOf(axis)));
  const isImage = h === 3 && w !== undefined && w >= 8 && type.c >= 16;
  const isGrey = h === 1 && w === type.c && w >= 8;
  if (!isImage && !isGrey) return undefined;
  const [channels, height, width] = written.axes.map(({ span }) => text(span));
  const last = `[${height}, ${width}, ${channels}]`;
  return warning(
    'W0224',
    written.span,
    `\`${showType(type)}\` is ${h} pixel${h === 1 ? '' : 's'} high and has ${type.c} channels`,
    {
      label: `height ${h}, width ${w}, ${type.c} channels`,
      notes: ['a type is `[h, w, c]`: height, width, and the channels last'],
      fixes: [replace(`write \`${last}\`, with ${h} channels`, written.span, last)],
    },
  );
};
