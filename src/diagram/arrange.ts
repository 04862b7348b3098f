/**
 * The vocabulary of the layout: arranged parts, drawings, boxes and frames. Sizes are pixels, y grows downwards.
 *
 * Every part has an axis, the vertical line on which its value comes in at the top and goes out at the
 * bottom. It reaches `left` and `right` of the axis, so parts are stacked by aligning their axes.
 */
import { captionOf, headlineOf, type Edge, type Group, type Node } from './diagram.ts';
import { roomFor } from './text-width.ts';

/** In pixels, x to the right and y downwards. */
export type Point = readonly [x: number, y: number];
/** In pixels; x and y are its upper left corner. */
export type Rect = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};
/** An edge with the corners of its line, from its start to its end. */
export type Route = Omit<Edge, 'label'> & { readonly points: readonly Point[] };

/** A diagram with coordinates, in pixels. */
export type Drawing = {
  readonly boxes: readonly { readonly node: Node; readonly rect: Rect }[];
  /** outer frames before inner ones */
  readonly frames: readonly { readonly group: Group; readonly rect: Rect }[];
  readonly routes: readonly Route[];
  /** shapes, to the right of the line that carries them */
  readonly labels: readonly { readonly at: Point; readonly text: string }[];
};

/** A line under way: its start, and its corners so far. */
export type Wire = {
  readonly from: Node;
  readonly kind: Edge['kind'];
  readonly points: readonly Point[];
};

/** The drawing under construction while parts are placed. */
export type Pen = {
  readonly [K in keyof Drawing]: Drawing[K][number][];
} & {
  readonly kept: Map<number, Wire>;
  readonly lanes: Map<number, number>; // the x at which a remembered value travels
};

export type Arranged = {
  readonly left: number;
  readonly right: number;
  readonly height: number;
  /** remembered and recalled below, in order */
  readonly keeps: readonly number[];
  readonly recalls: readonly number[];
  /** the same part wider, if it can be: frames below each other get one width */
  readonly widened?: (left: number, right: number) => Arranged;
  /** draws with the axis at x and the top at y; takes the incoming line and returns the outgoing one */
  readonly place: (x: number, y: number, wire: Wire, pen: Pen) => Wire;
};

export const sizes = {
  title: 12,
  small: 9.5,
  gap: 17, // between parts of a sequence: room for an arrow
  pad: 10, // between a frame and what is in it
  column: 18, // between branches
  lane: 14, // between remembered values side by side
  stack: 3, // between copies that lie behind each other
  label: 13, // a line of small letters
};

/** The largest of the numbers, and at least `least`. */
export const largest = (least: number, all: Iterable<number>): number => {
  let most = least;
  for (const n of all) most = Math.max(most, n);
  return most;
};

export const go = (wire: Wire, ...points: readonly Point[]): Wire => ({
  ...wire,
  points: [...wire.points, ...points],
});

/** Ends a wire at a box. */
export const arrive = (wire: Wire, to: Node, at: Point, pen: Pen): void => {
  pen.routes.push({ from: wire.from.id, to: to.id, kind: wire.kind, points: [...wire.points, at] });
};

/** How far the copies behind a box or frame stick out. */
export const stackOf = (count: number): number =>
  count > 1 ? sizes.stack * Math.min(count - 1, 2) : 0;

/** The size of a box without the copies behind it. */
export const boxSize = (node: Node): { readonly width: number; readonly height: number } => {
  if (node.sign !== undefined) return { width: 18, height: 18 };
  const title = roomFor(headlineOf(node), sizes.title, true);
  if (node.kind === 'join') return { width: title + 18, height: 19 };
  const details = roomFor(node.details.join(' · '), sizes.small);
  return {
    width: Math.max(title + 20, details + 16, node.kind === 'port' ? 0 : 100),
    height: node.details.length > 0 ? 36 : 24,
  };
};

const labelRight = (text: string): number => roomFor(text, sizes.small) + 12;

const writeLabel = (text: string, x: number, y: number, pen: Pen): void => {
  pen.labels.push({ at: [x + 6, y + sizes.label - 2], text });
};

/** Draws a box with its top on the axis, and below it the outgoing shape if it is new. */
export const drawBox = (node: Node, x: number, y: number, pen: Pen): Wire => {
  const { width, height } = boxSize(node);
  pen.boxes.push({ node, rect: { x: x - width / 2, y, width, height } });
  if (node.reshapes) writeLabel(node.shape, x, y + height + stackOf(node.count), pen);
  return { from: node, kind: 'flow', points: [[x, y + height]] };
};

export const box = (node: Node): Arranged => {
  const { width, height } = boxSize(node);
  const stack = stackOf(node.count);
  return {
    left: width / 2,
    right: Math.max(width / 2 + stack, node.reshapes ? labelRight(node.shape) : 0),
    height: height + stack + (node.reshapes ? sizes.label : 0),
    keeps: [],
    recalls: [],
    place: (x, y, wire, pen) => {
      arrive(wire, node, [x, y], pen);
      return drawBox(node, x, y, pen);
    },
  };
};

const captionHeight = 22;

/** A frame; its name stands left of the line that enters, its figures right. */
export const frame = (group: Group, body: Arranged, least = { left: 0, right: 0 }): Arranged => {
  const stack = stackOf(group.count);
  const { pad, small } = sizes;
  const name = roomFor(captionOf(group), small + 0.5, true) + 16;
  const figures = roomFor(group.figures, small) + 16;
  const left = Math.max(body.left + pad, name, least.left);
  const right = Math.max(body.right + pad, figures, least.right - stack);
  const height = captionHeight + body.height + pad;
  const label = group.reshapes ? sizes.label : 0;
  return {
    ...body,
    left,
    right: Math.max(right + stack, group.reshapes ? labelRight(group.shape) : 0),
    height: height + stack + label,
    widened: (l, r) => frame(group, body, { left: l, right: r }),
    place: (x, y, wire, pen) => {
      const rect = { x: x - left, y, width: left + right, height };
      pen.frames.push({ group, rect });
      const out = body.place(x, y + captionHeight, wire, pen);
      if (group.reshapes) writeLabel(group.shape, x, y + height + stack, pen);
      return out;
    },
  };
};
