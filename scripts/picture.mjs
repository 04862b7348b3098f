// Draws examples/pictures/shapes.png: a scene of our own, so that `netc run` has something to look at.
// The pixels depend on nothing but this file.
//
//   node scripts/picture.mjs [FILE]
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const width = 320;
const height = 240;

/** A colour between two, by t in 0–1. */
const mix = (a, b, t) => a.map((x, i) => x + (b[i] - x) * Math.min(1, Math.max(0, t)));

/** Each shape: how far a point lies within it, in pixels, and its colour there. Later ones cover earlier. */
const shapes = [
  // sky
  [() => 1, (x, y) => mix([72, 118, 196], [246, 214, 170], y / 170)],
  // sun, with a soft rim
  [
    (x, y) => 34 - Math.hypot(x - 238, y - 62),
    (x, y) => mix([255, 244, 190], [250, 176, 72], Math.hypot(x - 238, y - 62) / 34),
  ],
  // two mountains
  [
    (x, y) => y - 70 - Math.abs(x - 96) * 0.9,
    (x, y) => mix([150, 150, 172], [74, 82, 110], (y - 70) / 110),
  ],
  [
    (x, y) => y - 104 - Math.abs(x - 182) * 0.75,
    (x, y) => mix([120, 128, 150], [56, 70, 92], (y - 104) / 80),
  ],
  // meadow, uneven
  [
    (x, y) => y - 172 - 5 * Math.sin(x / 23),
    (x, y) => mix([120, 168, 74], [44, 96, 44], (y - 165) / 75),
  ],
  // a house: wall, roof, door, window
  [(x, y) => Math.min(x - 206, 270 - x, y - 142, 196 - y), () => [198, 92, 70]],
  [(x, y) => Math.min(142.5 - y, y - 108 - Math.abs(x - 238) * 0.8), () => [92, 54, 48]],
  [(x, y) => Math.min(x - 230, 246 - x, y - 166, 196 - y), () => [60, 40, 34]],
  [(x, y) => Math.min(x - 250, 262 - x, y - 152, 166 - y), () => [250, 232, 150]],
  // a ball in a checked pattern
  [
    (x, y) => 26 - Math.hypot(x - 70, y - 200),
    (x, y) => ((Math.floor(x / 9) + Math.floor(y / 9)) % 2 === 0 ? [232, 232, 232] : [196, 36, 52]),
  ],
  // a fence of stripes
  [
    (x, y) => Math.min(3 - Math.abs((x % 16) - 8), y - 186, 222 - y, x - 116, 196 - x),
    () => [236, 226, 206],
  ],
];

const samples = [0.125, 0.375, 0.625, 0.875]; // sixteen points a pixel

const colourAt = (x, y) => {
  const shape = shapes.findLast(([inside]) => inside(x, y) > 0);
  return shape[1](x, y);
};

const pixels = Buffer.alloc(width * height * 3);
for (let y = 0; y < height; y++)
  for (let x = 0; x < width; x++) {
    const sum = [0, 0, 0];
    for (const dy of samples)
      for (const dx of samples) colourAt(x + dx, y + dy).forEach((v, i) => (sum[i] += v));
    sum.forEach((v, i) => (pixels[(y * width + x) * 3 + i] = Math.round(v / 16)));
  }

const file =
  process.argv[2] ?? fileURLToPath(new URL('../examples/pictures/shapes.png', import.meta.url));
await sharp(pixels, { raw: { width, height, channels: 3 } })
  .png({ compressionLevel: 9, adaptiveFiltering: true })
  .toFile(file);
