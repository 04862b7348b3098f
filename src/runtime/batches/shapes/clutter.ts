/**
 * Hard pictures of the set `shapes`: a shape of any size, textured, light before a dark ground or dark before a light one,
 * among pieces of smaller shapes and lines. What is whole, and larger than every piece, is the class.
 */
import { below, uniform, type Draw } from '../../../numeric/random.ts';
import { shapeNames } from '../../../protocol/shapes.ts';
import {
  between,
  colour,
  direction,
  fill,
  ground,
  lay,
  placed,
  scratch,
  type Canvas,
  type Colour,
  type Paint,
} from './canvas.ts';
import { outlines, type Outline } from './outlines.ts';

const mixed = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + share * (b[0] - a[0]),
  a[1] + share * (b[1] - a[1]),
  a[2] + share * (b[2] - a[2]),
];

/** From 0 to 1 and back, once in a period of 1, with soft edges. */
const wave = (t: number): number =>
  Math.min(1, Math.max(0, (Math.abs(2 * (t - Math.floor(t)) - 1) - 0.5) * 4 + 0.5));

/** Plain, striped, checked or dotted, of two colours that are at most `depth` apart in each channel. */
const texture = ({ size }: Canvas, base: Colour, depth: number, draw: Draw): Paint => {
  const near = (n: number): number => n + between(draw, -depth, depth);
  const second: Colour = [near(base[0]), near(base[1]), near(base[2])];
  const period = between(draw, 0.07, 0.25) * size;
  const [dx, dy] = direction(draw);
  const u = (x: number, y: number): number => wave((x * dx + y * dy) / period);
  const v = (x: number, y: number): number => wave((y * dx - x * dy) / period);
  const shares: readonly ((x: number, y: number) => number)[] = [
    () => 0,
    u,
    (x, y) => u(x, y) + v(x, y) - 2 * u(x, y) * v(x, y),
    (x, y) => u(x, y) * v(x, y),
  ];
  const share = shares[below(draw, shares.length)]!;
  return (x, y) => mixed(base, second, share(x, y));
};

/** What lies on one side of a line near the middle. */
const cut = (outline: Outline, draw: Draw): Outline => {
  const [dx, dy] = direction(draw);
  const at = between(draw, -0.2, 0.3);
  return (x, y) => Math.max(outline(x, y), x * dx + y * dy - at);
};

/** At most 80 in each channel for grounds, 160 or more for what lies before them; all exchanged in half of the pictures. */
const tones = (draw: Draw): { readonly back: () => Colour; readonly front: () => Colour } => {
  const isNegative = uniform(draw) < 0.5;
  const tone = (low: number, high: number) => (): Colour =>
    isNegative ? colour(draw, 255 - high, 255 - low) : colour(draw, low, high);
  return { back: tone(0, 80), front: tone(160, 255) };
};

/** How many in a picture of all the clutter that there can be. */
const most = { pieces: 7, lines: 6, before: 3 } as const;

const upTo = (most: number, clutter: number, draw: Draw): number =>
  below(draw, Math.floor(most * clutter + 0.5) + 1);

/** Draws one with `clutter` more than 0 and at most 1. */
export const drawCluttered = (
  canvas: Canvas,
  outline: Outline,
  clutter: number,
  draw: Draw,
): void => {
  const { size } = canvas;
  const { back, front } = tones(draw);
  const [from, to] = [back(), back()];
  ground(canvas, from, to, draw);
  const weave = texture(canvas, mixed(from, to, 0.5), 90 * clutter, draw);
  lay(canvas, [0, 0, size, size], weave, () => 0.6 * clutter);
  const radius = between(draw, 0.26 - 0.15 * clutter, 0.45) * size;
  for (let n = upTo(most.pieces, clutter, draw); n > 0; n--) {
    const whole = outlines[shapeNames[below(draw, shapeNames.length)]!];
    const piece = placed(canvas, radius * between(draw, 0.35, 0.7), draw);
    const faint = mixed(front(), mixed(from, to, 0.5), between(draw, 0, 0.6));
    fill(canvas, cut(whole, draw), piece, texture(canvas, faint, 90 * clutter, draw));
  }
  for (let n = upTo(most.lines, clutter, draw); n > 0; n--) scratch(canvas, draw);
  const ink = mixed(front(), mixed(from, to, 0.5), between(draw, 0, 0.45 * clutter));
  fill(canvas, outline, placed(canvas, radius, draw), texture(canvas, ink, 90 * clutter, draw));
  for (let n = upTo(most.before, clutter, draw); n > 0; n--) scratch(canvas, draw);
};
