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
  entriesIn,
  entriesOf,
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
type Asking = { by: Layer };

/** Heads that wait for their weights: one of them, or those of several values that were joined. */
type Heads = {
  readonly of: Asking | readonly Heads[];
  /** a layer with weights was reached */
  met: boolean;
};

/** A value of the freed net, and the heads whose weights are still to come. */
type Freed = { readonly type: TensorType; readonly heads: readonly Heads[] };

const noHeads: readonly Heads[] = [];

/** Follows a freed input through layers, one by one or along shared subtrees. */
type Through = (start: Freed, flow: Flow<Freed>) => void;

/** Undefined for nets whose input is not a map, and for faulty ones. */
export const admissibleOf = (
  { input, output, body }: Pick<TypedNet, 'input' | 'output' | 'body'>,
  mayKeep: MayKeep = enough(),
): Admission | undefined =>
  isKnown(output)
    ? admission(input, (start, flow) => void follow(body, start, flow), mayKeep)
    : undefined;

/** The same for layers in order of execution, wherever they come from; 0 is the place of the input. */
export const admissibleFor = (
  input: TensorType,
  layers: readonly PlacedLayer[],
): Admission | undefined => {
  const through: Through = (start, { layer }) => {
    const values = new Map<ValueId, Freed>([[0, start]]);
    for (const l of layers)
      values.set(
        l.id,
        layer(
          l,
          l.inputs.map((id) => values.get(id)!),
        ),
      );
  };
  return admission(input, through, enough());
};

/** Asked about the entries of each table of sizes, and of each set that was narrowed: whether they may be kept. */
export type MayKeep = (entries: number) => boolean;

/** Room for the entries of one net; those of real networks have some hundreds. */
const enough = (): MayKeep => {
  let left = 2 ** 22;
  return (entries) => (left -= entries) >= 0;
};

/** What the layers so far have asked for. */
type Admitting = {
  readonly mayKeep: MayKeep;
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

const admission = (
  input: TensorType,
  through: Through,
  mayKeep: MayKeep,
): Admission | undefined => {
  if (input.tag !== 'map') return undefined;
  const free = mapType(freeAxis('h'), freeAxis('w'), input.c);
  const open = asked(hasFreeSize(input) ? input : free, through, mayKeep);
  if (open.faulty) return undefined;
  const { tooRare } = open;
  if (tooRare === undefined) return E.right(admissibleBy(open));
  for (const held of holdings(input)) {
    const state = asked({ ...free, ...held }, through, mayKeep);
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
const asked = (type: MapType, through: Through, mayKeep: MayKeep): Admitting => {
  const state: Admitting = {
    mayKeep,
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
  const asking = { by: layer };
  const types = inputs.map((value) => value.type);
  const type = typeOf(state, layer, types, asking);
  const own = isHead(inputs, type) ? [{ of: asking, met: false }] : noHeads;
  const heads = waiting(inputs);
  if (heads.length === 0) return { type, heads: own };
  if (!hasWeights(layer)) return { type, heads: [...heads, ...own] };
  meet(heads, layer);
  return { type, heads: own };
};

/** The weights of these heads are those of the layer. */
const meet = (heads: readonly Heads[], layer: Layer): void => {
  const left = [...heads];
  for (let head = left.pop(); head !== undefined; head = left.pop()) {
    if (head.met) continue;
    head.met = true;
    if ('by' in head.of) head.of.by = layer;
    else for (const one of head.of) left.push(one);
  }
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
    if (kept || size === 'unknown') continue;
    if (!state.mayKeep(entriesIn(size.size))) state.tooRare ??= { period: Infinity, asking };
    narrow(state, asking, axis, E.right(atLeast(size.size, 1)));
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
  const entries = E.isRight(to) && E.isRight(met) ? entriesOf(to.right) + entriesOf(met.right) : 0;
  if (entries > 2 && !state.mayKeep(entries)) state.tooRare ??= { period: Infinity, asking };
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

/** Whether the layer was already checked with this input, its only one, and asks nothing of the image. */
const isMet = ({ op, inputTypes }: Layer, inputs: readonly TensorType[]): boolean =>
  inputs.length === 1 && rowOf(op).holdsSize !== true && sameType(inputs[0]!, inputTypes[0]!);

/** A vector of fixed length behind a map of free size. */
const isHead = (inputs: readonly Freed[], output: TensorType): boolean =>
  output.tag === 'vector' && inputs.some(({ type }) => type.tag === 'map');

/** One list for several values, so that a chain of joins with a head each does not take time in its square. */
const waiting = (values: readonly Freed[]): readonly Heads[] => {
  if (values.every(({ heads }) => heads.length === 0)) return noHeads;
  const heads = new Set(values.flatMap((value) => value.heads.filter((head) => !head.met)));
  return heads.size <= 1 ? [...heads] : [{ of: [...heads], met: false }];
};

/** Known, or a map of free size of which only the channels are unknown, which do not narrow the images. */
const hasSizes = (t: TensorType): boolean =>
  isKnown(t) || (t.tag === 'map' && [t.h, t.w].every(isFree));

const isFree = (axis: MaybeAxis): boolean => axis !== 'unknown' && extentOf(axis) === undefined;

/** The images for which two sizes are the same. */
const agreement = (first: MaybeAxis, other: MaybeAxis): E.Either<TooLong, Sizes> =>
  first === 'unknown' || other === 'unknown' ? E.right(everything) : agree(first.size, other.size);
