/** One layer: its row's shape rule on the types that arrive, and what it adds to the sums. */
import * as E from 'fp-ts/lib/Either.js';
import type { Args } from '../../ops/params.ts';
import type { ShapeFault, Typing } from '../../ops/row.ts';
import { standing } from '../../ops/standing.ts';
import {
  isKnown,
  freeAxis,
  mapType,
  unknownType,
  vectorType,
  type TensorType,
} from '../../ops/types.ts';
import { stepCosts } from '../../diagnostic/limits.ts';
import { times } from '../../size/channels.ts';
import { entriesIn, workToAgree } from '../../size/sizes.ts';
import type { Context } from '../expr/context.ts';
import { pixelsForAll, pixelsOf } from '../net/costs.ts';
import { mustAgree, type Trial } from '../expr/trial.ts';
import type { Totals } from '../net/typed.ts';
import { totalsOf, isUnfilled } from '../net/totals.ts';
import type { LayerSite } from './fault-site.ts';
import { reportDisagreement } from './join-faults.ts';
import { reportEmpty, reportTooLarge } from './output-faults.ts';
import { reportShapeFault } from './shape-faults.ts';

/** The output of a layer and its sums. A fault is reported; the known part of the output is kept. */
export const layer = (
  cx: Context,
  site: LayerSite,
  args: Args,
): { readonly output: TensorType; readonly totals: Totals } => {
  const { row, inputs } = site;
  const one: Totals = { nodes: 1, layers: 1, weighted: 0, params: 0, macs: 0 };
  if (cx.trial === undefined && inputs.some((t) => t.tag === 'unknown'))
    return { output: unknownType, totals: one };
  if (!cx.spend(site.span, toAgree(inputs) * stepCosts.entry))
    return { output: unknownType, totals: one };
  const shape = row.shape(args, inputs);
  if (E.isLeft(shape) && shape.left.tag === 'free' && cx.trial !== undefined)
    return { output: lengthOf(cx.trial, inputs[0]!), totals: one };
  if (E.isLeft(shape)) {
    reportShapeFault(cx, site, shape.left);
    return { output: inSpite(shape.left, inputs[0]!), totals: one };
  }
  cx.spend(site.span, tablesOf(shape.right.type, inputs[0]) * stepCosts.entry);
  const output = checkOutput(cx, site, args, shape.right);
  const known = output.tag !== 'unknown' && !isUnfilled(args, inputs);
  return { output, totals: known ? totalsOf(row, args, inputs, output) : one };
};

const axes = ['h', 'w'] as const;

/** The entries to look at until it is known for which images branches have one size. */
const toAgree = ([first, ...others]: readonly TensorType[]): number => {
  let entries = 0;
  if (first?.tag === 'map')
    for (const other of others)
      for (const axis of axes) {
        const [a, b] = [first[axis], other.tag === 'map' ? other[axis] : 'unknown'];
        if (a !== b && a !== 'unknown' && b !== 'unknown') entries += workToAgree(a.size, b.size);
      }
  return entries;
};

/** The entries of the tables of sizes that a layer makes. */
const tablesOf = (output: TensorType, input: TensorType | undefined): number => {
  let entries = 0;
  if (output.tag === 'map')
    for (const axis of axes) {
      const size = output[axis];
      const isKept = input?.tag === 'map' && input[axis] === size;
      if (!isKept && size !== 'unknown') entries += entriesIn(size.size);
    }
  return entries;
};

/** A map of free size as a vector, in a trial: its length is h·w·c, if height and width are fixed. */
const lengthOf = (trial: Trial, map: TensorType): TensorType => {
  trial.fixed = true;
  if (map.tag !== 'map') return map;
  return vectorType(times(pixelsForAll(map), map.c));
};

/** What we know of the output after a fault: when branches differ in channels, we cannot tell which was meant. */
const inSpite = (fault: ShapeFault, first: TensorType): TensorType => {
  if (fault.tag === 'channels') return first;
  if (fault.tag !== 'join channels' || first.tag === 'unknown') return unknownType;
  return { ...first, c: 'unknown' };
};

/** What a layer asks for that cannot be decided before parameters have values. */
const leftToUses = (trial: Trial, { row, inputs }: LayerSite, args: Args, shape: Typing): void => {
  for (const [a, b] of shape.alike ?? []) mustAgree(trial, a, b);
  if (inputs.length > 1 && !inputs.every(isKnown)) trial.conditions.push({ tag: 'fit' });
  if (args['groups'] !== undefined && args['groups'] !== 1 && isUnfilled(args, inputs))
    trial.conditions.push({ tag: 'groups' });
  // a map of unknown size is checked like one of free size
  const free = row.shape(args, [mapType(freeAxis('h'), freeAxis('w'), 1)]);
  if (inputs.length === 1 && !isKnown(inputs[0]!) && E.isLeft(free) && free.left.tag === 'free')
    trial.fixed = true;
};

const checkOutput = (cx: Context, site: LayerSite, args: Args, shape: Typing): TensorType => {
  const { type } = shape;
  if (cx.trial !== undefined) leftToUses(cx.trial, site, args, shape);
  const refusal = standing(shape);
  if (refusal?.tag === 'apart') {
    reportDisagreement(cx, site, refusal.condition);
    return unknownType;
  }
  if (refusal?.tag === 'empty') {
    reportEmpty(cx, site, args, refusal.map);
    return unknownType;
  }
  if (type.tag === 'vector' && typeof type.c === 'number' && type.c > cx.limits.elements) {
    reportTooLarge(cx, site, type);
    return unknownType;
  }
  if (type.tag !== 'map') return type;
  const size = pixelsOf(type);
  if (size !== undefined && typeof type.c === 'number' && size * type.c > cx.limits.elements) {
    reportTooLarge(cx, site, type);
    return unknownType;
  }
  return type;
};
