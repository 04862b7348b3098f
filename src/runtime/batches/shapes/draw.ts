/**
 * The pictures of the set `shapes`: one light shape of any colour, place, size and rotation, before a dark background
 * that runs from one colour to another, with blotches, scratches and noise. With clutter they are others:
 * `clutter.ts`. Only words of the generator and + − · / √ are used, so every machine draws the same bits.
 */
import { below, words, type Draw } from '../../../numeric/random.ts';
import { shapeNames } from '../../../protocol/shapes.ts';
import type { Drawing } from '../address.ts';
import type { Pixels } from '../dataset.ts';
import {
  between,
  colour,
  developed,
  fill,
  ground,
  placed,
  scratch,
  type Canvas,
} from './canvas.ts';
import { drawCluttered } from './clutter.ts';
import { outlines, type Outline } from './outlines.ts';

/** The set is the same for everybody, whatever seed a training has. */
const seed = 0;

/** Grounds are dark, and shapes are light in every channel: what a net has to find out is the outline. */
const dark = [0, 110] as const;
const light = [150, 256] as const;

const drawPlain = (canvas: Canvas, outline: Outline, draw: Draw): void => {
  ground(canvas, colour(draw, ...dark), colour(draw, ...dark), draw);
  for (let n = below(draw, 3); n > 0; n--) scratch(canvas, draw);
  const ink = colour(draw, ...light);
  const radius = between(draw, 0.26, 0.45) * canvas.size;
  fill(canvas, outline, placed(canvas, radius, draw), () => ink);
};

/** Draws a picture of `size` x `size`. */
export const drawShape = ({ size, shape, purpose, index, clutter }: Drawing): Pixels => {
  const draw = words({ seed, purpose, epoch: 0, index });
  const canvas: Canvas = { size, light: new Float64Array(size * size * 3) };
  const outline = outlines[shapeNames[shape]!];
  if (clutter === 0) drawPlain(canvas, outline, draw);
  else drawCluttered(canvas, outline, clutter, draw);
  return { tag: 'pixels', h: size, w: size, channels: 3, data: developed(canvas, draw) };
};
