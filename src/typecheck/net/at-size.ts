/**
 * A net of free size on images of one size, without another check: types are functions of the sizes of the
 * image, and an admissible image gives them their values. The rest of the net stays as it is.
 */
import { rowOf } from '../../ops/table.ts';
import {
  extentOf,
  fixedAxis,
  hasFreeSize,
  mapType,
  sameChannels,
  type MapType,
  type MaybeAxis,
  type TensorType,
} from '../../ops/types.ts';
import { elementsOf } from './costs.ts';
import { contains, valueAt } from '../../size/sizes.ts';
import type { Typed, TypedNet } from './typed.ts';
import { addTotals, totalsOf, sum } from './totals.ts';

/** The numbers that sums over a net add up. */
export type AtSize = Pick<TypedNet, 'input' | 'output' | 'body'>;

type Image = { readonly h: number; readonly w: number };

/**
 * Undefined unless the net is known to take this image, of the channels that it declares, with no tensor of more than
 * `mostElements` numbers: otherwise a check reports the fault.
 */
export const atSize = (
  net: TypedNet,
  input: TensorType,
  mostElements: number,
): AtSize | undefined => {
  const image = imageOf(input);
  const free = net.input;
  if (image === undefined || free.tag !== 'map' || !hasFreeSize(free)) return undefined;
  if (input.tag !== 'map' || typeof free.c !== 'number' || !sameChannels(free.c, input.c))
    return undefined;
  const { admissible } = net;
  if (admissible === undefined) return undefined;
  if (!contains(admissible.h, image.h) || !contains(admissible.w, image.w)) return undefined;
  const { body, most } = bodyAt(net.body, free, image);
  if (most > mostElements) return undefined;
  return { input, output: body.output, body };
};

const imageOf = (input: TensorType): Image | undefined => {
  if (input.tag !== 'map') return undefined;
  const [h, w] = [extentOf(input.h), extentOf(input.w)];
  return h === undefined || w === undefined ? undefined : { h, w };
};

const bodyAt = (
  body: Typed,
  free: MapType,
  image: Image,
): { readonly body: Typed; readonly most: number } => {
  const known = new Map<Typed, Typed>();
  const types = new Map<TensorType, TensorType>();
  let most = 0;

  const extent = (axis: MaybeAxis): MaybeAxis => {
    if (axis === 'unknown' || free.h === 'unknown') return axis;
    return fixedAxis(valueAt(axis.size, axis.variable === free.h.variable ? image.h : image.w));
  };
  const typeAt = (t: TensorType): TensorType => {
    if (t.tag !== 'map') return t;
    const before = types.get(t);
    if (before !== undefined) return before;
    const now = mapType(extent(t.h), extent(t.w), t.c);
    types.set(t, now);
    return now;
  };

  const at = (typed: Typed): Typed => {
    const before = known.get(typed);
    if (before !== undefined) return before;
    const now = moved(typed);
    known.set(typed, now);
    return now;
  };
  const moved = (typed: Typed): Typed => {
    const input = typeAt(typed.input);
    const output = typeAt(typed.output);
    most = Math.max(most, elementsOf(output) ?? 0);
    const common = { input, output };
    switch (typed.tag) {
      case 'op': {
        const totals = totalsOf(rowOf(typed.op), typed.args, [input], output);
        return { ...typed, ...common, totals };
      }
      case 'recall':
      case 'hole':
        return { ...typed, ...common };
      case 'sequence': {
        const steps = typed.steps.map(at);
        return { ...typed, ...common, steps, totals: sum(steps) };
      }
      case 'repeat': {
        const copies = typed.copies.map(at);
        return { ...typed, ...common, copies, totals: sum(copies) };
      }
      case 'join': {
        const branches = typed.branches.map(at);
        const inputs = branches.map((b) => b.output);
        const own = totalsOf(rowOf(typed.op), {}, inputs, output);
        return { ...typed, ...common, branches, totals: addTotals(sum(branches), [own]) };
      }
      case 'folder':
      case 'variant':
      case 'remember':
      case 'also': {
        const inner = at(typed.body);
        return { ...typed, ...common, body: inner, totals: inner.totals };
      }
    }
  };
  return { body: at(body), most };
};
