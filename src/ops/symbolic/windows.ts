/** What windows, pads and transposed windows do to an axis, as `ops/parts/windows.ts` has it, with symbols for numbers. */
import { LARGEST } from '../parts/declare.ts';
import { minus, over, plus, times, type Channels } from '../../size/channels.ts';
import { least } from './quotients.ts';
import { atom, isImage, type Assumptions } from './assumptions.ts';
import { textOf } from './polynomials.ts';
import { showSize, type Demand, type SymbolicAxis, type SymbolicStep } from './types.ts';
import { showSymbolic, type Symbolic, type SymbolicArgs } from './values.ts';

type Along = 'h' | 'w';

/** The number of an `h x w` along an axis. */
export const extentAlong = (v: Symbolic | undefined, axis: Along): Channels =>
  v?.tag === 'extent' ? v[axis] : 'unknown';

/** The number that an argument is; unknown where it is not one. */
export const countIn = (v: Symbolic | undefined): Channels =>
  v?.tag === 'count' ? v.count : 'unknown';

type Pads = { readonly before: Channels; readonly after: Channels };

const half = (span: Channels): Pads => ({ before: over(span, 2), after: over(span, 2) });
const none: Pads = { before: 0, after: 0 };

/** What `pad` adds along an axis to windows of this span; undefined when we cannot tell. */
const padsAlong = (
  pad: Symbolic | undefined,
  axis: Along,
  span: Channels,
): Pads | 'same' | undefined => {
  if (pad?.tag === 'sides')
    return axis === 'h'
      ? { before: pad.top, after: pad.bottom }
      : { before: pad.left, after: pad.right };
  if (pad?.tag !== 'word') return undefined;
  return pad.name === 'same' ? 'same' : pad.name === 'half' ? half(span) : none;
};

const down: Symbolic = { tag: 'word', name: 'floor' };

/** Whatever the words are, windows are ⌊(x + e)/s⌋, and transposed ones s·x + e, with an e that x is not in. */
const some = (
  assumed: Assumptions,
  tag: 'window' | 'spread',
  axis: Along,
  span: Channels,
  args: SymbolicArgs,
): Channels => {
  // convolutions round down without saying so
  const { pad, round = down } = args;
  const stride = extentAlong(args['stride'], axis);
  const texts = [tag, axis, textOf(span), textOf(stride), showSymbolic(pad), showSymbolic(round)];
  const image = isImage(assumed, span) || isImage(assumed, stride);
  return atom(assumed, `⟨${texts.join(' ')}⟩`, {
    image,
    origin: { tag, axis, span, stride, pad, round },
  });
};

/** K = r(k − 1) + 1 */
const spanAlong = (args: SymbolicArgs, axis: Along): Channels => {
  const dilation = args['dilation'] === undefined ? 1 : countIn(args['dilation']);
  return plus(times(dilation, minus(extentAlong(args['size'], axis), 1)), 1);
};

/** The span of a dilated window is a number. */
export const spanDemands = (args: SymbolicArgs): readonly Demand[] =>
  (['h', 'w'] as const).map((axis) => ({
    tag: 'exact',
    of: spanAlong(args, axis),
    why: 'no window becomes too large',
  }));

/** The windows of `conv`, `depthwise` and pools along an axis: a kernel of 1 has the span 1, however dilated. */
export const windowAlong = (
  assumed: Assumptions,
  args: SymbolicArgs,
  axis: Along,
): SymbolicStep => {
  const stride = extentAlong(args['stride'], axis);
  const span = spanAlong(args, axis);
  const pads = padsAlong(args['pad'], axis, span);
  if (pads === 'same') return { times: 1, plus: minus(stride, 1), over: stride };
  const round = args['round'];
  const isFloor = round === undefined || (round.tag === 'word' && round.name === 'floor');
  const isCeil = round?.tag === 'word' && round.name === 'ceil';
  if (pads === undefined || !(isFloor || isCeil))
    return { times: 1, plus: some(assumed, 'window', axis, span, args), over: stride };
  const room = plus(minus(stride, span), pads.after);
  const extra = isFloor ? room : plus(minus(stride, 1), least(assumed, room));
  return { times: 1, plus: plus(pads.before, extra), over: stride };
};

/** A pool's padding is smaller than its window. */
export const poolDemands = (args: SymbolicArgs): readonly Demand[] => {
  const { pad, size } = args;
  const why = 'the padding of a pool is smaller than its window';
  // ⌊k/2⌋ < k for every k ≥ 1
  if (pad?.tag === 'word') return [];
  if (pad?.tag !== 'sides')
    return [{ tag: 'holds', text: `${showSymbolic(pad)} < ${showSymbolic(size)}`, why }];
  const less = (p: Channels, axis: Along): Demand => ({
    tag: 'at least',
    of: minus(extentAlong(size, axis), p),
    least: 1,
    why,
  });
  return [less(pad.top, 'h'), less(pad.bottom, 'h'), less(pad.left, 'w'), less(pad.right, 'w')];
};

/** The transposed windows of `deconv`: s·x for `same`, else s·(x − 1) + k − p₁ − p₂. */
export const spreadAlong = (
  assumed: Assumptions,
  args: SymbolicArgs,
  axis: Along,
): SymbolicStep => {
  const size = extentAlong(args['size'], axis);
  const stride = extentAlong(args['stride'], axis);
  const pads = padsAlong(args['pad'], axis, size);
  if (pads === 'same') return { times: stride, plus: 0, over: 1 };
  if (pads === undefined)
    return { times: stride, plus: some(assumed, 'spread', axis, size, args), over: 1 };
  const cut = plus(pads.before, pads.after);
  return { times: stride, plus: minus(minus(size, stride), cut), over: 1 };
};

/** Both sides of `pad` together, or of `crop` with `sign` −1. */
export const shiftAlong = (by: Symbolic | undefined, axis: Along, sign: 1 | -1): SymbolicStep => {
  const amount =
    by?.tag !== 'sides'
      ? 'unknown'
      : axis === 'h'
        ? plus(by.top, by.bottom)
        : plus(by.left, by.right);
  return { times: 1, plus: times(sign, amount), over: 1 };
};

/** The size of a concatenation whose branches agree for some images only. */
export const joinedSize = (
  assumed: Assumptions,
  [first, ...others]: readonly [SymbolicAxis, ...SymbolicAxis[]],
): Channels =>
  atom(assumed, `⟨${[first, ...others].map(showSize).join(' = ')}⟩`, {
    min: 1,
    max: LARGEST,
    image: true,
    origin: { tag: 'joined', of: first.num, by: first.den },
  });
