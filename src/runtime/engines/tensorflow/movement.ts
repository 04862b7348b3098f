/** Numbers that are moved, repeated or added up, as nodes. */
import type { KernelOf } from '../../../kernel/kernel.ts';
import { axesMeant, samePaddings, type Padding, type Shape } from '../../../kernel/shape.ts';
import { reduced } from './maps.ts';
import type { Attributes } from './node.ts';
import { nodesOf, reshaped, type Operation, type Site } from './site.ts';

const byIntegers: Attributes = { Tpaddings: { type: 'int32' } };

const padded = (to: Site, x: string, paddings: readonly Padding[], value: number): string =>
  to.add(
    'PadV2',
    [x, to.whole(paddings.flat(), [paddings.length, 2]), to.scalar(value)],
    byIntegers,
  );

const cut = (to: Site, x: string, begin: readonly number[], size: Shape): string =>
  to.add('Slice', [x, to.whole(begin), to.whole(size)], { Index: { type: 'int32' } });

/** The beginning of a cut that was said without the batch. */
const beginOf = (begin: readonly number[], batched: boolean): readonly number[] =>
  batched ? [0, ...begin] : begin;

const slice: Operation<'Slice'> = ({ begin }, to) => {
  const [x] = to.operands;
  return cut(to, x!.node, beginOf(begin, x!.batched), to.results[0]!);
};

const sliceGrad: Operation<'SliceGrad'> = ({ begin }, to) => {
  const [x, dy] = to.operands;
  const first = beginOf(begin, x!.batched);
  const paddings = first.map((before, axis): Padding => [
    before,
    x!.shape[axis]! - before - dy!.shape[axis]!,
  ]);
  return padded(to, dy!.node, paddings, 0);
};

const befores = (paddings: readonly Padding[]): readonly number[] =>
  paddings.map(([before]) => before);

const padSame: Operation<'PadSame'> = (kernel, to) => {
  const [x] = to.operands;
  return padded(to, x!.node, samePaddings(kernel, x!.shape), 0);
};

const padSameGrad: Operation<'PadSameGrad'> = (kernel, to) => {
  const [x, dy] = to.operands;
  return cut(to, dy!.node, befores(samePaddings(kernel, x!.shape)), x!.shape);
};

/** TensorFlow joins two and more. */
const concat: Operation<'ConcatV2'> = (_, to) =>
  to.operands.length === 1
    ? to.operands[0]!.node
    : to.add('ConcatV2', [...nodesOf(to), to.whole([-1], [])], {
        N: { integer: to.operands.length },
        Tidx: { type: 'int32' },
      });

const concatGrad: Operation<'ConcatV2Grad'> = ({ index }, to) => {
  const [dy, ...all] = to.operands;
  const channels = all.slice(0, index).map(({ shape }) => shape[shape.length - 1]!);
  const { shape } = all[index]!;
  const first = channels.reduce((a, b) => a + b, 0);
  return cut(to, dy!.node, [...shape.slice(1).map(() => 0), first], shape);
};

const reshape: Operation<'Reshape' | 'ReshapeLike'> = (_, to) =>
  reshaped(to, to.operands[0]!.node, to.results[0]!);

const repeated = (to: Site, x: string, shape: Shape): string =>
  to.add('BroadcastTo', [x, to.whole(shape)], { Tidx: { type: 'int32' } });

const spread: Operation<'Spread'> = ({ axes }, to) => {
  const [dy, x] = to.operands;
  const come = axesMeant(axes, x!.shape.length);
  const thin = x!.shape.map((n, axis) => (come.includes(axis) ? 1 : n));
  return repeated(to, reshaped(to, dy!.node, thin), x!.shape);
};

const count: Operation<'Count'> = ({ axes }, to) => {
  const { shape } = to.operands[0]!;
  return to.scalar(axesMeant(axes, shape.length).reduce((n, axis) => n * shape[axis]!, 1));
};

/** Sums along the axes on which `like` was repeated. */
const sumTo: Operation<'SumTo'> = (_, to) => {
  const [x, like] = to.operands;
  const more = x!.shape.length - like!.shape.length;
  const axes = x!.shape.flatMap((n, axis) =>
    axis < more || (like!.shape[axis - more] === 1 && n !== 1) ? [axis] : [],
  );
  const sum = axes.length === 0 ? x!.node : reduced(to, 'Sum', x!.node, axes);
  return reshaped(to, sum, like!.shape);
};

/** Half the sum of squares is a loss that TensorFlow has. */
const sumOfSquares: Operation<'SumOfSquares'> = (_, to) => {
  const halves = nodesOf(to).map((x) => to.add('L2Loss', [x]));
  const sum = to.add('AddN', halves, { N: { integer: halves.length } });
  return to.add('Mul', [sum, to.scalar(2)]);
};

const pointwise: Operation<'Pointwise'> = ({ steps, results }, to) => {
  const made: string[] = [];
  const read = (term: KernelOf<'Pointwise'>['steps'][number]['of'][number]): string => {
    if (term.tag === 'number') return to.scalar(term.value);
    return term.tag === 'operand' ? to.operands[term.index]!.node : made[term.index]!;
  };
  for (const { op, of } of steps) made.push(to.add(op, of.map(read)));
  return results.map((index) => made[index]!);
};

const reluGrad: Operation<'ReluGrad'> = ({ below }, to) =>
  below === 0
    ? to.add('ReluGrad', nodesOf(to))
    : to.add('LeakyReluGrad', nodesOf(to), { alpha: { real: below } });

const pad: Operation<'PadV2'> = ({ paddings, value }, to) =>
  padded(to, to.operands[0]!.node, paddings, value);

const padGrad: Operation<'PadV2Grad'> = ({ paddings }, to) =>
  cut(to, to.operands[0]!.node, befores(paddings), to.results[0]!);

const broadcast: Operation<'BroadcastTo'> = (_, to) =>
  repeated(to, to.operands[0]!.node, to.results[0]!);

const sum: Operation<'Sum'> = ({ axes }, to) => reduced(to, 'Sum', to.operands[0]!.node, axes);

export const movement = {
  PadV2: pad,
  PadV2Grad: padGrad,
  PadSame: padSame,
  PadSameGrad: padSameGrad,
  Slice: slice,
  SliceGrad: sliceGrad,
  ConcatV2: concat,
  ConcatV2Grad: concatGrad,
  Reshape: reshape,
  ReshapeLike: reshape,
  Spread: spread,
  Count: count,
  BroadcastTo: broadcast,
  SumTo: sumTo,
  Sum: sum,
  SumOfSquares: sumOfSquares,
  Pointwise: pointwise,
  ReluGrad: reluGrad,
};
