/** Changes that would make two branches of a join agree. */
import { cropping, identity, projectionOf } from '../../ops/roles.ts';
import { rowOf, type OperatorName } from '../../ops/table.ts';
import * as E from 'fp-ts/lib/Either.js';
import { replace, type Fix } from '../../diagnostic/diagnostic.ts';
import { extentOf, sameAxis, type Axis, type MaybeAxis, type TensorType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import {
  channelsWritten,
  stepsIn,
  strideWritten,
  withPadding,
  type Around,
} from './branch-words.ts';
import { difference, isConstant, period, rise, same, through } from '../../size/sizes.ts';
import type { ArgValue } from '../../ops/params.ts';
import type { Typed } from './typed.ts';

type Text = (span: Span) => string;

/** The layers of a branch in a row; the layers inside a join are left out. */
const straight = (typed: Typed): readonly Extract<Typed, { readonly tag: 'op' }>[] => {
  switch (typed.tag) {
    case 'op':
      return [typed];
    case 'sequence':
      return typed.steps.flatMap(straight);
    case 'folder':
    case 'remember':
      return straight(typed.body);
    default:
      return [];
  }
};

/** How fast a size grows with the image; for a fixed size, the size itself. */
const growth = ({ size }: Axis): number => isConstant(size) ?? rise(size) / period(size);

/** How many times as large one axis is as another, in whole numbers; 1 where only one of them is fixed. */
const timesAsLarge = (large: MaybeAxis, small: MaybeAxis): number =>
  large === 'unknown' ||
  small === 'unknown' ||
  (extentOf(large) === undefined) !== (extentOf(small) === undefined)
    ? 1
    : Math.round(growth(large) / growth(small));

/** The stride that makes maps like `small` of maps like `large`, along both axes and exactly; else 1. */
export const strideBetween = (large: TensorType, small: TensorType): number => {
  if (large.tag !== 'map' || small.tag !== 'map') return 1;
  const ratio = timesAsLarge(large.h, small.h);
  const meets = (a: MaybeAxis, b: MaybeAxis): boolean => {
    if (a === 'unknown' || b === 'unknown') return false;
    const strided = through(a.size, same(ratio));
    return E.isRight(strided) && sameAxis({ ...a, size: strided.right }, b);
  };
  return ratio > 1 && meets(large.h, small.h) && meets(large.w, small.w) ? ratio : 1;
};

/** Whether two maps differ in height or width for every image. */
export const areApart = (a: TensorType, b: TensorType): boolean => {
  if (a.tag !== 'map' || b.tag !== 'map') return false;
  const isApart = (x: MaybeAxis, y: MaybeAxis): boolean => (differenceOf(x, y) ?? 0) !== 0;
  return isApart(a.h, b.h) || isApart(a.w, b.w);
};

/**
 * The branch with the channels and the stride of another one: a 1×1 convolution in place of `id`, or at its
 * end. None in a definition where only this call's numbers could be written, nor where the stride is its own.
 */
export const projected = (branch: Typed, like: Typed, around: Around): readonly Fix[] => {
  if (like.output.tag === 'unknown' || typeof like.output.c !== 'number') return [];
  const { c } = like.output;
  const channels = channelsWritten(like, c, around) ?? (around.called ? undefined : String(c));
  const ratio = strideBetween(branch.output, like.output);
  if (ratio === 1 && areApart(branch.output, like.output)) return [];
  const stride = strideWritten(like, ratio, around);
  const written = around.text(branch.span);
  const isStrided = timesAsLarge(sideOf(like, 'h'), sideOf(branch, 'h')) > 1;
  if (channels === undefined || stride === undefined || isStrided) return [];
  const isVector = branch.output.tag === 'vector';
  const name = around.operator(projectionOf(isVector ? 'vector' : 'map').name);
  const added = isVector ? `${name}-${channels}` : `${name}1-${channels}${stride}`;
  return instead(branch, written === identity.name ? added : `(${written}; ${added})`, written);
};

/** A branch of one channel with the channels of another one: the layer that made the channel makes more. */
export const widened = (branch: Typed, like: Typed, around: Around): readonly Fix[] => {
  if (like.output.tag === 'unknown' || typeof like.output.c !== 'number') return [];
  const channels =
    channelsWritten(like, like.output.c, around) ??
    (around.called ? undefined : String(like.output.c));
  const made = written(branch, around.text, (layer, word) => {
    const { input, output } = layer;
    const isNarrow = output.tag !== 'unknown' && output.c === 1;
    return isNarrow && input.tag !== 'unknown' && input.c !== 1 && /^[\w.]+-1(?!\w)/.test(word);
  });
  if (made === undefined || channels === undefined || !isInside(made.span, branch.span)) return [];
  const changed = made.word.replace(/-1(?!\w)/, `-${channels}`);
  return [replace(`write \`${changed}\` for \`${made.word}\``, made.span, changed)];
};

const instead = (branch: Typed, changed: string, written: string): readonly Fix[] =>
  written === '' || written.includes('\n')
    ? []
    : [replace(`write \`${changed}\` for \`${written}\``, branch.span, changed)];

/** The last layer written in a branch for which `wanted` holds. */
const written = (
  branch: Typed,
  text: Text,
  wanted: (op: Extract<Typed, { readonly tag: 'op' }>, word: string) => boolean,
): { readonly span: Span; readonly word: string } | undefined => {
  const found = straight(branch).flatMap((op) => {
    const span = op.handed ?? op.span;
    return wanted(op, text(span)) ? [{ span, word: text(span) }] : [];
  });
  return found[found.length - 1];
};

const isPlain = (word: string): boolean => /^[\w.]+(-\w+)*$/.test(word);

/** `block(64, conv)`, which does not say a stride yet. */
const isCall = (word: string): boolean =>
  /^[\w.]+\([^()]+\)$/.test(word) && !/\bstride\b/.test(word);

/** The same with a stride, which is written `/2`: `conv3-64/2`, `block(64, stride = 2)`. */
const withStride = (word: string, stride: string): string =>
  isCall(word) ? `${word.slice(0, -1)}, stride = ${stride.slice(1)})` : `${word}${stride}`;

const isUnstrided = (stride: ArgValue | undefined): boolean =>
  typeof stride !== 'object' || !('h' in stride) || (stride.h === 1 && stride.w === 1);

/** The last step of a branch that can be given a stride where it is written: a layer, or a call that takes one. */
const strided = (branch: Typed, around: Around): ReturnType<typeof written> => {
  const { text, takesStride } = around;
  const called = stepsIn(branch, branch.span).findLast(({ tag, span }) => {
    const word = text(span);
    const name = isPlain(word) || isCall(word) ? /^[\w.]+/.exec(word)?.[0] : undefined;
    return tag === 'folder' && name !== undefined && takesStride(name);
  });
  const layer = written(
    branch,
    text,
    (op, word) =>
      rowOf(op.op).windows !== undefined &&
      isUnstrided(op.args['stride']) &&
      isPlain(word) &&
      // in the body of a definition it would change its other calls
      (op.handed !== undefined || isInside(op.span, branch.span)),
  );
  const call = called && { span: called.span, word: text(called.span) };
  if (call === undefined || layer === undefined) return call ?? layer;
  return call.span.start > layer.span.start ? call : layer;
};

/**
 * A stride for the branch whose map is a multiple of the other's; a shortcut `id` of a sum gets a strided
 * projection. Else no `pad = valid` where that made the smaller one smaller, or a `crop` of the larger.
 */
export const withSize = (
  op: OperatorName,
  [first, other]: readonly [Typed, Typed],
  axis: 'h' | 'w',
  around: Around,
): readonly Fix[] => {
  const [a, b] = [sideOf(first, axis), sideOf(other, axis)];
  if (a === 'unknown' || b === 'unknown') return [];
  const [large, small] = growth(a) > growth(b) ? [first, other] : [other, first];
  const ratio = timesAsLarge(sideOf(large, axis), sideOf(small, axis));
  const { text } = around;
  if (ratio > 1) {
    if (text(large.span) === identity.name && rowOf(op).stacks !== true)
      return strideBetween(large.output, small.output) > 1 ? projected(large, small, around) : [];
    const plain = strided(large, around);
    if (plain === undefined) return [];
    // an argument is written at the call, and belongs to that call
    const stride = isInside(plain.span, large.span)
      ? strideWritten(small, ratio, around)
      : `/${ratio}`;
    if (stride === undefined) return [];
    const changed = withStride(plain.word, stride);
    return [replace(`write \`${changed}\` for \`${plain.word}\``, plain.span, changed)];
  }
  const [longer, shorter] = (differenceOf(a, b) ?? 0) > 0 ? [first, other] : [other, first];
  const apart = differenceOf(sideOf(longer, axis), sideOf(shorter, axis));
  const valid = written(shorter, text, (row, word) => {
    const before = row.input.tag === 'map' ? row.input[axis] : 'unknown';
    return withPadding(word) !== undefined && differenceOf(before, sideOf(row, axis)) === apart;
  });
  const changed = valid && withPadding(valid.word);
  if (valid === undefined || changed === undefined)
    return around.called ? [] : cropped(longer, shorter, text);
  return [replace(`write \`${changed}\` for \`${valid.word}\``, valid.span, changed)];
};

/** The larger branch without its border, as many pixels on either side; an odd one is left by rounding. */
const cropped = (large: Typed, small: Typed, text: Text): readonly Fix[] => {
  const h = differenceOf(sideOf(large, 'h'), sideOf(small, 'h'));
  const w = differenceOf(sideOf(large, 'w'), sideOf(small, 'w'));
  if (h === undefined || w === undefined || h < 0 || w < 0 || h % 2 !== 0 || w % 2 !== 0) return [];
  const by = h === w ? `-${h / 2}` : `([${[h, h, w, w].map((n) => n / 2).join(', ')}])`;
  const whole = text(large.span);
  const crop = `${cropping.name}${by}`;
  return instead(large, whole === identity.name ? crop : `(${whole}; ${crop})`, whole);
};

/** The difference of two sizes; undefined unless it is the same for every image. */
export const differenceOf = (a: MaybeAxis, b: MaybeAxis): number | undefined =>
  a === 'unknown' || b === 'unknown' ? undefined : difference(a.size, b.size);

/** Height or width of what leaves a branch. */
export const sideOf = ({ output }: Typed, axis: 'h' | 'w'): MaybeAxis =>
  output.tag === 'map' ? output[axis] : 'unknown';

/** Whether one place lies in another. */
export const isInside = (part: Span, whole: Span): boolean =>
  part.path === whole.path && part.start >= whole.start && part.end <= whole.end;
