/**
 * The pictures of the set `shapes`: one light shape of any colour, place, size and rotation, before a dark background
 * that runs from one colour to another, with blotches, scratches and noise. Only words of the generator and + − · / √ are used,
 * so every machine draws the same bits.
 */
import { below, uniform, words, type Draw } from '../../../numeric/random.ts';
import { shapeNames } from '../../../protocol/shapes.ts';
import type { Drawing } from '../address.ts';
import type { Pixels } from '../dataset.ts';
import { outlines, type Outline } from './outlines.ts';

/** The set is the same for everybody, whatever seed a training has. */
const seed = 0;

type Colour = readonly [r: number, g: number, b: number];

const between = (draw: Draw, low: number, high: number): number =>
  low + uniform(draw) * (high - low);

/** A colour of channels in a range, each for itself. */
const colour = (draw: Draw, low: number, high: number): Colour => [
  between(draw, low, high),
  between(draw, low, high),
  between(draw, low, high),
];

/** Grounds are dark, and shapes are light in every channel: what a net has to find out is the outline. */
const dark = [0, 110] as const;
const light = [150, 256] as const;

/** A direction, each as likely as the other: a point of the unit disc, brought to length 1. */
const direction = (draw: Draw): readonly [number, number] => {
  for (;;) {
    const [x, y] = [between(draw, -1, 1), between(draw, -1, 1)];
    const square = x * x + y * y;
    if (square > 0.01 && square <= 1) return [x / Math.sqrt(square), y / Math.sqrt(square)];
  }
};

/** How much of a pixel is inside, by the distance of its centre to the outline in pixels. */
const coverage = (distance: number): number => Math.min(1, Math.max(0, 0.5 - distance));

type Canvas = { readonly size: number; readonly light: Float64Array };

/** Lays a colour over the pixels between the bounds, as much as `share` says. */
const lay = (
  { size, light }: Canvas,
  [left, top, right, bottom]: readonly [number, number, number, number],
  [r, g, b]: Colour,
  share: (x: number, y: number) => number,
): void => {
  const inside = (x: number): number => Math.min(size, Math.max(0, x));
  for (let y = inside(Math.floor(top)); y < inside(Math.ceil(bottom)); y++)
    for (let x = inside(Math.floor(left)); x < inside(Math.ceil(right)); x++) {
      const s = share(x + 0.5, y + 0.5);
      if (s === 0) continue;
      const at = (y * size + x) * 3;
      light[at] = light[at]! + s * (r - light[at]!);
      light[at + 1] = light[at + 1]! + s * (g - light[at + 1]!);
      light[at + 2] = light[at + 2]! + s * (b - light[at + 2]!);
    }
};

const cells = 4;

/** From the first colour to the second in any direction, with blotches of light and dark. */
const ground = ({ size, light }: Canvas, from: Colour, to: Colour, draw: Draw): void => {
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
const scratch = (canvas: Canvas, draw: Draw): void => {
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
  lay(canvas, bounds, colour(draw, 0, 256), (x, y) => {
    const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) * over));
    const [ex, ey] = [x - ax - dx * along, y - ay - dy * along];
    return coverage(Math.sqrt(ex * ex + ey * ey) - half);
  });
};

/** The shape, wholly inside the picture. */
const shape = (canvas: Canvas, outline: Outline, ink: Colour, draw: Draw): void => {
  const { size } = canvas;
  const radius = between(draw, 0.26, 0.45) * size;
  const [cx, cy] = [between(draw, radius, size - radius), between(draw, radius, size - radius)];
  const [cos, sin] = direction(draw);
  const bounds = [cx - radius - 1, cy - radius - 1, cx + radius + 1, cy + radius + 1] as const;
  lay(canvas, bounds, ink, (x, y) => {
    const [px, py] = [(x - cx) / radius, (y - cy) / radius];
    return coverage(outline(px * cos + py * sin, py * cos - px * sin) * radius);
  });
};

/** Rounds to bytes, with noise: a byte of a word for each pixel, the same for its channels. */
const developed = ({ size, light }: Canvas, draw: Draw): Uint8Array => {
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

/** Draws a picture of `size` x `size`. */
export const drawShape = ({ size, shape: which, purpose, index }: Drawing): Pixels => {
  const draw = words({ seed, purpose, epoch: 0, index });
  const canvas: Canvas = { size, light: new Float64Array(size * size * 3) };
  ground(canvas, colour(draw, ...dark), colour(draw, ...dark), draw);
  for (let n = below(draw, 3); n > 0; n--) scratch(canvas, draw);
  shape(canvas, outlines[shapeNames[which]!], colour(draw, ...light), draw);
  return { tag: 'pixels', h: size, w: size, channels: 3, data: developed(canvas, draw) };
};
