/**
 * What every operator does to a type whose numbers are symbols, and which weights it has: the shape rules of
 * the rows, for all values of their arguments at once. The rows are the truth; a law in `test/rewrite` holds
 * each entry to its row, on random arguments and inputs.
 */
import { minus, plus, times, type Channels } from '../../size/channels.ts';
import { floored } from './floors.ts';
import type { Known } from './known.ts';
import { divided, textOf } from './polynomials.ts';
import {
  axisOf,
  sameSize,
  showSize,
  sizeOf,
  through,
  type Demand,
  type SymbolicAxis,
  type SymbolicMap,
  type SymbolicStep,
  type SymbolicType,
} from './types.ts';
import { showSymbolic, type Symbolic, type SymbolicArgs } from './values.ts';
import {
  countIn,
  extentAlong,
  joinedSize,
  poolDemands,
  shiftAlong,
  spanDemands,
  spreadAlong,
  windowAlong,
} from './windows.ts';

export type LayerTyping = { readonly type: SymbolicType; readonly demands: readonly Demand[] };

/** `when` is the flag that decides whether the weight is there. */
export type SymbolicWeight = {
  readonly name: string;
  readonly shape: readonly Channels[];
  readonly when?: Symbolic | undefined;
};

type Operator = {
  /** undefined when no values of the symbols make this a network: a map where a vector is needed */
  readonly type: (
    k: Known,
    args: SymbolicArgs,
    inputs: readonly SymbolicType[],
  ) => LayerTyping | undefined;
  readonly weights: (
    k: Known,
    args: SymbolicArgs,
    input: SymbolicType,
  ) => readonly SymbolicWeight[];
};

const noWeights: Operator['weights'] = () => [];
const free = (type: SymbolicType): LayerTyping => ({ type, demands: [] });

type OnMap = (k: Known, args: SymbolicArgs, map: SymbolicMap) => LayerTyping;

const onMap =
  (rule: OnMap): Operator['type'] =>
  (k, args, [x]) =>
    x?.tag === 'map' ? rule(k, args, x) : undefined;

const stepping = (
  k: Known,
  map: SymbolicMap,
  along: (axis: 'h' | 'w') => SymbolicStep,
  c: Channels,
): SymbolicMap => ({
  tag: 'map',
  h: through(k, map.h, along('h')),
  w: through(k, map.w, along('w')),
  c,
});

/** A layer that moves a window of its arguments over a map. */
const stepped = (
  step: (k: Known, args: SymbolicArgs, axis: 'h' | 'w') => SymbolicStep,
  demands: (args: SymbolicArgs) => readonly Demand[] = () => [],
): Operator => ({
  type: onMap((k, args, map) => ({
    type: stepping(k, map, (axis) => step(k, args, axis), map.c),
    demands: demands(args),
  })),
  weights: noWeights,
});

const keeping: Operator = { type: (_, __, [x]) => x && free(x), weights: noWeights };

// -------------------------------------------------------------------------------------- convolutions

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

const grouped = (
  step: (k: Known, args: SymbolicArgs, axis: 'h' | 'w') => SymbolicStep,
): Operator['type'] =>
  onMap((k, args, map) => ({
    type: stepping(k, map, (axis) => step(k, args, axis), countIn(args['channels'])),
    demands: [...groupsDivide(args, map.c), ...spanDemands(args)],
  }));

const part = (k: Known, c: Channels, groups: Channels): Channels =>
  divided(c, groups) ?? floored(k, c, groups);

const kernelAndBias = (
  args: SymbolicArgs,
  shape: readonly Channels[],
  units: Channels,
): readonly SymbolicWeight[] => [
  { name: 'kernel', shape },
  { name: 'bias', shape: [units], when: args['bias'] },
];

const conv: Operator = {
  type: grouped(windowAlong),
  weights: (k, args, { c }) => {
    const [n, g] = [countIn(args['channels']), countIn(args['groups'])];
    const [h, w] = [extentAlong(args['size'], 'h'), extentAlong(args['size'], 'w')];
    return kernelAndBias(args, [h, w, part(k, c, g), n], n);
  },
};

const depthwise: Operator = {
  type: onMap((k, args, map) => {
    const c = times(map.c, countIn(args['multiplier']));
    return {
      type: stepping(k, map, (axis) => windowAlong(k, args, axis), c),
      demands: spanDemands(args),
    };
  }),
  weights: (_, args, { c }) => {
    const m = countIn(args['multiplier']);
    const [h, w] = [extentAlong(args['size'], 'h'), extentAlong(args['size'], 'w')];
    return kernelAndBias(args, [h, w, c, m], times(c, m));
  },
};

const deconv: Operator = {
  type: grouped(spreadAlong),
  weights: (k, args, { c }) => {
    const [n, g] = [countIn(args['channels']), countIn(args['groups'])];
    const [h, w] = [extentAlong(args['size'], 'h'), extentAlong(args['size'], 'w')];
    return kernelAndBias(args, [h, w, part(k, n, g), c], n);
  },
};

const fc: Operator = {
  type: (_, args, [x]) =>
    x?.tag === 'vector' ? free({ tag: 'vector', c: countIn(args['units']) }) : undefined,
  weights: (_, args, { c }) => {
    const n = countIn(args['units']);
    return kernelAndBias(args, [c, n], n);
  },
};

// ------------------------------------------------------------------------------------- other layers

const pool = stepped(windowAlong, poolDemands);

const gap: Operator = {
  type: onMap((_, __, { c }) => free({ tag: 'vector', c })),
  weights: noWeights,
};

