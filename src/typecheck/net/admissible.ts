/**
 * The images a net admits: its weights are those of the declared input, then height and width are freed
 * and every layer narrows what may come in. A trained head fixes the map per axis, not the product.
 */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { alone } from '../../ops/parts/rules.ts';
import { rowOf } from '../../ops/table.ts';
import {
  extentOf,
  freeAxis,
  hasFreeSize,
  mapType,
  sameAxis,
  sameType,
  type MaybeAxis,
  type TensorType,
} from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import { follow, type Flow, type Layer } from './flow.ts';
import type { PlacedLayer, PlaceId } from './places.ts';
import {
  agree,
  atLeast,
  both,
  everything,
  sameSizes,
  type Sizes,
  type TooLong,
} from '../../size/sizes.ts';
import type { Admissible, Narrowing, TypedNet } from './typed.ts';
import { isOpen } from './totals.ts';

type Axis = 'h' | 'w';

/** `left` when sizes repeat too rarely to be followed; the place where that happened comes with it. */
export type Admission = E.Either<{ readonly period: number; readonly span: Span }, Admissible>;

/** The layer that asks for something: for a head, the first one with weights behind its vector, once it is met. */
type Asking = { by: Layer; met: boolean };

/** A value of the freed net, and the heads whose weights are still to come. */
type Freed = { readonly type: TensorType; readonly heads: readonly Asking[] };

const noHeads: readonly Asking[] = [];

/** How a freed input goes through layers, one by one or with what subtrees share. */
type Through = (start: Freed, flow: Flow<Freed>) => void;

/** Undefined for nets whose input is no map, and for faulty ones. */
export const admissibleOf = ({
  input,
  output,
  body,
}: Pick<TypedNet, 'input' | 'output' | 'body'>): Admission | undefined =>
  isKnown(output) ? admission(input, (start, flow) => void follow(body, start, flow)) : undefined;

/** The same for layers in order of execution, wherever they come from; 0 is the place of the input. */
export const admissibleFor = (
  input: TensorType,
  layers: readonly PlacedLayer[],
): Admission | undefined =>
  admission(input, (start, { layer }) => {
    const values = new Map<PlaceId, Freed>([[0, start]]);
    for (const l of layers)
      values.set(
        l.id,
        layer(
          l,
          l.inputs.map((id) => values.get(id)!),
        ),
      );
  });

