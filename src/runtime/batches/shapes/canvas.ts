/** What pictures of the set `shapes` are drawn with. Only words of the generator and + − · / √ are used. */
import { uniform, type Draw } from '../../../numeric/random.ts';
import type { Outline } from './outlines.ts';

export type Colour = readonly [r: number, g: number, b: number];

export const between = (draw: Draw, low: number, high: number): number =>
  low + uniform(draw) * (high - low);

/** A colour of channels in a range, each for itself. */
export const colour = (draw: Draw, low: number, high: number): Colour => [
  between(draw, low, high),
  between(draw, low, high),
  between(draw, low, high),
];

/** A direction, each as likely as the other: a point of the unit disc, brought to length 1. */
export const direction = (draw: Draw): readonly [number, number] => {
  for (;;) {
    const [x, y] = [between(draw, -1, 1), between(draw, -1, 1)];
    const square = x * x + y * y;
    if (square > 0.01 && square <= 1) return [x / Math.sqrt(square), y / Math.sqrt(square)];
  }
};

/** How much of a pixel is inside, by the distance of its centre to the outline in pixels. */
const coverage = (distance: number): number => Math.min(1, Math.max(0, 0.5 - distance));

export type Canvas = { readonly size: number; readonly light: Float64Array };

/** The colour at a place of the picture, in pixels. */
export type Paint = (x: number, y: number) => Colour;

/** Left, top, right, bottom. */
type Bounds = readonly [number, number, number, number];

/** Lays paint over the pixels between the bounds, as much as `share` says. */
export const lay = (
  { size, light }: Canvas,
  [left, top, right, bottom]: Bounds,
  paint: Paint,
  share: (x: number, y: number) => number,
): void => {
  const inside = (x: number): number => Math.min(size, Math.max(0, x));
  for (let y = inside(Math.floor(top)); y < inside(Math.ceil(bottom)); y++)
    for (let x = inside(Math.floor(left)); x < inside(Math.ceil(right)); x++) {
      const s = share(x + 0.5, y + 0.5);
      if (s === 0) continue;
      const [r, g, b] = paint(x + 0.5, y + 0.5);
      const at = (y * size + x) * 3;
      light[at] = light[at]! + s * (r - light[at]!);
      light[at + 1] = light[at + 1]! + s * (g - light[at + 1]!);
      light[at + 2] = light[at + 2]! + s * (b - light[at + 2]!);
    }
};

const cells = 4;

/** From the first colour to the second in any direction, with blotches of light and dark. */
export const ground = ({ size, light }: Canvas, from: Colour, to: Colour, draw: Draw): void => {
  const [dx, dy] = direction(draw);
  const depth = between(draw, 0, 20);
  const grid = Array.from({ length: (cells + 1) ** 2 }, () => between(draw, -depth, depth));
  const reach = Math.abs(dx) + Math.abs(dy);
  for (let y = 0, at = 0; y < size; y++)
    for (let x = 0; x < size; x++, at += 3) {
      const [u, v] = [(x + 0.5) / size, (y + 0.5) / size];
      const share = ((u - 0.5) * dx + (v - 0.5) * dy) / reach + 0.5;
      const [i, j] = [Math.floor(u * cells), Math.floor(v * cells)];
      const [s, t] = [u * cells - i, v * cells - j];
      const corner = j * (cells + 1) + i;
      const upper = grid[corner]! * (1 - s) + grid[corner + 1]! * s;
      const lower = grid[corner + cells + 1]! * (1 - s) + grid[corner + cells + 2]! * s;
      const blotch = upper * (1 - t) + lower * t;
      for (let c = 0; c < 3; c++) light[at + c] = from[c]! + share * (to[c]! - from[c]!) + blotch;
    }
};

/** A thin straight line from anywhere to anywhere. */
export const scratch = (canvas: Canvas, draw: Draw): void => {
  const { size } = canvas;
  const [ax, ay] = [between(draw, 0, size), between(draw, 0, size)];
  const [bx, by] = [between(draw, 0, size), between(draw, 0, size)];
  const half = (between(draw, 0.01, 0.025) * size) / 2;
  const [dx, dy] = [bx - ax, by - ay];
  const over = 1 / (dx * dx + dy * dy + 1e-9);
  const bounds = [
    Math.min(ax, bx) - half - 1,
    Math.min(ay, by) - half - 1,
    Math.max(ax, bx) + half + 1,
    Math.max(ay, by) + half + 1,
  ] as const;
  const ink = colour(draw, 0, 256);
  lay(
    canvas,
    bounds,
    () => ink,
    (x, y) => {
      const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) * over));
      const [ex, ey] = [x - ax - dx * along, y - ay - dy * along];
      return coverage(Math.sqrt(ex * ex + ey * ey) - half);
    },
  );
};

/** Where an outline lies: the middle and the radius in pixels, and how it is turned. */
export type Place = {
  readonly cx: number;
  readonly cy: number;
  readonly radius: number;
  readonly turned: readonly [cos: number, sin: number];
};

/** A place of this radius, wholly inside the picture. */
export const placed = ({ size }: Canvas, radius: number, draw: Draw): Place => {
  const [cx, cy] = [between(draw, radius, size - radius), between(draw, radius, size - radius)];
  return { cx, cy, radius, turned: direction(draw) };
};

/** Fills an outline. */
export const fill = (canvas: Canvas, outline: Outline, place: Place, paint: Paint): void => {
  const { cx, cy, radius, turned } = place;
  const [cos, sin] = turned;
  const bounds = [cx - radius - 1, cy - radius - 1, cx + radius + 1, cy + radius + 1] as const;
  lay(canvas, bounds, paint, (x, y) => {
    const [px, py] = [(x - cx) / radius, (y - cy) / radius];
    return coverage(outline(px * cos + py * sin, py * cos - px * sin) * radius);
  });
};

/** Rounds to bytes, with noise: a byte of a word for each pixel, the same for its channels. */
export const developed = ({ size, light }: Canvas, draw: Draw): Uint8Array => {
  const loud = between(draw, 0, 0.15);
  const out = new Uint8Array(size * size * 3);
  let word = 0;
  for (let i = 0, at = 0; at < out.length; i++, at += 3) {
    word = i % 4 === 0 ? draw() : word >>> 8;
    const noise = ((word & 255) - 127.5) * loud;
    for (let c = 0; c < 3; c++)
      out[at + c] = Math.min(255, Math.max(0, Math.floor(light[at + c]! + noise + 0.5)));
  }
  return out;
};