const flatten: Operator = {
  type: (k, _, [x]) => {
    if (x?.tag !== 'map') return x && free(x);
    const [h, w] = [sizeOf(k, x.h), sizeOf(k, x.w)];
    const why = '`flatten` gets a map of fixed size';
    return {
      type: { tag: 'vector', c: times(times(h, w), x.c) },
      demands: [h, w].map((of) => ({ tag: 'fixed', of, why })),
    };
  },
  weights: noWeights,
};

const batchnorm: Operator = {
  type: (_, args, [x]) => {
    if (x === undefined) return undefined;
    const expected = args['channels'];
    const why = '`batchnorm` gets the channels that it states';
    if (expected === undefined || expected.tag === 'absent') return free(x);
    const demand: Demand =
      expected.tag === 'count'
        ? { tag: 'equal', a: expected.count, b: x.c, why }
        : { tag: 'holds', text: `${showSymbolic(expected)} is ${showSize(axisOf(x.c))}`, why };
    return { type: x, demands: [demand] };
  },
  weights: (_, __, { c }) =>
    ['gamma', 'beta', 'mean', 'variance'].map((name) => ({ name, shape: [c] })),
};

const lrn: Operator = { type: onMap((_, __, map) => free(map)), weights: noWeights };

const channels: Operator = {
  type: (_, args, [x]) => {
    const range = args['range'];
    if (x === undefined) return undefined;
    const [from, to] =
      range?.tag === 'range' ? [range.from, range.to] : (['unknown', 'unknown'] as const);
    const why = '`channels` cuts within the channels there are';
    return {
      type: { ...x, c: minus(to, from) },
      demands: [
        { tag: 'at least', of: from, least: 0, why },
        { tag: 'at least', of: minus(to, from), least: 1, why },
        { tag: 'at least', of: minus(x.c, to), least: 0, why },
      ],
    };
  },
  weights: noWeights,
};

const upsample = stepped((_, args) => ({ times: countIn(args['scale']), plus: 0, over: 1 }));

// -------------------------------------------------------------------------------------------- joins

/** The map that all maps are, and that they are one. */
const agreeing = (
  k: Known,
  maps: readonly SymbolicMap[],
): { readonly map: SymbolicMap; readonly demands: readonly Demand[] } | undefined => {
  const [first, ...others] = maps;
  if (first === undefined) return undefined;
  const why = 'the branches have one size';
  const demands: Demand[] = [];
  const along = (axis: 'h' | 'w'): SymbolicAxis => {
    const [size, ...rest] = [first[axis], ...others.map((m) => m[axis])] as const;
    if (rest.every((other) => sameSize(size, other))) return size;
    // one of them is taken, and which depends on what they are
    demands.push({ tag: 'holds', text: [size, ...rest].map(showSize).join(' = '), why });
    return axisOf(joinedSize(k, [size, ...rest]));
  };
  const map: SymbolicMap = { tag: 'map', h: along('h'), w: along('w'), c: first.c };
  return { map, demands };
};

const equalChannels = (inputs: readonly SymbolicType[]): readonly Demand[] =>
  inputs.slice(1).map((x) => ({
    tag: 'equal',
    a: x.c,
    b: inputs[0]!.c,
    why: 'the branches have equal channels',
  }));

/** What nobody can tell of. */
const doubtful = (d: Demand): Demand => ({ tag: 'holds', text: textOf('unknown'), why: d.why });

const isMap = (t: SymbolicType): t is SymbolicMap => t.tag === 'map';

/** `mixed`: vectors may stand beside maps. `commutes`: the order in the net may be another. */
const join = (
  mixed: boolean,
  commutes: boolean,
  c: (inputs: readonly SymbolicType[]) => Channels,
  demands: (inputs: readonly SymbolicType[]) => readonly Demand[],
): Operator => ({
  type: (k, _, inputs) => {
    const maps = inputs.filter(isMap);
    if (inputs.length === 0 || (!mixed && maps.length > 0 && maps.length < inputs.length))
      return undefined;
    const joined = agreeing(k, maps);
    if (joined === undefined)
      return { type: { tag: 'vector', c: c(inputs) }, demands: demands(inputs) };
    // whose size is taken depends on the order, and that is the net's
    const isLoose = commutes && joined.demands.length > 0;
    const map: SymbolicMap = isLoose
      ? { ...joined.map, h: axisOf('unknown'), w: axisOf('unknown') }
      : joined.map;
    const agree = isLoose ? joined.demands.map(doubtful) : joined.demands;
    return { type: { ...map, c: c(inputs) }, demands: [...agree, ...demands(inputs)] };
  },
  weights: noWeights,
});

const firstChannels = (inputs: readonly SymbolicType[]): Channels => inputs[0]?.c ?? 'unknown';
const add = join(false, true, firstChannels, equalChannels);
const multiply = join(true, true, firstChannels, equalChannels);
const concat = join(
  false,
  false,
  (inputs) => inputs.map((x) => x.c).reduce(plus, 0),
  () => [],
);

/** By the name of the row. */
export const operators: ReadonlyMap<string, Operator> = new Map([
  ['conv', conv],
  ['depthwise', depthwise],
  ['deconv', deconv],
  ['fc', fc],
  ['maxpool', pool],
  ['avgpool', pool],
  ['gap', gap],
  ['batchnorm', batchnorm],
  ['lrn', lrn],
  ...['relu', 'relu6', 'leaky_relu', 'sigmoid', 'tanh', 'softmax', 'scale', 'dropout', 'id'].map(
    (name) => [name, keeping] as const,
  ),
  ['flatten', flatten],
  ['pad', stepped((_, args, axis) => shiftAlong(args['by'], axis, 1))],
  ['crop', stepped((_, args, axis) => shiftAlong(args['by'], axis, -1))],
  ['channels', channels],
  ['upsample', upsample],
  ['add', add],
  ['multiply', multiply],
  ['concat', concat],
]);
