/**
 * Sizes that only a run knows, as nodes: TensorFlow takes the size of a resized map, the shape of a
 * transposed convolution and paddings as tensors of integers, here computed from the shape of what comes in.
 * webgpu computes with short lists of integers on the CPU, so that no GPU is waited for.
 */
import type { KernelOf } from '../../kernel/kernel.ts';
import { samePads } from '../../kernel/shape.ts';
import { float, integer, type, type Attributes } from './attributes.ts';

/** What the nodes of a size are written with. */
export type SizeWriter = {
  /** adds a node and gives its name, which begins with this one */
  readonly add: (name: string, op: string, input: readonly string[], attr: Attributes) => string;
  /** the name of a Const of integers */
  readonly whole: (shape: readonly number[], numbers: readonly number[]) => string;
};

/** times·n + plus for a number n of a shape. */
export type Linear = { readonly times: number; readonly plus: number };

/** A size that stays as it is. */
export const kept: Linear = { times: 1, plus: 0 };

type Integers = {
  readonly list: (numbers: readonly number[]) => string;
  readonly node: (op: string, input: readonly string[], attr?: Attributes) => string;
  /** along the first axis */
  readonly joined: (parts: readonly string[]) => string;
};

const integersOf = (to: SizeWriter, path: string): Integers => {
  const list: Integers['list'] = (numbers) => to.whole([numbers.length], numbers);
  const node: Integers['node'] = (op, input, attr = {}) =>
    to.add(`${path}/${op}`, op, input, { T: type('DT_INT32'), ...attr });
  const joined: Integers['joined'] = (parts) =>
    node('ConcatV2', [...parts, to.whole([], [0])], { N: integer(parts.length) });
  return { list, node, joined };
};

/**
 * The name of a node with as many integers as `axes`: each from its axis of the node `x`, beginning with
 * the axis `first`; then those of `more`.
 */
export const sizeOf = (
  to: SizeWriter,
  path: string,
  x: string,
  first: number,
  axes: readonly Linear[],
  more: readonly number[] = [],
): string => {
  const { list, node, joined } = integersOf(to, path);
  const counts = node('Slice', [
    node('Shape', [x], { T: float }),
    list([first]),
    list([axes.length]),
  ]);
  const multiples = axes.every((axis) => axis.times === 1)
    ? counts
    : node('Mul', [counts, list(axes.map((axis) => axis.times))]);
  const sums = axes.every((axis) => axis.plus === 0)
    ? multiples
    : node('AddV2', [multiples, list(axes.map((axis) => axis.plus))]);
  return more.length === 0 ? sums : joined([sums, list(more)]);
};

/**
 * The name of a node with the paddings [4, 2] of a PadSame: those of h are those of r + 1 for
 * r = (h − 1) mod s, and so are looked up.
 */
export const samePaddings = (
  to: SizeWriter,
  path: string,
  x: string,
  { spans, strides }: KernelOf<'PadSame'>,
): string => {
  const { list, node, joined } = integersOf(to, path);
  const last: Linear = { times: 1, plus: -1 };
  const ends = sizeOf(to, path, x, 1, [last, last]);
  const wholes = node('Mul', [node('FloorDiv', [ends, list(strides)]), list(strides)]);
  const rest = node('Sub', [ends, wholes]);
  const along = (axis: 0 | 1): string => {
    const all = Array.from({ length: strides[axis] }, (_, r) => {
      const { before, after } = samePads(spans[axis], strides[axis], r + 1);
      return [before, after];
    });
    const row = joined([node('Slice', [rest, list([axis]), list([1])]), list([0])]);
    return node('Slice', [to.whole([all.length, 2], all.flat()), row, list([1, 2])]);
  };
  const none = to.whole([1, 2], [0, 0]);
  return joined([none, along(0), along(1), none]);
};