const admission = (input: TensorType, through: Through): Admission | undefined => {
  if (input.tag !== 'map') return undefined;
  const sets: { h: Sizes; w: Sizes } = { h: everything, w: everything };
  const narrowings: (Pick<Narrowing, 'axis' | 'before' | 'after'> & { readonly asking: Asking })[] =
    [];
  let faulty = false; // a fault was reported where something is unknown
  let tooRare: { readonly period: number; readonly span: Span } | undefined;

  const narrow = (asking: Asking, axis: Axis, to: E.Either<TooLong, Sizes>): void => {
    const met = E.isLeft(to) ? to : both(sets[axis], to.right);
    if (E.isLeft(met)) tooRare ??= { period: met.left.period, span: asking.by.span };
    else if (!sameSizes(met.right, sets[axis])) {
      narrowings.push({ axis, asking, before: sets[axis], after: met.right });
      sets[axis] = met.right;
    }
  };

  /** What one layer demands of its freed inputs, and what it then gives. */
  const step = (layer: Layer, inputs: readonly TensorType[], asking: Asking): TensorType => {
    const shape = isMet(layer, inputs)
      ? E.right(alone(layer.output))
      : rowOf(layer.op).shape(layer.args, inputs);
    if (E.isLeft(shape)) {
      if (shape.left.tag === 'too long')
        tooRare ??= { period: shape.left.period, span: layer.span };
      if (shape.left.tag !== 'free') return layer.output;
      const [freed, declared] = [inputs[0]!, layer.inputTypes[0]!];
      if (freed.tag !== 'map' || declared.tag !== 'map') throw new Bug('only a map has free sizes');
      for (const axis of ['h', 'w'] as const)
        narrow(asking, axis, fixes(freed[axis], declared[axis]));
      return layer.output;
    }
    const { type, conditions } = shape.right;
    for (const { axis, first, other } of conditions) narrow(asking, axis, agreement(first, other));
    if (type.tag !== 'map') return type;
    const [before] = inputs;
    for (const axis of ['h', 'w'] as const) {
      const size = type[axis];
      // what a layer leaves as it is was looked at where it was made
      const kept = before?.tag === 'map' && sameAxis(size, before[axis]);
      if (!kept && size !== 'unknown') narrow(asking, axis, E.right(atLeast(size.size, 1)));
    }
    return type;
  };

  const layer = (l: Layer, inputs: readonly Freed[]): Freed => {
    faulty ||= !hasSizes(l.output) || l.inputTypes.some((t) => t.tag === 'unknown');
    if (faulty || tooRare !== undefined) return { type: l.output, heads: noHeads };
    const asking = { by: l, met: false };
    const type = step(
      l,
      inputs.map((value) => value.type),
      asking,
    );
    const own = isHead(inputs, type) ? [asking] : noHeads;
    const heads = waiting(inputs);
    if (heads.length === 0) return { type, heads: own };
    if (!isOpen(l.args, l.inputTypes) && rowOf(l.op).weights(l.args, l.inputTypes).length === 0)
      return { type, heads: [...heads, ...own] };
    for (const head of heads) [head.by, head.met] = [l, true];
    return { type, heads: own };
  };

  /** What a subtree asks of a type it asked when it met that type before. */
  const again = (before: Freed, after: Freed, now: Freed): Freed | undefined =>
    waiting([now]).length === 0 && sameType(before.type, now.type)
      ? { type: after.type, heads: noHeads }
      : undefined;

  const type = hasFreeSize(input) ? input : mapType(freeAxis('h'), freeAxis('w'), input.c);
  through({ type, heads: noHeads }, { layer, again });
  if (faulty) return undefined;
  if (tooRare !== undefined) return E.left(tooRare);
  return E.right({
    ...sets,
    narrowings: narrowings.map(({ axis, before, after, asking: { by } }) => {
      const { span, op } = by;
      return { axis, span, op, before, after };
    }),
  });
};

/** What comes in is what did when the layer was checked; of a single input nothing else is asked. */
const isMet = ({ inputTypes }: Layer, inputs: readonly TensorType[]): boolean =>
  inputs.length === 1 && sameType(inputs[0]!, inputTypes[0]!);

/** A vector of fixed length behind a map of free size. */
const isHead = (inputs: readonly Freed[], output: TensorType): boolean =>
  output.tag === 'vector' && inputs.some(({ type }) => type.tag === 'map');

const waiting = (values: readonly Freed[]): readonly Asking[] =>
  values.every(({ heads }) => heads.length === 0)
    ? noHeads
    : values.flatMap(({ heads }) => heads.filter((head) => !head.met));

export const isKnown = (t: TensorType): boolean =>
  t.tag === 'map'
    ? t.h !== 'unknown' && t.w !== 'unknown' && t.c !== 'unknown'
    : t.tag === 'vector' && t.c !== 'unknown';

/** Known, or a map of free size whose channels alone are unknown: they narrow nothing. */
const hasSizes = (t: TensorType): boolean =>
  isKnown(t) || (t.tag === 'map' && [t.h, t.w].every(isFree));

const isFree = (axis: MaybeAxis): boolean => axis !== 'unknown' && extentOf(axis) === undefined;

const agreement = (first: MaybeAxis, other: MaybeAxis): E.Either<TooLong, Sizes> =>
  first === 'unknown' || other === 'unknown' ? E.right(everything) : agree(first.size, other.size);

/** A head behind a map of `declared` size keeps exactly the images that give that size. */
const fixes = (freed: MaybeAxis, declared: MaybeAxis): E.Either<TooLong, Sizes> =>
  freed === 'unknown' || declared === 'unknown'
    ? E.right(everything)
    : agree(freed.size, declared.size);
