/**
 * Parts below each other on one axis. A value that one part remembers and a later one recalls travels in a lane to the
 * right of them; side branches hang further right, beside the parts that follow.
 */
import { go, largest, sizes, type Arranged, type Pen, type Wire } from './arrange.ts';
import { recalledWire } from './arrange-fork.ts';
import type { Part } from './diagram.ts';

/** A step of the sequence at its height below the top. */
type Step = { readonly part: Part; readonly y: number; readonly arranged: Arranged | undefined };

type Lane = { readonly key: number; readonly from: number; readonly to: number };

/** Lanes for values that one step remembers and a later one recalls; the shortest is the innermost. */
const lanesOf = (steps: readonly Step[]): ReadonlyMap<number, number> => {
  const began = new Map<number, number>();
  const ways: Lane[] = [];
  steps.forEach(({ part, arranged }, i) => {
    const recalls = part.tag === 'recall' ? [part.key] : (arranged?.recalls ?? []);
    for (const key of recalls) {
      const from = began.get(key);
      if (from !== undefined) ways.push({ key, from, to: i });
    }
    const keeps = part.tag === 'keep' ? [part.key] : (arranged?.keeps ?? []);
    for (const key of keeps) began.set(key, i);
  });
  const lanes = new Map<number, number>();
  const taken: Lane[][] = [];
  for (const way of ways.sort((a, b) => a.to - a.from - (b.to - b.from))) {
    const known = lanes.get(way.key);
    const free = taken.findIndex((lane) => lane.every((w) => w.to <= way.from || w.from >= way.to));
    const lane = known ?? (free < 0 ? taken.length : free);
    (taken[lane] ??= []).push(way);
    lanes.set(way.key, lane);
  }
  return lanes;
};

type Side = {
  readonly step: Step;
  readonly arranged: Arranged;
  readonly axis: number;
  readonly y: number;
};

/** How far a side branch runs down before its first box. */
const drop = 14;

/** Side branches right of `edge`, below each other where they fit. */
const sidesOf = (steps: readonly Step[], edge: number): readonly Side[] => {
  const columns: { bottom: number; right: number; left: number }[] = [];
  const sides: Side[] = [];
  for (const step of steps) {
    const { part, arranged, y } = step;
    if (part.tag !== 'side' || arranged === undefined) continue;
    const start = y + drop;
    let column = columns.find((c) => c.bottom + sizes.gap <= y);
    if (column === undefined) {
      const left = (columns.at(-1)?.right ?? edge) + sizes.column;
      column = { bottom: 0, left, right: left };
      columns.push(column);
    }
    sides.push({ step, arranged, axis: column.left + arranged.left, y: start });
    column.bottom = start + arranged.height;
    column.right = Math.max(column.right, column.left + arranged.left + arranged.right);
  }
  return sides;
};

/** The gap between parts: small at points where a value leaves or enters the sequence. */
const gapOf = (before: Part, after: Part): number => {
  const small = (p: Part): boolean => p.tag === 'keep' || p.tag === 'recall' || p.tag === 'side';
  return small(before) || small(after) ? sizes.gap / 2 + 1 : sizes.gap;
};

/** The limit on how much wider a frame is made to match the others. */
const widest = 1.7;

/** Makes frames below each other as wide as the widest, unless the widths differ too much. */
const aligned = (all: readonly (Arranged | undefined)[]): readonly (Arranged | undefined)[] => {
  const frames = all.filter((a) => a?.widened !== undefined).map((a) => a!);
  const left = largest(
    0,
    frames.map((a) => a.left),
  );
  const right = largest(
    0,
    frames.map((a) => a.right),
  );
  return all.map((a) =>
    a?.widened === undefined || left + right > widest * (a.left + a.right)
      ? a
      : a.widened(left, right),
  );
};

const stepsOf = (parts: readonly Part[], arrange: (part: Part) => Arranged): readonly Step[] => {
  const all = aligned(
    parts.map((part) => {
      const point = part.tag === 'keep' || part.tag === 'recall';
      return point ? undefined : arrange(part.tag === 'side' ? part.body : part);
    }),
  );
  let y = 0;
  return parts.map((part, i) => {
    if (i > 0) y += gapOf(parts[i - 1]!, part);
    const arranged = all[i];
    const step = { part, y, arranged };
    if (part.tag !== 'side') y += arranged?.height ?? 0;
    return step;
  });
};

export const sequence = (parts: readonly Part[], arrange: (part: Part) => Arranged): Arranged => {
  const steps = stepsOf(parts, arrange);
  const spine = steps.flatMap(({ part, arranged }) =>
    arranged === undefined || part.tag === 'side' ? [] : [arranged],
  );
  const lanes = lanesOf(steps);
  const body = largest(
    4,
    spine.map((a) => a.right),
  );
  const edge = body + (lanes.size === 0 ? 0 : sizes.lane * (1 + largest(0, lanes.values())) + 4);
  const sides = sidesOf(steps, edge);
  const lastStep = steps.at(-1);
  const end =
    (lastStep?.y ?? 0) + (lastStep?.part.tag === 'side' ? 0 : (lastStep?.arranged?.height ?? 0));
  const all = steps.flatMap(({ arranged }) => (arranged === undefined ? [] : [arranged]));
  const own = (tag: 'keep' | 'recall') =>
    parts.flatMap((part) => (part.tag === tag ? [part.key] : []));

  const step = (
    { part, y, arranged }: Step,
    x: number,
    top: number,
    wire: Wire,
    pen: Pen,
  ): Wire => {
    switch (part.tag) {
      case 'keep':
        pen.kept.set(part.key, go(wire, [x, top + y]));
        return wire;
      case 'recall': {
        const recalled = recalledWire(part.key, pen);
        const [lane] = recalled.points.at(-1)!;
        return go(recalled, [lane, top + y], [x, top + y]);
      }
      case 'side': {
        const side = sides.find((s) => s.step.part === part && s.step.y === y)!;
        const began = go(wire, [x, top + y], [x + side.axis, top + y]);
        side.arranged.place(x + side.axis, top + side.y, began, pen);
        return wire;
      }
      default:
        return arranged!.place(x, top + y, wire, pen);
    }
  };

  return {
    left: largest(
      4,
      spine.map((a) => a.left),
    ),
    right: largest(
      edge,
      sides.map((s) => s.axis + s.arranged.right),
    ),
    height: largest(
      end,
      sides.map((s) => s.y + s.arranged.height),
    ),
    keeps: [...own('keep'), ...all.flatMap((a) => a.keeps)],
    recalls: [...own('recall'), ...all.flatMap((a) => a.recalls)],
    place: (x, y, wire, pen) => {
      for (const [key, lane] of lanes)
        if (!pen.lanes.has(key)) pen.lanes.set(key, x + body + sizes.lane * (lane + 1) - 2);
      return steps.reduce((w, s) => step(s, x, y, w, pen), wire);
    },
  };
};
