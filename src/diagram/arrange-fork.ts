/**
 * Branches side by side. A branch that is much longer than the others, or the only one that is not empty, stays on the
 * axis and the others go round it; otherwise the axis is in the middle.
 */
import {
  arrive,
  box,
  boxSize,
  drawBox,
  go,
  largest,
  sizes,
  type Arranged,
  type Pen,
  type Point,
  type Wire,
} from './arrange.ts';
import { passes, type Node, type Part } from './diagram.ts';

type Column = { readonly part: Part; readonly arranged: Arranged };

/** Whether a branch begins with a remembered value, whose line comes in from the side above it. */
const beginsWithRecall = (part: Part): boolean =>
  part.tag === 'recall' ||
  (part.tag === 'sequence' && part.parts[0] !== undefined && beginsWithRecall(part.parts[0])) ||
  (part.tag === 'group' && beginsWithRecall(part.body));

/** Whether the incoming value enters a column that changes it. */
const isBusy = ({ part }: Column): boolean => !passes(part) && !beginsWithRecall(part);

/** A line that goes straight down. */
const line: Arranged = {
  left: 4,
  right: 4,
  height: 0,
  keeps: [],
  recalls: [],
  place: (_x, _y, wire) => wire,
};

/** The column that stays on the axis. */
const spineOf = (columns: readonly Column[]): number | undefined => {
  const busy = columns.flatMap((c, i) => (isBusy(c) ? [i] : []));
  if (columns.length === 1 || busy.length === 1) return busy[0] ?? 0;
  if (columns.length !== 2) return undefined;
  const [a, b] = columns.map((c) => c.arranged.height);
  return a! > 1.5 * b! ? 0 : b! > 1.5 * a! ? 1 : undefined;
};

/** The axes of the columns, relative to the axis of the fork. `aside`: the side of the spine. */
const offsetsOf = (
  columns: readonly Column[],
  spine: number | undefined,
  aside: 1 | -1,
): readonly number[] => {
  const order = columns.map((_, i) => i);
  const line = spine === undefined ? order : [spine, ...order.filter((i) => i !== spine)];
  const offsets: number[] = columns.map(() => 0);
  let edge = 0; // where the columns so far end
  line.forEach((i, k) => {
    const { left, right } = columns[i]!.arranged;
    const [near, far] = aside === 1 ? [left, right] : [right, left];
    offsets[i] = k === 0 ? 0 : edge + sizes.column + near;
    edge = offsets[i]! + far;
  });
  if (spine !== undefined) return offsets.map((offset) => offset * aside);
  const middle = offsets.at(-1)! / 2;
  // a column near the middle becomes the middle: a straight line looks better than a small step
  const near = offsets.find((offset) => Math.abs(offset - middle) < sizes.column);
  return offsets.map((offset) => offset - (near ?? middle));
};

/** How far above the other columns a remembered value enters. */
const late = 10;

export const fork = (
  branches: readonly Part[],
  join: Node,
  arrange: (part: Part) => Arranged,
): Arranged => {
  // a remembered value that is joined directly needs no column: it meets the join from the side
  const direct = branches.flatMap((part) => (part.tag === 'recall' ? [part.key] : []));
  const columns = branches.flatMap((part): readonly Column[] =>
    part.tag === 'recall' ? [] : [{ part, arranged: passes(part) ? line : arrange(part) }],
  );
  const spine = spineOf(columns);
  const offsets = offsetsOf(columns, spine, spine !== undefined && direct.length > 0 ? -1 : 1);
  const tallest = largest(
    0,
    columns.map((c) => c.arranged.height),
  );
  const above = columns.some(({ part }) => beginsWithRecall(part)) ? late : 0;
  const spread = columns.length > 1;
  const [bus, top] = [spread ? 4 : 0, (spread ? 20 : 0) + above];
  // columns around the axis meet on a line above the join
  const meet = top + tallest + (spine === undefined ? 10 : 0);
  const joinTop = meet + (columns.length === 0 ? 0 : 16);
  const joined = box(join);
  const size = boxSize(join);

  const place = (x: number, y: number, wire: Wire, pen: Pen): Wire => {
    const middle = y + joinTop + size.height / 2;
    const ends = columns.map(({ part, arranged }, i) => {
      const cx = x + offsets[i]!;
      const began = go(wire, [x, y + bus], [cx, y + bus]);
      const begin = beginsWithRecall(part) ? top - late : top;
      const end = arranged.place(cx, y + begin, began, pen);
      if (spine === undefined) return go(end, [cx, y + meet], [x, y + meet]);
      if (i === spine) return end;
      const side = x + (Math.sign(offsets[i]!) * size.width) / 2;
      return go(end, [cx, middle], [side, middle]);
    });
    ends.forEach((end, i) => {
      const fromSide = spine !== undefined && i !== spine;
      arrive(end, join, fromSide ? end.points.at(-1)! : [x, y + joinTop], pen);
    });
    direct.forEach((key, i) => {
      const to: Point = [x + size.width / 2, middle + (i - (direct.length - 1) / 2) * 5];
      const recalled = recalledWire(key, pen);
      arrive(go(recalled, [recalled.points.at(-1)![0], to[1]]), join, to, pen);
    });
    return drawBox(join, x, y + joinTop, pen);
  };

  const lefts = columns.map((c, i) => c.arranged.left - offsets[i]!);
  const rights = columns.map((c, i) => c.arranged.right + offsets[i]!);
  return {
    left: largest(joined.left, lefts),
    right: largest(joined.right, rights),
    height: joinTop + joined.height,
    keeps: columns.flatMap((c) => c.arranged.keeps),
    recalls: [...direct, ...columns.flatMap((c) => c.arranged.recalls)],
    place,
  };
};

/** The remembered value, at the height where it was remembered and already in its lane. */
export const recalledWire = (key: number, pen: Pen): Wire => {
  const wire = pen.kept.get(key)!;
  const lane = pen.lanes.get(key);
  const [, y] = wire.points.at(-1)!;
  return { ...(lane === undefined ? wire : go(wire, [lane, y])), kind: 'skip' };
};
