/**
 * What the pixels of a map see of the image along one axis. The axis has no ends here: borders take pixels away from
 * what is seen and add none, so the largest numbers are those far from them.
 *
 * A layer is a Reading: which pixels of its input each pixel of its output is made of. A View is what a chain of
 * readings makes of the image: the first and the last pixel of the image that each pixel of the map sees. Both repeat
 * after some pixels (a phase for each of them), so unions over branches and enlarged maps are exact. The first pixel
 * seen never falls from one period to the next, so of many pixels that are read one period at each end is enough.
 */
import { floorDiv, gcd, lcm, mod } from './integers.ts';

/** The pixels first, first + step, … of the input, `count` in all. */
export type Run = { readonly first: number; readonly step: number; readonly count: number };

/**
 * With n phases, output pixel n·q + φ is made of `run(φ)`, moved by rise·q. `everywhere` is false where the places
 * depend on the size of the image; they are then those for a size that every stride divides.
 */
export type Reading = {
  readonly rise: number;
  readonly phases: number;
  readonly run: (phase: number) => Run;
  readonly everywhere: boolean;
};

/** Pixels of the image from the first to the last; of none, ∞ to −∞; of all, −∞ to ∞. */
export type Hull = { readonly first: number; readonly last: number };

/**
 * With n hulls, pixel n·q + φ sees hull φ, moved by q·n·over/under; over/under is reduced. It is the number of pixels
 * of the image from one pixel to the next. n is as small as can be.
 */
export type View = {
  readonly over: number;
  readonly under: number;
  readonly hulls: readonly Hull[];
  /** some reading on the way had several phases: it puts pixels between those of its input */
  readonly enlarged: boolean;
  readonly everywhere: boolean;
};

/** More phases than this are not followed: what is seen is then not a number. */
export const MOST_PHASES = 65_536;

const one: Run = { first: 0, step: 1, count: 1 };
/** The pixel so much further on. */
export const shiftedBy = (by: number): Reading => ({
  rise: 1,
  phases: 1,
  run: () => ({ ...one, first: by }),
  everywhere: true,
});

/** The widest run of a reading, from its first pixel to its last. */
export const longestRun = ({ phases, run }: Reading): number => {
  let most = 0;
  for (let phase = 0; phase < phases; phase++) {
    const { step, count } = run(phase);
    most = Math.max(most, count === 0 ? 0 : step * (count - 1) + 1);
  }
  return most;
};

/** The image itself. */
export const itself: View = {
  over: 1,
  under: 1,
  hulls: [{ first: 0, last: 0 }],
  enlarged: false,
  everywhere: true,
};

const nothing: Hull = { first: Infinity, last: -Infinity };
const all: Hull = { first: -Infinity, last: Infinity };
const tooMany: Hull = { first: NaN, last: NaN };

const union = (a: Hull, b: Hull): Hull => ({
  first: Math.min(a.first, b.first),
  last: Math.max(a.last, b.last),
});

const isSame = (a: Hull, b: Hull, by = 0): boolean =>
  a.first + by === b.first && a.last + by === b.last;

const isTooMany = ({ hulls }: View): boolean => Number.isNaN(hulls[0]!.first);

/** What pixel u of the map sees. */
const hullAt = ({ over, under, hulls }: View, u: number): Hull => {
  const n = hulls.length;
  const { first, last } = hulls[mod(u, n)]!;
  const by = (floorDiv(u, n) * n * over) / under;
  return { first: first + by, last: last + by };
};

/** How many pixels of a run decide at either end what they see together: one period of them. */
const pixelsOfRun = ({ hulls: { length: n } }: View, { step, count }: Run): number =>
  Math.min(count, n / gcd(step, n));

/** What the pixels of a run see together. */
const hullOfRun = (view: View, { first, step, count }: Run, by: number): Hull => {
  const period = pixelsOfRun(view, { first, step, count });
  let seen = nothing;
  for (let t = 0; t < period; t++) {
    seen = union(seen, hullAt(view, first + by + step * t));
    seen = union(seen, hullAt(view, first + by + step * (count - 1 - t)));
  }
  return seen;
};

/** The same view with as few hulls as can be. */
const reduced = (view: View): View => {
  const { hulls, over, under } = view;
  const n = hulls.length;
  const repeatsAfter = (d: number): boolean =>
    n % d === 0 &&
    hulls.every((hull, i) => i < d || isSame(hulls[i - d]!, hull, (d * over) / under));
  for (let d = 1; d < n; d++) if (repeatsAfter(d)) return { ...view, hulls: hulls.slice(0, d) };
  return view;
};

/** Whether each pixel is made of the one at its place alone. */
const isOfItself = ({ rise, phases, run, everywhere }: Reading): boolean => {
  if (!everywhere || rise !== 1 || phases !== 1) return false;
  const { first, count } = run(0);
  return first === 0 && count === 1;
};

/** The hulls of what is seen through a reading, before they are reduced. */
export const periodThrough = ({ hulls: { length: n } }: View, { rise, phases }: Reading): number =>
  phases * (n / gcd(rise, n));

