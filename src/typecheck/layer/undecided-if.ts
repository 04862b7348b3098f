/** `if t > 1 then f else g` in a trial, where the condition depends on a parameter without a value. */
import {
  isKnown,
  sameAxis,
  sameChannels,
  sameType,
  unknownType,
  type Channels,
  type TensorType,
} from '../../ops/types.ts';
import type { Expr } from '../../syntax/tree.ts';

import { takesAll } from './undecided-times.ts';
import { hole } from './stand-in.ts';
import type { Incoming } from './incoming.ts';
import { innerFrame } from '../expr/scope.ts';
import { newTrial } from '../expr/trial.ts';
import type { Typed } from '../net/typed.ts';
import { trying } from './trying.ts';
import type { LayerContext } from './context.ts';

/**
 * What both branches agree on: the type, or at least that height and width stay. Unknown where a branch has a
 * condition, because only some uses must fulfil it.
 */
export const applyUndecidedIf = (
  cx: LayerContext,
  expr: Extract<Expr, { readonly tag: 'if' }>,
  at: Incoming,
): Typed => {
  const [first, other] = [expr.then, expr.else].map((branch) => unasking(cx, branch, at));
  if (first === undefined || other === undefined) return hole(expr.span, at, unknownType);
  if (sameType(first.output, other.output)) return first;
  const keeps = [first, other].every(({ output }) => keepsSize(at.input, output));
  return hole(
    expr.span,
    at,
    keeps ? withChannels(at.input, first.output, other.output) : unknownType,
  );
};

/** The branch, if it takes every map that may come in and has no conditions. */
const unasking = (cx: LayerContext, branch: Expr, at: Incoming): Typed | undefined => {
  const trial = newTrial(undefined);
  const { value: typed, reports } = cx.quietly(() =>
    cx.apply(trying(cx, trial), branch, { ...at, scope: innerFrame(at.scope) }),
  );
  const asks = trial.conditions.length > 0 || trial.fixed || reports.length > 0;
  const isSound = !asks && isKnown(typed.output) && takesAll(at.input, typed);
  return isSound ? typed : undefined;
};

const keepsSize = (input: TensorType, output: TensorType): boolean =>
  input.tag === 'map' &&
  output.tag === 'map' &&
  sameAxis(input.h, output.h) &&
  sameAxis(input.w, output.w);

const withChannels = (map: TensorType, first: TensorType, other: TensorType): TensorType => {
  const c = (t: TensorType): Channels => (t.tag === 'unknown' ? 'unknown' : t.c);
  const channels = sameChannels(c(first), c(other)) ? c(first) : 'unknown';
  return map.tag === 'map' ? { ...map, c: channels } : unknownType;
};
