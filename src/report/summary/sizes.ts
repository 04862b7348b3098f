/** Types in few letters: a long size such as `(h + 3)/4` is `h/4`, and a legend says what that stands for. */
import { period, rise } from '../../size/sizes.ts';
import {
  showAxis,
  showChannels,
  showType,
  type Axis,
  type MaybeAxis,
  type TensorType,
} from '../../ops/types.ts';

/** How types are written in a table, and what its short sizes stand for. */
export type Sizes = {
  readonly show: (type: TensorType) => string;
  /** equations in backticks: h/4 = (h + 3)/4, … */
  readonly legend: readonly string[];
};

/** A size in more letters gets a short name. */
const longest = 7;

/** The size without what is added to it: `h/4`, `2*h`, `3*h/2`. */
const ratio = ({ variable, size }: Axis): string => {
  const [up, down] = [rise(size), period(size)];
  return `${up === 1 ? '' : `${up}*`}${variable}${down === 1 ? '' : `/${down}`}`;
};

const axesOf = (type: TensorType): readonly Axis[] =>
  type.tag === 'map' ? [type.h, type.w].flatMap((axis) => (axis === 'unknown' ? [] : axis)) : [];

/** Short names for the sizes of these types, in their order. Sizes of one ratio differ in primes: `h/2`, `h/2'`. */
export const sizesOf = (types: readonly TensorType[]): Sizes => {
  const axes = new Map(types.flatMap(axesOf).map((axis) => [showAxis(axis), axis]));
  const taken = new Set([...axes.keys()].filter((text) => text.length <= longest));
  const shorts = new Map<string, string>();
  for (const [long, axis] of axes) {
    if (long.length <= longest) continue;
    let short = ratio(axis);
    while (taken.has(short)) short += "'";
    if (short.length >= long.length) continue;
    taken.add(short);
    shorts.set(long, short);
  }
  const shown = (axis: MaybeAxis): string => {
    const long = showAxis(axis);
    return shorts.get(long) ?? long;
  };
  return {
    show: (type) =>
      type.tag === 'map'
        ? `[${shown(type.h)}, ${shown(type.w)}, ${showChannels(type.c)}]`
        : showType(type),
    legend: legendOf(
      [...shorts].map(([long, short]) => ({ short, long, variable: axes.get(long)!.variable })),
    ),
  };
};

type Short = { readonly short: string; readonly long: string; readonly variable: string };

/** `h/4 = (h + 3)/4`, or the same for any variable. */
const equation = ({ short, long, variable }: Short, as = variable): string =>
  `${short} = ${long}`.replaceAll(new RegExp(`\\b${variable}\\b`, 'g'), as);

/** The equations of one variable after the other; if a later one has those of the first, only its name. */
const legendOf = (shorts: readonly Short[]): Sizes['legend'] => {
  const variables = [...new Set(shorts.map(({ variable }) => variable))];
  const own = variables.map((v) => shorts.filter(({ variable }) => variable === v));
  const alike = own.map((all) => all.map((s) => equation(s, '_')).join());
  return own.flatMap((all, i) =>
    i > 0 && alike[i] === alike[0]
      ? [`\`${variables[i]!}\` likewise`]
      : all.map((s) => `\`${equation(s)}\``),
  );
};
