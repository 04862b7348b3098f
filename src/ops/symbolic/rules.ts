/**
 * What an operator does to types whose numbers are symbols: its shape rule and its weights for all values of its
 * arguments at once, and the parts that rows state them with. A law in `test/rewrite` holds each statement to the
 * rest of its row, on random arguments and inputs.
 */
import type { Channels } from '../../size/channels.ts';
import { floored } from './quotients.ts';
import type { Assumptions } from './assumptions.ts';
import { divided } from './polynomials.ts';
import {
  through,
  type Demand,
  type SymbolicMap,
  type SymbolicStep,
  type SymbolicType,
} from './types.ts';
import type { Symbolic, SymbolicArgs } from './values.ts';
import { countIn, extentAlong, spanDemands } from './windows.ts';

/** The type that leaves a layer, and what must hold for it to be one. */
export type LayerTyping = { readonly type: SymbolicType; readonly demands: readonly Demand[] };

/** `when` is the flag that decides whether the weight is there. */
export type SymbolicWeight = {
  readonly name: string;
  readonly shape: readonly Channels[];
  readonly when?: Symbolic | undefined;
};

/** What a row says in symbols. */
export type SymbolicRow = {
  /** undefined when no values of the symbols make this a network: a map where a vector is needed */
  readonly type: (
    assumed: Assumptions,
    args: SymbolicArgs,
    inputs: readonly SymbolicType[],
  ) => LayerTyping | undefined;
  /** without it the operator has none */
  readonly weights?: (
    assumed: Assumptions,
    args: SymbolicArgs,
    input: SymbolicType,
  ) => readonly SymbolicWeight[];
};

/** A type that asks for nothing. */
export const free = (type: SymbolicType): LayerTyping => ({ type, demands: [] });

/** The rule of a layer that takes maps only. */
export const onMap =
  (
    rule: (assumed: Assumptions, args: SymbolicArgs, map: SymbolicMap) => LayerTyping,
  ): SymbolicRow['type'] =>
  (assumed, args, [x]) =>
    x?.tag === 'map' ? rule(assumed, args, x) : undefined;

/** The type of the input, whatever it is. */
export const keeping: SymbolicRow = { type: (_, __, [x]) => x && free(x) };

/** A map after a step on each axis, with `c` channels. */
export const stepping = (
  assumed: Assumptions,
  map: SymbolicMap,
  along: (axis: 'h' | 'w') => SymbolicStep,
  c: Channels,
): SymbolicMap => ({
  tag: 'map',
  h: through(assumed, map.h, along('h')),
  w: through(assumed, map.w, along('w')),
  c,
});

/** What the arguments of a layer make of an axis. */
export type StepOf = (assumed: Assumptions, args: SymbolicArgs, axis: 'h' | 'w') => SymbolicStep;

/** A layer that changes the size of a map and keeps its channels. */
export const stepped = (
  step: StepOf,
  demands: (args: SymbolicArgs) => readonly Demand[] = () => [],
): SymbolicRow => ({
  type: onMap((assumed, args, map) => ({
    type: stepping(assumed, map, (axis) => step(assumed, args, axis), map.c),
    demands: demands(args),
  })),
});

const groupsDivide = (args: SymbolicArgs, c: Channels): readonly Demand[] => {
  const by = countIn(args['groups']);
  const demand = (of: Channels): Demand => ({
    tag: 'divides',
    by,
    of,
    why: '`groups` divides the channels',
  });
  return by === 1 ? [] : [demand(c), demand(countIn(args['channels']))];
};

/** The rule of a convolution with `channels` and `groups`. */
export const grouped = (step: StepOf): SymbolicRow['type'] =>
  onMap((assumed, args, map) => ({
    type: stepping(assumed, map, (axis) => step(assumed, args, axis), countIn(args['channels'])),
    demands: [...groupsDivide(args, map.c), ...spanDemands(args)],
  }));

/** The channels of one group. */
export const part = (assumed: Assumptions, c: Channels, groups: Channels): Channels =>
  divided(c, groups) ?? floored(assumed, c, groups);

/** The height and width of a kernel. */
export const sizeIn = (args: SymbolicArgs): readonly [h: Channels, w: Channels] => [
  extentAlong(args['size'], 'h'),
  extentAlong(args['size'], 'w'),
];

/** `kernel`, and `bias` where the flag of that name is set. */
export const kernelAndBias = (
  args: SymbolicArgs,
  shape: readonly Channels[],
  units: Channels,
): readonly SymbolicWeight[] => [
  { name: 'kernel', shape },
  { name: 'bias', shape: [units], when: args['bias'] },
];
