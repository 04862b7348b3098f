/** `input` and `augment`: from pixels to numbers, and what happens to a picture before. */
import { form, param, required, type Form } from '../form.ts';
import type { Augmentation, PerChannel, PixelNumbers } from '../recipe.ts';
import { extent, integer, perChannel, pixels, positive, notNegative } from '../takes.ts';

const channelsOf: { readonly [order in PixelNumbers['order']]: number } = {
  rgb: 3,
  bgr: 3,
  grey: 1,
};

const forAll = (numbers: PerChannel, channels: number): PerChannel => {
  const [first] = numbers === 'data' ? [] : numbers;
  return numbers === 'data' || numbers.length !== 1 || first === undefined
    ? numbers
    : Array<number>(channels).fill(first);
};

const order = (name: PixelNumbers['order'], about: string): Form<PixelNumbers> => {
  const channels = channelsOf[name];
  return form({
    name,
    doc: `${about} A pixel p in 0–255 becomes (p · scale − mean)/std. \`data\` measures the mean or the deviation of each
channel once, over the training set.`,
    example: name === 'grey' ? 'grey(scale = 1.0/255)' : `${name}(mean = data)`,
    params: {
      mean: param(perChannel(0), [], 'what is subtracted from each channel'),
      std: param(perChannel(1), [], 'what each channel is divided by'),
      scale: param(positive, 1, 'what pixels are multiplied with first'),
    },
    check: (args) => {
      const wrong = (['mean', 'std'] as const).find((key) => {
        const { length } = args[key];
        return args[key] !== 'data' && length > 1 && length !== channels;
      });
      if (wrong === undefined) return undefined;
      const label = channels === 1 ? 'there is one channel' : `there are ${channels} channels`;
      return { at: wrong, message: `\`${wrong}\` has ${args[wrong].length} numbers`, label };
    },
    make: ({ mean, std, scale }): PixelNumbers => ({
      order: name,
      scale,
      mean: forAll(mean, channels),
      std: forAll(std, channels),
    }),
    parts: (made) => (made.order === name ? { args: made } : undefined),
  });
};

export const orders: readonly Form<PixelNumbers>[] = [
  order('rgb', 'Red, green and blue.'),
  order('bgr', 'Blue, green and red, as Caffe has it.'),
  order('grey', 'One channel, of what the eye sees as brightness.'),
];

/** A step, or that there are none. */
export type AugmentPart = Augmentation | { readonly tag: 'none' };

const rescale: Form<AugmentPart> = form({
  name: 'rescale',
  doc: `The shorter side becomes S, and the longer ⌊S·long/short⌋, bilinear with antialias as Pillow has it. From a range S
is drawn anew for each picture and epoch, ends included (Simonyan and Zisserman 2015, section 3.1).`,
  example: 'rescale(256..512)',
  params: { to: required(pixels, 'S, or the range that it is drawn from') },
  make: ({ to }): AugmentPart => ({ tag: 'rescale', ...to }),
  parts: (made) =>
    made.tag === 'rescale' ? { args: { to: { from: made.from, to: made.to } } } : undefined,
});

const crop: Form<AugmentPart> = form({
  name: 'crop',
  doc: `A piece of this size, cut out anywhere: every place in which it fits is as likely. With \`pad\` so many black pixels
are added at each side first (He et al. 2016, section 4.2). A picture that is too small for a piece is
scaled until one fits.`,
  example: 'crop-224',
  params: {
    size: required(extent, 'height and width'),
    pad: param(integer(0, 65_536), 0, 'pixels added at each side first'),
  },
  make: (args): AugmentPart => ({ tag: 'crop', ...args }),
  parts: (made) => (made.tag === 'crop' ? { args: made } : undefined),
});

const flip: Form<AugmentPart> = form({
  name: 'flip',
  doc: 'Left and right are exchanged, one time in two.',
  example: 'flip',
  params: {},
  make: (): AugmentPart => ({ tag: 'flip' }),
  parts: (made) => (made.tag === 'flip' ? { args: {} } : undefined),
});

const rgbShift: Form<AugmentPart> = form({
  name: 'rgb_shift',
  doc: `Adds the eigenvectors of the covariance of the training set's pixels, each times its eigenvalue and a draw of
N(0, σ), one for each picture (Krizhevsky et al. 2012, section 4.1).`,
  example: 'rgb_shift-0.1',
  params: { deviation: required(notNegative, 'σ') },
  make: (args): AugmentPart => ({ tag: 'rgb_shift', ...args }),
  parts: (made) => (made.tag === 'rgb_shift' ? { args: made } : undefined),
});

const none: Form<AugmentPart> = form({
  name: 'none',
  doc: 'Nothing: pictures are cut and scaled as `netc run` does it.',
  example: 'none',
  params: {},
  make: (): AugmentPart => ({ tag: 'none' }),
  parts: (made) => (made.tag === 'none' ? { args: {} } : undefined),
});

export const augmentParts: readonly Form<AugmentPart>[] = [rescale, crop, flip, rgbShift, none];
