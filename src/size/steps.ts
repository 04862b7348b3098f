/**
 * Every layer acts on an axis as one step x ↦ ⌊(times·x + plus)/over⌋ with times ≥ 0 and over ≥ 1, so no
 * size falls as the input grows. A step beyond the exact integers holds a NaN, which `through` reports.
 */
import { product, sum } from './integers.ts';

/** ⌊(times·x + plus)/over⌋ for a size x. */
export type Step = { readonly times: number; readonly plus: number; readonly over: number };

/**
 * The windows of a convolution or a pool along one axis. `before` and `after` pad; pools pad by less than
 * the span, or a window would see no pixel. `ceil` is PyTorch's: a last window that starts behind the
 * image and its leading padding does not count.
 */
export type Window = {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  readonly round: 'floor' | 'ceil';
};

/** K = r(k − 1) + 1, the pixels between the ends of a dilated kernel, both included. */
const span = (kernel: number, dilation: number): number =>
  sum(product(dilation, sum(kernel, -1)), 1);

/**
 * Floor: ⌊(x + p₁ + p₂ − K)/s⌋ + 1. Ceil: o = ⌈(x + p₁ + p₂ − K)/s⌉ + 1, less 1 if (o − 1)s ≥ x + p₁.
 * The windows that start before x + p₁ number ⌈(x + p₁)/s⌉, and o − 1 is no more than that when p₂ ≤ K, so
 * the corrected value is min(o, ⌈(x + p₁)/s⌉): of two floors of equal slope, the one with the smaller
 * constant. The correction can fire iff s + p₂ > K.
 */
export const window = (w: Window): Step => {
  const room = sum(w.stride, -span(w.kernel, w.dilation), w.after);
  const plus =
    w.round === 'floor' ? sum(w.before, room) : sum(w.before, w.stride, -1, Math.min(0, room));
  return { times: 1, plus, over: w.stride };
};

/** TensorFlow's `same` padding: ⌈x/stride⌉, whatever the kernel. */
export const same = (stride: number): Step => ({ times: 1, plus: sum(stride, -1), over: stride });

/** Upsampling n times, or a pixel shuffle. */
export const up = (n: number): Step => ({ times: n, plus: 0, over: 1 });

/** A pad, or a crop with a negative amount: both sides together. */
export const shift = (amount: number): Step => ({ times: 1, plus: sum(amount), over: 1 });

/** PyTorch's transposed convolution, s(x − 1) + k − p₁ − p₂ + extra; `extra` is its output padding. */
export const deconv = (w: {
  readonly kernel: number;
  readonly stride: number;
  readonly before: number;
  readonly after: number;
  readonly extra?: number;
}): Step => ({
  times: w.stride,
  plus: sum(w.kernel, -w.stride, -w.before, -w.after, w.extra ?? 0),
  over: 1,
});

/** Keras's transposed convolution with `same` padding: stride·x. */
export const deconvSame = up;

/** A size that does not depend on the input: c. */
export const fixed = (c: number): Step => ({ times: 0, plus: sum(c), over: 1 });
