/** Joins of branches whose numbers are symbols. */
import type { Channels } from '../../size/channels.ts';
import type { Assumptions } from './assumptions.ts';
import { textOf } from './polynomials.ts';
import type { SymbolicRow } from './rules.ts';
import {
  axisOf,
  sameSize,
  showSize,
  type Demand,
  type SymbolicAxis,
  type SymbolicMap,
  type SymbolicType,
} from './types.ts';
import { joinedSize } from './windows.ts';

/** The map that all maps are, and that they are one. */
const agreeing = (
  assumed: Assumptions,
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
    return axisOf(joinedSize(assumed, [size, ...rest]));
  };
  const map: SymbolicMap = { tag: 'map', h: along('h'), w: along('w'), c: first.c };
  return { map, demands };
};

/** That all branches have the channels of the first. */
const equalChannels = (inputs: readonly SymbolicType[]): readonly Demand[] =>
  inputs.slice(1).map((x) => ({
    tag: 'equal',
    a: x.c,
    b: inputs[0]!.c,
    why: 'the branches have equal channels',
  }));

/** A demand that cannot be decided. */
const doubtful = (d: Demand): Demand => ({ tag: 'holds', text: textOf('unknown'), why: d.why });

const isMap = (t: SymbolicType): t is SymbolicMap => t.tag === 'map';

/** What differs between joins. */
type Joining = {
  /** vectors may stand beside maps */
  readonly mixed: boolean;
  /** the order of the branches in the net may be another */
  readonly commutes: boolean;
  /** the channels of the result, where they are not those of the first branch, which all have then */
  readonly channels?: (inputs: readonly SymbolicType[]) => Channels;
};

/** The statement of a row that joins branches. */
export const joining = ({ mixed, commutes, channels }: Joining): SymbolicRow => ({
  type: (assumed, _, inputs) => {
    const maps = inputs.filter(isMap);
    if (inputs.length === 0 || (!mixed && maps.length > 0 && maps.length < inputs.length))
      return undefined;
    const c = channels === undefined ? inputs[0]!.c : channels(inputs);
    const alike = channels === undefined ? equalChannels(inputs) : [];
    const joined = agreeing(assumed, maps);
    if (joined === undefined) return { type: { tag: 'vector', c }, demands: alike };
    // whose size is taken depends on the order, and that is the net's
    const isLoose = commutes && joined.demands.length > 0;
    const map: SymbolicMap = isLoose
      ? { ...joined.map, h: axisOf('unknown'), w: axisOf('unknown') }
      : joined.map;
    const agree = isLoose ? joined.demands.map(doubtful) : joined.demands;
    return { type: { ...map, c }, demands: [...agree, ...alike] };
  },
});
