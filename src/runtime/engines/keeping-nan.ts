/**
 * An engine with NaN kept. XNNPACK clamps by comparing, and so makes a number of NaN; a maximum pool of TensorFlow.js
 * passes over it. What is no number, such as ∞ − ∞, must reach the output, where it is seen.
 *
 * A clamp needs care only where what it clamps may be no number, and that is rarely so: of every value a bound is
 * known, which grows from layer to layer. Where it would pass the numbers of float32, the value is looked at. Only if
 * that does not help, the clamp is made of other kernels, which keep NaN and cost several times as much.
 */
import type { Kernel, KernelOf, Product } from '../../kernel/kernel.ts';
import type { Shape } from '../../kernel/shape.ts';
import { elements } from '../../numeric/tensor.ts';
import { boundIn, boundOf, type Bound } from './bounds.ts';
import type { CalledEngine, HeldOperand } from './engine.ts';
import { sourcesOf } from './joins.ts';

/** Kernels that an engine may compute by comparing. */
type Clamp = 'Relu' | 'Relu6' | 'Fused' | 'MaxPool' | 'AvgPool';

/** The kernels of an engine that compare, and the products that it fuses with one. */
export type Clamps = { readonly ops: readonly Clamp[]; readonly fused: readonly Product[] };

/** The clamps of XNNPACK. */
export const clampsOfXnnpack: Clamps = {
  ops: ['Relu', 'Relu6', 'Fused', 'MaxPool', 'AvgPool'],
  fused: ['Conv2D', 'DepthwiseConv2dNative', 'MatMul'],
};

/** The same beside netc's own convolutions, whose clamps keep NaN. */
export const clampsBesideOwn: Clamps = {
  ...clampsOfXnnpack,
  fused: ['DepthwiseConv2dNative', 'MatMul'],
};

/** Those of TensorFlow.js in plain JavaScript. */
export const clampsOfCpu: Clamps = { ops: ['MaxPool'], fused: [] };

/** Whether numbers are compared; a fused kernel compares for two of its activations. */
const isClamp = (kernel: Kernel, { ops, fused }: Clamps): kernel is KernelOf<Clamp> =>
  ops.some((op) => op === kernel.op) &&
  (kernel.op !== 'Fused' ||
    (fused.includes(kernel.product.op) &&
      (kernel.activation?.op === 'Relu' || kernel.activation?.op === 'Relu6')));

/** The engine, with these kernels of its own made to keep NaN; `look` gives the numbers of a value at once. */
export const keepingNaN = <V extends object>(
  engine: CalledEngine<V>,
  clamps: Clamps,
  look: (value: V) => Float32Array,
): CalledEngine<V> => {
  const bounds = new WeakMap<V, Bound>();
  const boundAt = ({ value }: HeldOperand<V>): Bound | undefined =>
    value === undefined ? undefined : bounds.get(value);
  const known = (kernel: Kernel, operands: readonly HeldOperand<V>[], result: Shape): Bound => {
    const all = operands.map((operand) => boundAt(operand) ?? Infinity);
    return boundOf(kernel, { bounds: all, filter: operands[1]?.shape, result });
  };
  /** what was computed may be far below its bound; what was uploaded is known */
  const lookAt = (operands: readonly HeldOperand<V>[]): void =>
    operands.forEach((operand, i) => {
      const { value } = operand;
      if (value !== undefined && (i === 0 || boundAt(operand) === undefined))
        bounds.set(value, boundIn(look(value)));
    });
  return {
    ...engine,
    upload: (t) => {
      const value = engine.upload(t);
      bounds.set(value, boundIn(t.data));
      return value;
    },
    call: (kernel, operands, results) => {
      const result = results[0]!;
      let bound = known(kernel, operands, result);
      const careful = bound === Infinity && isClamp(kernel, clamps);
      if (careful) {
        lookAt(operands);
        bound = known(kernel, operands, result);
      }
      const made =
        careful && bound === Infinity
          ? [exactly(engine, kernel, operands, result)]
          : engine.call(kernel, operands, results);
      if (bound < Infinity) bounds.set(made[0]!, bound);
      return made;
    },
    // what is joined keeps NaN
    ...(engine.join && {
      join: (calls) => {
        const joined = engine.join!(calls);
        if (joined === undefined) return undefined;
        const parts = calls.slice(0, joined.count);
        const sources = sourcesOf(parts);
        return {
          count: joined.count,
          call: (operands) => {
            const made = joined.call(operands);
            let bound: Bound = Infinity;
            parts.forEach(({ call, operands: planned, results }, k) => {
              const all = sources[k]!.map((source) =>
                source === 'handed on' ? bound : (boundAt(operands[source]!) ?? Infinity),
              );
              const filter = planned[1]?.shape;
              bound = boundOf(call.kernel, { bounds: all, filter, result: results[0]! });
            });
            if (bound < Infinity) bounds.set(made, bound);
            return made;
          },
        };
      },
    }),
  };
};

