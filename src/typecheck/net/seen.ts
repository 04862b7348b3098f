/**
 * What the pixels of a map see of the image, channel by channel: `(f | g); channels(0..4)` sees what f does. A patch is
 * a band of channels and what they see along each axis; bands may overlap, and then their pixels see both.
 */
import { perObject } from '../../syntax/memo.ts';
import type { Band, Readings } from '../../ops/row.ts';
import { lcm } from '../../size/integers.ts';
import { rowOf } from '../../ops/table.ts';
import { channelsOf, channelwise, pointwise } from '../../ops/parts/rules.ts';
import { numberOf, type TensorType } from '../../ops/types.ts';
import {
  blanksOf,
  itself,
  MOST_PHASES,
  movedBy,
  moveBetween,
  periodThrough,
  perLook,
  seeingAll,
  spanOf,
  through,
  together,
  unfollowed,
  type Move,
  type Sight,
  type View,
} from '../../size/views.ts';
import type { Layer } from './flow.ts';

/** A band of channels whose pixels see h × w. */
type Patch = { readonly channels: Band; readonly h: View; readonly w: View };

/** Of a map its patches; `head` is a vector made of a whole map. */
export type Seen = readonly Patch[] | 'head';

/** What a pixel of the image sees. */
export const imageItself: Seen = [{ channels: { from: 0, to: Infinity }, h: itself, w: itself }];

/** What the output of a layer sees, given what its inputs do. */
export const seenThrough = (layer: Layer, inputs: readonly Seen[], sight: Sight): Seen => {
  const row = rowOf(layer.op);
  if (row.makesVector !== undefined) return 'head';
  if (row.inputs.tag === 'join') return joined(layer, inputs, row.stacks === true, sight);
  const [input] = inputs;
  if (input === undefined || input === 'head') return 'head';
  const field = row.field(layer.args, layer.inputTypes);
  if (field === pointwise && row.changes === channelwise) return input;
  const count = countOf(input, layer.inputTypes[0]);
  const changed = (band: Band): Band =>
    row.changes?.(layer.args, band, count) ?? { from: 0, to: Infinity };
  const bands = field === 'whole' ? input : withinPhases(input, field, sight);
  return tidied(
    bands.map(({ channels, h, w }) => ({
      channels: changed(channels),
      ...(field === 'whole' ? readWhole({ h, w }) : read({ h, w }, field, sight)),
    })),
    sight,
  );
};

const read = (
  { h, w }: Pick<Patch, 'h' | 'w'>,
  field: Readings,
  sight: Sight,
): Pick<Patch, 'h' | 'w'> => {
  const read = through(h, field.h, sight);
  // as almost always
  const isAlike = h === w && field.h === field.w;
  return { h: read, w: isAlike ? read : through(w, field.w, sight) };
};

/** All bands as one where they have too many phases together after a layer. */
const withinPhases = (bands: readonly Patch[], field: Readings, sight: Sight): readonly Patch[] => {
  if (bands.length === 1) return bands;
  const phases = bands.reduce(
    (n, { h, w }) => n + Math.max(periodThrough(h, field.h), periodThrough(w, field.w)),
    0,
  );
  return phases <= MOST_PHASES ? bands : inOneBand(bands, sight);
};

/** Of a map of nothing but biases nothing is to be seen. */
const readWhole = ({ h, w }: Pick<Patch, 'h' | 'w'>): Pick<Patch, 'h' | 'w'> =>
  [h, w].some((view) => !blanksOf(view).includes(false))
    ? { h, w }
    : { h: seeingAll(h), w: seeingAll(w) };

/** A map times a vector of a whole map, a gate, sees everything: any pixel can change the factor. */
const joined = (layer: Layer, inputs: readonly Seen[], stacks: boolean, sight: Sight): Seen => {
  const maps = stacks ? stacked(inputs, layer.inputTypes) : inputs;
  const patches = maps.flatMap((seen) => (seen === 'head' ? [] : seen));
  const gated = inputs.includes('head');
  if (!sight(patches.length)) return unseen(patches);
  if (patches.length === 0 || (gated && layer.output.tag === 'vector')) return 'head';
  return tidied(
    gated ? patches.map((p) => ({ ...p, h: seeingAll(p.h), w: seeingAll(p.w) })) : patches,
    sight,
  );
};

/** Each input’s channels behind those of the inputs before it. */
const stacked = (inputs: readonly Seen[], types: readonly TensorType[]): readonly Seen[] => {
  let before: number | undefined = 0;
  return inputs.map((seen, i) => {
    const offset = before;
    const count = countOf(seen, types[i]);
    before = offset === undefined || count === undefined ? undefined : offset + count;
    if (seen === 'head') return seen;
    return seen.map((patch) => ({ ...patch, channels: shifted(patch.channels, offset, count) }));
  });
};

const shifted = (
  { from, to }: Band,
  offset: number | undefined,
  count: number | undefined,
): Band =>
  offset === undefined
    ? { from: 0, to: Infinity }
    : { from: offset + from, to: offset + Math.min(to, count ?? Infinity) };

/** The number of channels: the bands hold all of them, so it is known where no type is. */
const countOf = (seen: Seen, type: TensorType | undefined): number | undefined => {
  const count = type && numberOf(channelsOf(type));
  if (count !== undefined || seen === 'head') return count;
  const most = seen.reduce((end, { channels }) => Math.max(end, channels.to), 0);
  return Number.isFinite(most) ? most : undefined;
};

