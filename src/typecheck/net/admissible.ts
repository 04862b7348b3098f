/**
 * The images a net admits: its weights are those of the declared input, then height and width are freed
 * and every layer narrows what may come in. A trained head fixes the map per axis, not the product.
 */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { alone } from '../../ops/parts/rules.ts';
import { rowOf } from '../../ops/table.ts';
import {
  isKnown,
  extentOf,
  freeAxis,
  hasFreeSize,
  mapType,
  sameAxis,
  sameType,
  type MapType,
  type MaybeAxis,
  type TensorType,
} from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import { follow, type Flow, type Layer } from './flow.ts';
import type { PlacedLayer, ValueId } from '../../graph/graph.ts';
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
import { isUnfilled } from './totals.ts';

type Axis = 'h' | 'w';

/**
 * `left` when sizes repeat with too long a period; the place where that happened comes with it. Along an axis of
 * declared size netc then admits that size alone.
 */
export type Admission = E.Either<{ readonly period: number; readonly span: Span }, Admissible>;

/** The layer that needs certain sizes: for a head, the first one with weights after its vector, once we reach it. */
type Asking = { by: Layer; met: boolean };

/** A value of the freed net, and the heads whose weights are still to come. */
type Freed = { readonly type: TensorType; readonly heads: readonly Asking[] };

const noHeads: readonly Asking[] = [];

/** Follows a freed input through layers, one by one or along shared subtrees. */
type Through = (start: Freed, flow: Flow<Freed>) => void;

/** Undefined for nets whose input is not a map, and for faulty ones. */
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
    const values = new Map<ValueId, Freed>([[0, start]]);
    for (const l of layers)
      values.set(
        l.id,
        layer(
          l,
          l.inputs.map((id) => values.get(id)!),
        ),
      );
  });

/** What the layers so far have asked for. */
type Admitting = {
  /** the images that are left */
  readonly sets: { h: Sizes; w: Sizes };
  readonly narrowings: (Pick<Narrowing, 'axis' | 'before' | 'after'> & {
    readonly asking: Asking;
  })[];
  /** whether a fault left something unknown; then the search ends */
  faulty: boolean;
  /** the first layer whose sizes have too long a period; the search ends there */
  tooRare: { readonly period: number; readonly asking: Asking } | undefined;
};

const axes = ['h', 'w'] as const;

const admission = (input: TensorType, through: Through): Admission | undefined => {
  if (input.tag !== 'map') return undefined;
  const free = mapType(freeAxis('h'), freeAxis('w'), input.c);
  const open = asked(hasFreeSize(input) ? input : free, through);
  if (open.faulty) return undefined;
  const { tooRare } = open;
  if (tooRare === undefined) return E.right(admissibleBy(open));
  for (const held of holdings(input)) {
    const state = asked({ ...free, ...held }, through);
    if (state.tooRare !== undefined) continue;
    for (const axis of axes)
      narrow(state, tooRare.asking, axis, agreement(free[axis], held[axis] ?? free[axis]));
    return E.right(admissibleBy(state));
  }
  return E.left({ period: tooRare.period, span: tooRare.asking.by.span });
};

/** Sizes that are declared, to be admitted alone, so that nothing has to be followed along their axes; few first. */
const holdings = (input: MapType): readonly { readonly [A in Axis]?: MaybeAxis }[] => {
  const isFixed = (axis: Axis): boolean => extentOf(input[axis]) !== undefined;
  const { h, w } = input;
  return [
    ...(isFixed('h') ? [{ h }] : []),
    ...(isFixed('w') ? [{ w }] : []),
    ...(isFixed('h') && isFixed('w') ? [{ h, w }] : []),
  ];
};

/** What the layers ask of an input of this type. */
const asked = (type: MapType, through: Through): Admitting => {
  const state: Admitting = {
    sets: { h: everything, w: everything },
    narrowings: [],
    faulty: false,
    tooRare: undefined,
  };
  through(
    { type, heads: noHeads },
    { layer: (layer, inputs) => admit(state, layer, inputs), again },
  );
  return state;
};

const admissibleBy = ({ sets, narrowings }: Admitting): Admissible => ({
  ...sets,
  narrowings: narrowings.map(({ axis, before, after, asking: { by } }) => {
    const { span, op } = by;
    return { axis, span, op, before, after };
  }),
});

/** The output of a layer on its freed inputs, after it has narrowed the images. */
const admit = (state: Admitting, layer: Layer, inputs: readonly Freed[]): Freed => {
  state.faulty ||= !hasSizes(layer.output) || layer.inputTypes.some((t) => t.tag === 'unknown');
  if (state.faulty || state.tooRare !== undefined) return { type: layer.output, heads: noHeads };
  const asking = { by: layer, met: false };
  const types = inputs.map((value) => value.type);
  const type = typeOf(state, layer, types, asking);
  const own = isHead(inputs, type) ? [asking] : noHeads;
  const heads = waiting(inputs);
  if (heads.length === 0) return { type, heads: own };
  if (!hasWeights(layer)) return { type, heads: [...heads, ...own] };
  for (const head of heads) [head.by, head.met] = [layer, true];
  return { type, heads: own };
};

