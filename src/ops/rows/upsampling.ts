/** Upsampling by a whole number. */
import { zeros, type Tensor } from '../../numeric/tensor.ts';
import { up } from '../../size/sizes.ts';
import type { Run } from '../../size/views.ts';
import { number, word } from '../parts/args.ts';
import * as declare from '../parts/declare.ts';
import { input, kernel } from '../../kernel/kernel.ts';
import type { Operator } from '../row.ts';
import { stepped } from '../symbolic/rules.ts';
import { countIn } from '../symbolic/windows.ts';
import { channelwise, noMacs, noWeights, onMap, perOutput, stepping } from '../parts/rules.ts';
import { fixedAxis, freeAxis, image, mapType, vectorType } from '../types.ts';

/** Of what an output pixel is made along an axis: pixels of the input, and their shares. */
type Blend = readonly { readonly from: number; readonly share: number }[];

/** Output pixel u is input pixel ⌊u/n⌋. */
const nearest = (u: number, n: number): Blend => [{ from: Math.floor(u / n), share: 1 }];

/** The centre of output pixel u lies at p = (u + ½)/n − ½ of the input, and no further out than its pixels. */
const bilinear = (u: number, n: number, length: number): Blend => {
  const p = Math.min(length - 1, Math.max(0, (u + 0.5) / n - 0.5));
  const below = Math.floor(p);
  const above = Math.min(length - 1, below + 1);
  return [
    { from: below, share: 1 - (p - below) },
    { from: above, share: p - below },
  ];
};

const one = { step: 1, count: 1 };
/** The pixels beside (u + ½)/n − ½, far from the border: one where that is a pixel's own place, 2u + 1 = n. */
const blendedRun = (u: number, n: number): Run => {
  const isBefore = 2 * u + 1 < n;
  return 2 * u + 1 === n ? { ...one, first: 0 } : { first: isBefore ? -1 : 0, step: 1, count: 2 };
};

/** y[u, v, i] = Σ share(u, a) · share(v, b) · x[a, b, i] */
const blended = (
  x: Tensor,
  n: number,
  blend: (u: number, n: number, length: number) => Blend,
): Tensor => {
  const [batch, h, w, c] = x.shape;
  const out = zeros([batch, n * h, n * w, c]);
  for (let b = 0; b < batch; b++)
    for (let u = 0; u < n * h; u++)
      for (let v = 0; v < n * w; v++)
        for (const row of blend(u, n, h))
          for (const column of blend(v, n, w)) {
            const from = ((b * h + row.from) * w + column.from) * c;
            const to = ((b * n * h + u) * n * w + v) * c;
            for (let i = 0; i < c; i++)
              out.data[to + i] += row.share * column.share * x.data[from + i];
          }
  return out;
};

const free = mapType(freeAxis('h'), freeAxis('w'), 3);

const upsample: Operator = {
  family: 'shape',
  doc: `A map enlarged by a whole number n: a height h becomes n·h.

\`nearest\` repeats each pixel: y[u, v, i] = x[⌊u/n⌋, ⌊v/n⌋, i]. \`bilinear\` blends the four pixels around the point
((u + ½)/n − ½, (v + ½)/n − ½), those beyond the border replaced by the ones at it.

PyTorch’s \`Upsample\` with \`align_corners = False\`, Keras’s \`UpSampling2D\`: pixel centres are at halves.
TensorFlow 1’s resizing put them at whole numbers, which shifts the picture.`,
  examples: [
    'upsample : [h, w, 64] -> [2*h, 2*w, 64]',
    '(upsample(4, bilinear); conv3-32) : [14, 14, 64] -> [56, 56, 32]',
  ],
  inputs: { tag: 'one' },
  enlarges: 'scale',
  params: [
    declare.integer('scale', 'how many times as high and as wide', 2),
    declare.word(
      'method',
      '`nearest` repeats pixels, `bilinear` blends them',
      'nearest',
      'bilinear',
    ),
  ],
  shape: (args, [x]) =>
    onMap(x, (map) => {
      const step = up(number(args, 'scale'));
      return stepping(map, step, step, map.c);
    }),
  weights: noWeights,
  symbolic: stepped((_, args) => ({ times: countIn(args['scale']), plus: 0, over: 1 })),
  macs: noMacs,
  extraFlops: (args) => perOutput(word(args, 'method') === 'bilinear' ? 9 : 0), // three blends a + t·(b − a)
  field: (args) => {
    const n = number(args, 'scale');
    const run = word(args, 'method') === 'bilinear' ? blendedRun : () => ({ ...one, first: 0 });
    const along = { rise: 1, phases: n, run: (u: number) => run(u, n), everywhere: true };
    return { h: along, w: along };
  },
  changes: channelwise,
  reference: (args, [x]) =>
    blended(x, number(args, 'scale'), word(args, 'method') === 'bilinear' ? bilinear : nearest),
  lower: (args) => {
    const n = number(args, 'scale');
    if (n === 1) return input(0);
    // half-pixel centres for `nearest` too: ⌊(u + ½)/n⌋ = ⌊u/n⌋, and never so near a whole number that a
    // rounded 1/n could miss it, as 49·(1/49) < 1 would
    const op = word(args, 'method') === 'bilinear' ? 'ResizeBilinear' : 'ResizeNearestNeighbor';
    return kernel({ op, scale: n }, input(0));
  },
  samples: [
    { args: {}, inputs: [image(3, 4, 3)] },
    { args: { scale: 3 }, inputs: [image(2, 1, 1)] },
    { args: { scale: 49 }, inputs: [image(3, 1, 1)] },
    { args: { scale: 1 }, inputs: [image(2, 3, 2)] },
    { args: { method: 'bilinear' }, inputs: [image(3, 4, 2)] },
    { args: { scale: 3, method: 'bilinear' }, inputs: [image(4, 1, 3)] },
    { args: { scale: 5, method: 'bilinear' }, inputs: [image(1, 2, 1)] },
    { args: { scale: 2 }, inputs: [free] },
    { args: { scale: 2, method: 'bilinear' }, inputs: [free] },
  ],
  mistakes: [
    { args: {}, inputs: [vectorType(4)], fault: 'rank' },
    {
      args: {},
      inputs: [
        mapType({ variable: 'h', size: { tag: 'floor', a: 1, b: 0, d: 70_000 } }, fixedAxis(2), 1),
      ],
      fault: 'too long',
    },
  ],
};

/** Layers that enlarge a map. */
export const upsamplings = { upsample };
