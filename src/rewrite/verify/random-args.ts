/** Random arguments, biased towards faults: groups, strides, asymmetric pads, an absent bias. */
import type { ArgValue, OpParam } from '../../ops/params.ts';
import type { Choices } from './choices.ts';

/** The context in which an argument is chosen. */
export type Around = {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** the groups of the layer, once they are chosen */
  readonly groups: number;
  /** the numbers of the rule and of its conditions */
  readonly literals: readonly number[];
};

const divisors = (n: number): readonly number[] =>
  Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0);

/** A random argument; undefined leaves out a parameter that may be absent. */
export const randomArg = (
  param: OpParam,
  around: Around,
  choose: Choices,
): ArgValue | undefined => {
  const near =
    around.literals.length > 0 && choose.once(4) ? nearby(param, around, choose) : undefined;
  return near ?? anyArg(param, around, choose);
};

/** A number beside one that the rule has: a rule is often wrong right where a condition ends. */
const nearby = (
  { name, kind }: OpParam,
  { literals, groups }: Around,
  choose: Choices,
): ArgValue | undefined => {
  const n = pick(literals, choose) + choose.of(0, 1, -1);
  const isWhole = Number.isInteger(n) && n >= 0 && n <= mostNear;
  switch (kind.tag) {
    case 'integer':
      return isWhole && n >= kind.min && (name !== 'channels' || n % groups === 0) ? n : undefined;
    case 'real':
      return n >= kind.min && n <= kind.max ? n : undefined;
    case 'extent':
      return isWhole && n > 0 ? { h: n, w: n } : undefined;
    case 'padding':
    case 'sides':
      return isWhole ? { top: n, bottom: n, left: n, right: n } : undefined;
    default:
      return undefined;
  }
};

/** Larger ones make no net that is small enough. */
const mostNear = 2000;

const anyArg = (param: OpParam, around: Around, choose: Choices): ArgValue | undefined => {
  switch (param.name) {
    case 'groups':
      return pick(divisors(around.channels), choose);
    case 'size':
      if (param.kind.tag === 'integer') return choose.of(1, 3, 5);
      return extent(choose, () =>
        choose.once(6) ? choose.of(7, 4, 9, 11) : choose.of(1, 2, 3, 5),
      );
    case 'stride':
      return extent(choose, () => (choose.once(6) ? choose.of(4, 5) : choose.of(1, 2, 3)));
    case 'channels':
      // the incoming channels, for a layer that may state them
      if (param.default?.tag === 'absent') return choose.once(4) ? around.channels : undefined;
      // large numbers are for rules that demand them behind `where`; the simplest choice is small
      return around.groups * (choose.once(12) ? choose.of(16, 33) : choose.below(4) + 1);
    case 'height':
    case 'width':
      // what states a size takes no other
      return choose.once(4) ? undefined : around[param.name] + (choose.once(8) ? 1 : 0);
    case 'dilation':
      return choose.of(1, 1, 2);
    case 'eps':
      return choose.of(1e-5, 1e-3, 0.25);
    case 'factor':
      return choose.once(8) ? choose.of(1000, -1e6) : choose.of(1, 2, -0.5, 0);
    default:
      // the simplest choice is the default
      return param.default?.tag === 'value' && !choose.once(2)
        ? param.default.value
        : byKind(param.kind, around, choose);
  }
};

const pick = <A>(all: readonly A[], choose: Choices): A => {
  const [first, ...others] = all;
  if (first === undefined) throw new RangeError('nothing to choose from');
  return choose.of(first, ...others);
};

const extent = (choose: Choices, side: () => number): ArgValue => {
  const h = side();
  return choose.once(4) ? { h, w: side() } : { h, w: h };
};

const sides = (choose: Choices): ArgValue => {
  const top = choose.below(3);
  if (!choose.once(2)) return { top, bottom: top, left: top, right: top };
  return { top, bottom: choose.below(3), left: choose.below(3), right: choose.below(3) };
};

const byKind = (kind: OpParam['kind'], around: Around, choose: Choices): ArgValue => {
  switch (kind.tag) {
    case 'integer':
      return Math.max(kind.min, choose.below(4) + 1);
    case 'real':
      return Math.min(kind.max, Math.max(kind.min, choose.of(0.5, 0.1, 1, 0)));
    case 'flag':
      return choose.of(true, false);
    case 'extent':
      return extent(choose, () => choose.below(3) + 1);
    case 'padding': {
      const word = choose.below(kind.words.length + 2);
      return kind.words[word] ?? sides(choose);
    }
    case 'sides':
      return sides(choose);
    case 'range': {
      const from = choose.below(around.channels);
      return { from, to: from + 1 + choose.below(around.channels - from) };
    }
    case 'word':
      return pick(kind.words, choose);
  }
};