/** A kernel on operands whose result has this shape. */
type On<V> = (
  kernel: Kernel,
  shape: Shape,
  ...operands: readonly HeldOperand<V>[]
) => HeldOperand<V>;

/** A clamp made of kernels that keep NaN. What is made on the way is freed, whatever happens. */
const exactly = <V>(
  engine: CalledEngine<V>,
  kernel: KernelOf<Clamp>,
  operands: readonly HeldOperand<V>[],
  shape: Shape,
): V => {
  const made: V[] = [];
  const keep = (value: V, of: Shape, batched: boolean): HeldOperand<V> => {
    made.push(value);
    return { value, shape: of, batched };
  };
  const on: On<V> = (k, of, ...given) => keep(engine.call(k, given, [of])[0]!, of, true);
  const filled = (of: Shape, number: number): HeldOperand<V> =>
    keep(
      engine.upload({ shape: of, data: new Float32Array(elements(of)).fill(number) }),
      of,
      false,
    );
  let result: V | undefined;
  try {
    result = clamped(kernel, operands, shape, on, filled).value;
    return result!;
  } finally {
    for (const value of made) if (value !== result) engine.free(value);
  }
};

const clamped = <V>(
  kernel: KernelOf<Clamp>,
  operands: readonly HeldOperand<V>[],
  shape: Shape,
  on: On<V>,
  filled: (shape: Shape, number: number) => HeldOperand<V>,
): HeldOperand<V> => {
  const x = operands[0]!;
  /** 0 for every number, ±∞ too, and NaN for NaN */
  const nothing = (y: HeldOperand<V>): HeldOperand<V> =>
    on({ op: 'Mul' }, y.shape, on({ op: 'Sigmoid' }, y.shape, y), filled([], 0));
  /** the sum of each window */
  const sums = (pool: KernelOf<'MaxPool' | 'AvgPool'>, y: HeldOperand<V>): HeldOperand<V> => {
    const { window, strides, padding } = pool;
    const filter = filled([...window, y.shape[3]!, 1], 1);
    const convolution = { strides, padding, dilations: [1, 1] } as const;
    return on({ op: 'DepthwiseConv2dNative', ...convolution }, shape, y, filter);
  };
  switch (kernel.op) {
    case 'Fused': {
      const { product, activation } = kernel;
      const sum = on({ op: 'Fused', product, activation: undefined }, shape, ...operands);
      const clamp = activation?.op === 'Relu6' ? activation : ({ op: 'Relu' } as const);
      return on({ op: 'AddV2' }, shape, on(clamp, shape, sum), nothing(sum));
    }
    case 'Relu':
    case 'Relu6':
      return on({ op: 'AddV2' }, shape, on(kernel, shape, x), nothing(x));
    case 'MaxPool':
      return on({ op: 'AddV2' }, shape, on(kernel, shape, x), sums(kernel, nothing(x)));
    case 'AvgPool':
      // ∞ − ∞ too
      return on(
        { op: 'RealDiv' },
        shape,
        sums(kernel, x),
        sums(kernel, on({ op: 'OnesLike' }, x.shape, { ...x, value: undefined })),
      );
  }
};