/** One patch for each band, unless some pixels of one see nothing where those of another do. */
const tidied = (patches: readonly Patch[], sight: Sight): readonly Patch[] => {
  if (patches.length === 1) return patches;
  const byKey = new Map<string, Patch>();
  for (const patch of patches) {
    const { channels, h, w } = patch;
    if (channels.from >= channels.to) continue;
    const key = `${channels.from} ${channels.to} ${blanksAt(h)} ${blanksAt(w)}`;
    const before = byKey.get(key);
    byKey.set(key, before === undefined ? patch : { channels, ...bothOf(before, patch, sight) });
  }
  const bands = [...byKey.values()];
  return bands.length <= mostBands ? bands : inOneBand(bands, sight);
};

const bothOf = (a: Patch, b: Patch, sight: Sight): Pick<Patch, 'h' | 'w'> => {
  const h = together(a.h, b.h, sight);
  return { h, w: a.h === a.w && b.h === b.w ? h : together(a.w, b.w, sight) };
};

/** More bands are followed as one, or a chain of joins, each with one band more, would take time in its square. */
const mostBands = 64;

/** One band for all channels: a slice of them then counts as seeing what all see. */
const inOneBand = (patches: readonly Patch[], sight: Sight): readonly Patch[] => {
  const byBlanks = new Map<string, Patch>();
  for (const patch of patches) {
    const key = `${blanksAt(patch.h)} ${blanksAt(patch.w)}`;
    const before = byBlanks.get(key);
    byBlanks.set(
      key,
      before === undefined
        ? patch
        : {
            channels: {
              from: Math.min(before.channels.from, patch.channels.from),
              to: Math.max(before.channels.to, patch.channels.to),
            },
            ...bothOf(before, patch, sight),
          },
    );
  }
  return [...byBlanks.values()];
};

/** Empty where every pixel sees something. */
const blanksAt = perObject((view: View): string => {
  const blanks = blanksOf(view);
  return blanks.includes(true) ? blanks.map(Number).join('') : '';
});

/** How far all patches have moved; undefined unless it is as far for each. */
export const movedTo = (
  before: Seen,
  now: Seen,
  sight: Sight,
): { readonly h: Move; readonly w: Move } | undefined => {
  if (before === 'head' || now === 'head' || before.length !== now.length) return undefined;
  if (before !== now && !sight(hullsIn(now) * perLook)) return undefined;
  let move: { readonly h: Move; readonly w: Move } | undefined;
  for (const [i, a] of before.entries()) {
    const b = now[i]!;
    const isSameBand = a.channels.from === b.channels.from && a.channels.to === b.channels.to;
    const [h, w] = [moveBetween(a.h, b.h), moveBetween(a.w, b.w)];
    if (!isSameBand || h === undefined || w === undefined) return undefined;
    if (move !== undefined && !(isSameMove(move.h, h) && isSameMove(move.w, w))) return undefined;
    move = { h, w };
  }
  return move;
};

const isSameMove = (a: Move, b: Move): boolean => a.first === b.first && a.last === b.last;

/** Patches moved so far. */
export const moved = (
  seen: Seen,
  { h, w }: { readonly h: Move; readonly w: Move },
  sight: Sight,
): Seen => {
  if (seen === 'head' || (stays(h) && stays(w))) return seen;
  if (!sight(hullsIn(seen))) return unseen(seen);
  return seen.map((patch) => ({ ...patch, h: movedBy(patch.h, h), w: movedBy(patch.w, w) }));
};

const stays = ({ first, last }: Move): boolean => first === 0 && last === 0;

const hullsIn = (patches: readonly Patch[]): number =>
  patches.reduce((n, { h, w }) => n + h.hulls.length + w.hulls.length, 0);

/** One band that is not followed any further. */
const unseen = (patches: readonly Patch[]): readonly Patch[] =>
  patches.slice(0, 1).map(({ h, w }) => ({ ...everyChannel, h: unfollowed(h), w: unfollowed(w) }));

const everyChannel = { channels: { from: 0, to: Infinity } };

type AxisName = 'h' | 'w';

/** What all channels of a pixel see together along an axis. */
export const alongAxis = (patches: readonly Patch[], axis: AxisName, sight: Sight): View => {
  // what is not kept costs less
  const passing: Sight = (hulls) => sight(hulls * perLook);
  return patches
    .map((patch) => patch[axis])
    .reduce((a, b) => together(a, b, passing), patches[0]?.[axis] ?? itself);
};

/**
 * The most that one pixel sees along an axis. Where some pixels see nothing along the other axis, the patches that a
 * pixel sees at all depend on its place there.
 */
export const spanAlong = (patches: readonly Patch[], axis: AxisName, sight: Sight): number => {
  const other = axis === 'h' ? 'w' : 'h';
  const blanks = patches.map((patch) => blanksOf(patch[other]));
  if (!blanks.some((b) => b.includes(true))) return spanOf(alongAxis(patches, axis, sight));
  const period = blanks.reduce((n, b) => lcm(n, b.length), 1);
  if (!(period <= MOST_PHASES) || !sight(period * patches.length * perLook)) return NaN;
  const groups = new Map<string, readonly Patch[]>();
  for (let at = 0; at < period; at++) {
    const seeing = blanks.map((b) => b[at % b.length] === false);
    groups.set(
      seeing.join(),
      patches.filter((_, i) => seeing[i]),
    );
  }
  const spans = [...groups.values()].map((some) =>
    some.length === 0 ? 0 : spanOf(alongAxis(some, axis, sight)),
  );
  return spans.reduce((a, b) => Math.max(a, b), 0);
};