/** A view that is not followed any further. */
export const unfollowed = (view: View): View => ({ ...view, hulls: [tooMany] });

/**
 * Asked before so many hulls are computed: whether they may be. Where they may not, what is seen is not followed.
 * Looking at a hull again costs a part of computing one.
 */
export type Sight = (hulls: number) => boolean;

/** So many hulls in all. */
export const sightFor = (most: number): Sight => {
  let left = most;
  return (hulls) => (left -= hulls) >= 0;
};

export const perLook = 1 / 16;

/** Where more hulls than this have to be looked at, what is seen is not followed either. */
const MOST_LOOKS = 2 ** 20;

/** What is seen through a layer that reads a map with this view. */
export const through = (view: View, reading: Reading, sight: Sight): View => {
  if (isOfItself(reading)) return view;
  const { rise, phases: n, run, everywhere } = reading;
  const [top, bottom] = [view.over * rise, view.under * n];
  const common = gcd(top, bottom);
  const seen = {
    over: top / common,
    under: bottom / common,
    enlarged: view.enlarged || n > 1,
    everywhere: view.everywhere && everywhere,
  };
  const period = periodThrough(view, reading);
  if (isTooMany(view) || period > MOST_PHASES) return { ...seen, hulls: [tooMany] };
  const runs = Array.from({ length: n }, (_, phase) => run(phase));
  const looks = runs.reduce((sum, one) => sum + pixelsOfRun(view, one), 0) * (period / n);
  if (looks > MOST_LOOKS || !sight(period + looks * perLook)) return { ...seen, hulls: [tooMany] };
  const hulls = Array.from({ length: period }, (_, u) =>
    hullOfRun(view, runs[u % n]!, rise * Math.floor(u / n)),
  );
  return reduced({ ...seen, hulls });
};

/** Everything, and as far apart as before. */
export const seeingAll = (view: View): View => ({
  ...view,
  hulls: [isTooMany(view) ? tooMany : all],
});

/** The most pixels that one pixel sees, from the first to the last; ∞ is all of them. NaN if it is not followed. */
export const spanOf = ({ hulls }: View): number =>
  hulls.reduce((most, { first, last }) => Math.max(most, last - first + 1), 0);

const areAlike = (a: View, b: View): boolean => a.over === b.over && a.under === b.under;

/**
 * What both see together. Maps of one size can lie differently far apart only where the size is fixed and small, and
 * then the wider view counts.
 */
export const together = (a: View, b: View, sight: Sight): View => {
  if (a === b) return a;
  if (!areAlike(a, b)) return spanOf(b) > spanOf(a) ? b : a;
  const period = lcm(a.hulls.length, b.hulls.length);
  const hulls =
    isTooMany(a) || isTooMany(b) || !(period <= MOST_PHASES) || !sight(period)
      ? [tooMany]
      : Array.from({ length: period }, (_, u) => union(hullAt(a, u), hullAt(b, u)));
  const enlarged = a.enlarged || b.enlarged;
  return reduced({ ...a, hulls, enlarged, everywhere: a.everywhere && b.everywhere });
};

/** For each phase whether a pixel sees nothing: it is a bias, which no input changes. */
export const blanksOf = ({ hulls }: View): readonly boolean[] =>
  hulls.map(({ first, last }) => first > last);

/** Where the middle of the first pixel lies, in pixels of the image, on the average over the phases that see any. */
export const centerOf = ({ hulls, over, under }: View): number => {
  const middles = hulls.flatMap(({ first, last }, i) =>
    first > last ? [] : [(first + last) / 2 - (i * over) / under],
  );
  return middles.reduce((sum, middle) => sum + middle / middles.length, 0);
};

/** How much further one view begins and ends than another. */
export type Move = { readonly first: number; readonly last: number };

/** From `before` to `now`, where that is the same for all pixels; all that is seen through them moves as far. */
export const moveBetween = (before: View, now: View): Move | undefined => {
  const isLike =
    areAlike(before, now) &&
    before.hulls.length === now.hulls.length &&
    before.enlarged === now.enlarged &&
    before.everywhere === now.everywhere;
  if (!isLike) return undefined;
  if (before.hulls === now.hulls) return { first: 0, last: 0 };
  let move: Move | undefined;
  for (const [i, a] of before.hulls.entries()) {
    const b = now.hulls[i]!;
    if (!Number.isFinite(a.first)) {
      if (isSame(a, b)) continue;
      return undefined;
    }
    if (!Number.isFinite(b.first)) return undefined;
    move ??= { first: b.first - a.first, last: b.last - a.last };
    if (a.first + move.first !== b.first || a.last + move.last !== b.last) return undefined;
  }
  return move ?? { first: 0, last: 0 };
};

/** A view that begins and ends so much further on. */
export const movedBy = (view: View, { first, last }: Move): View => ({
  ...view,
  hulls: view.hulls.map((hull) => ({ first: hull.first + first, last: hull.last + last })),
});
