/** A repetition whose count depends on a parameter without a value: `(n-1)x basic(c)`, while it is tried. */
import * as E from 'fp-ts/lib/Either.js';
import {
  isKnown,
  freeAxis,
  mapType,
  sameType,
  unknownType,
  type MapType,
  type MaybeAxis,
  type TensorType,
} from '../../ops/types.ts';
import type { Expr } from '../../syntax/tree.ts';
import {
  minus,
  plus,
  symbol,
  symbolsOf,
  times,
  type Channels,
  type Polynomial,
} from '../../size/channels.ts';
import { hole } from './stand-in.ts';
import type { Incoming } from './incoming.ts';
import { admissibleOf } from '../net/admissible.ts';
import { innerFrame } from '../expr/scope.ts';
import { everything, sameSizes } from '../../size/sizes.ts';
import { newTrial, type Trial } from '../expr/trial.ts';
import type { Typed } from '../net/typed.ts';
import { trying } from './trying.ts';
import type { LayerContext } from './context.ts';

/** A name that no parameter can have. */
const ANY = '#';

/**
 * A body that gives back the type that comes in does so any number of times; so does one that does it for maps of
 * every size, where the size is not known. One that adds δ channels to any number of them, whatever it is, has added
 * n·δ after n times. The result of any other body is unknown.
 */
export const applyUndecidedTimes = (
  cx: LayerContext,
  body: Expr,
  count: Polynomial,
  at: Incoming,
): Typed => {
  const scope = innerFrame(at.scope, true);
  const { input } = at;
  const kept = input.tag === 'map' && !isKnown(input) && keptBy(cx, body, input, at);
  if (kept) return kept;
  const once = cx.apply(cx, body, { ...at, scope });
  // an unknown type agrees with everything, but is not the same
  if (isKnown(input) && isKnown(once.output) && sameType(input, once.output)) return once;
  const added = channelsAdded(cx, body, { ...at, scope });
  return added === undefined || input.tag === 'unknown'
    ? hole(body.span, at, unknownType)
    : { ...once, output: { ...input, c: plus(input.c, times(count, added)) } };
};

/** The body, if it keeps the type of every map that this may be. */
const keptBy = (cx: LayerContext, body: Expr, map: MapType, at: Incoming): Typed | undefined => {
  const trial = newTrial(ANY);
  const known = (axis: MaybeAxis, name: string): MaybeAxis =>
    axis === 'unknown' ? freeAxis(name) : axis;
  const c = map.c === 'unknown' ? symbol(ANY) : map.c;
  const input = mapType(known(map.h, `${ANY}h`), known(map.w, `${ANY}w`), c);
  const scope = innerFrame(at.scope, true);
  const once = cx.apply(trying(cx, trial), body, { ...at, scope, input });
  const isKept = isKnown(once.output) && sameType(input, once.output);
  if (!isKept || trial.solved !== undefined || trial.fixed || asksOf(trial, ANY)) return undefined;
  const asked = takesAll(input, once) ? [] : [{ tag: 'fit' } as const];
  cx.trial?.conditions.push(...trial.conditions, ...asked);
  return { ...once, input: map, output: map };
};

/** Whether a body takes maps of every size. */
export const takesAll = (input: TensorType, body: Typed): boolean => {
  const admission = admissibleOf({ input, output: body.output, body });
  if (admission === undefined || E.isLeft(admission)) return false;
  const { h, w } = admission.right;
  return sameSizes(h, everything) && sameSizes(w, everything);
};

/** Whether a trial asks something of a symbol. */
const asksOf = ({ conditions }: Trial, name: string): boolean =>
  conditions
    .flatMap((c) => (c.tag === 'equal' ? [c.left, c.right] : c.tag === 'odd' ? [c.of] : []))
    .some((c) => symbolsOf(c).has(name));

/** δ, if the body turns [h, w, c] into [h, w, c + δ] for every c. */
const channelsAdded = (cx: LayerContext, body: Expr, at: Incoming): Channels | undefined => {
  if (at.input.tag === 'unknown' || !isKnown(at.input)) return undefined;
  const trial = newTrial(ANY);
  const input: TensorType = { ...at.input, c: symbol(ANY) };
  const { output } = cx.apply(trying(cx, trial), body, { ...at, input });
  if (!isKnown(output) || output.tag !== input.tag || trial.solved !== undefined || trial.fixed)
    return undefined;
  if (!sameType({ ...output, c: 'unknown' }, { ...input, c: 'unknown' })) return undefined;
  if (asksOf(trial, ANY)) return undefined;
  const added = minus(output.c, symbol(ANY));
  return added === 'unknown' || symbolsOf(added).has(ANY) ? undefined : added;
};