/** What one layer needs of its freed inputs, and its output. */
const typeOf = (
  state: Admitting,
  layer: Layer,
  inputs: readonly TensorType[],
  asking: Asking,
): TensorType => {
  const shape = isMet(layer, inputs)
    ? E.right(alone(layer.output))
    : rowOf(layer.op).shape(layer.args, inputs);
  if (E.isLeft(shape)) {
    const fault = shape.left;
    if (fault.tag === 'too long') state.tooRare ??= { period: fault.period, asking };
    if (fault.tag === 'free') fixSize(state, layer, inputs[0]!, asking);
    return layer.output;
  }
  for (const axis of layer.fixed ?? []) fixAxis(state, layer, inputs[0]!, asking, axis);
  const { type, conditions } = shape.right;
  for (const { axis, first, other } of conditions)
    narrow(state, asking, axis, agreement(first, other));
  if (type.tag === 'map') keepPixels(state, type, inputs[0], asking);
  return type;
};

/** A head behind a map of its declared size keeps exactly the images that give that size. */
const fixSize = (state: Admitting, layer: Layer, freed: TensorType, asking: Asking): void => {
  for (const axis of axes) fixAxis(state, layer, freed, asking, axis);
};

const fixAxis = (
  state: Admitting,
  { inputTypes: [declared] }: Layer,
  freed: TensorType,
  asking: Asking,
  axis: Axis,
): void => {
  if (freed.tag !== 'map' || declared?.tag !== 'map') throw new Bug('only a map has free sizes');
  narrow(state, asking, axis, agreement(freed[axis], declared[axis]));
};

/** Images that leave no pixel of a map are not admitted. */
const keepPixels = (
  state: Admitting,
  map: MapType,
  before: TensorType | undefined,
  asking: Asking,
): void => {
  for (const axis of axes) {
    const size = map[axis];
    // a type that a layer keeps was checked where it was made
    const kept = before?.tag === 'map' && sameAxis(size, before[axis]);
    if (!kept && size !== 'unknown') narrow(state, asking, axis, E.right(atLeast(size.size, 1)));
  }
};

/** Keeps those of the images that lie in `to` as well. */
const narrow = (
  state: Admitting,
  asking: Asking,
  axis: Axis,
  to: E.Either<TooLong, Sizes>,
): void => {
  const { sets } = state;
  const met = E.isLeft(to) ? to : both(sets[axis], to.right);
  if (E.isLeft(met)) state.tooRare ??= { period: met.left.period, asking };
  else if (!sameSizes(met.right, sets[axis])) {
    state.narrowings.push({ axis, asking, before: sets[axis], after: met.right });
    sets[axis] = met.right;
  }
};

/** A subtree needs the same of the same type as the time before. */
const again = (before: Freed, after: Freed, now: Freed): Freed | undefined =>
  waiting([now]).length === 0 && sameType(before.type, now.type)
    ? { type: after.type, heads: noHeads }
    : undefined;

/** Whether a layer has weights; one with open arguments may have some. */
const hasWeights = ({ op, args, inputTypes }: Layer): boolean =>
  isUnfilled(args, inputTypes) || rowOf(op).weights(args, inputTypes).length > 0;

/** Whether the layer was already checked with this input, its only one. */
const isMet = ({ inputTypes }: Layer, inputs: readonly TensorType[]): boolean =>
  inputs.length === 1 && sameType(inputs[0]!, inputTypes[0]!);

/** A vector of fixed length behind a map of free size. */
const isHead = (inputs: readonly Freed[], output: TensorType): boolean =>
  output.tag === 'vector' && inputs.some(({ type }) => type.tag === 'map');

const waiting = (values: readonly Freed[]): readonly Asking[] =>
  values.every(({ heads }) => heads.length === 0)
    ? noHeads
    : values.flatMap(({ heads }) => heads.filter((head) => !head.met));

/** Known, or a map of free size of which only the channels are unknown, which do not narrow the images. */
const hasSizes = (t: TensorType): boolean =>
  isKnown(t) || (t.tag === 'map' && [t.h, t.w].every(isFree));

const isFree = (axis: MaybeAxis): boolean => axis !== 'unknown' && extentOf(axis) === undefined;

/** The images for which two sizes are the same. */
const agreement = (first: MaybeAxis, other: MaybeAxis): E.Either<TooLong, Sizes> =>
  first === 'unknown' || other === 'unknown' ? E.right(everything) : agree(first.size, other.size);
