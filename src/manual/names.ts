/** The manual of the built-in names that are not operators: facts, functions of numbers, words. */
import type { Entry } from './entry.ts';

const net = (body: string): string => `net N : [32, 32, 3] -> _ { ${body} }`;

const fact = (
  name: string,
  doc: string,
  examples: readonly [string, string],
  form = `${name}(f)`,
): Entry => ({ names: [name], form, doc, examples, more: 'Assertions' });

const facts: readonly Entry[] = [
  fact(
    'params',
    'The trained numbers of a net or a layer; the running statistics of `batchnorm` do not count.',
    [
      'net N : [10] -> [4] { fc-4 }\nassert params(N) == 44',
      'assert params(conv3-8 : [h, w, 3]) == 224',
    ],
  ),
  fact('macs', 'The multiply–adds for one picture; a formula while its size is free.', [
    'net N : [10] -> [4] { fc-4 }\nassert macs(N) == 40',
    'assert macs(2x conv3-8 : [h, w, 8]) < macs(conv5-8 : [h, w, 8])',
  ]),
  fact(
    'flops',
    'The floating-point operations for one picture: two for each multiply–add, and those of the other layers.',
    [
      'assert flops(relu : [8, 8, 3]) == 192',
      'net N : [10] -> [4] { fc-4 }\nassert flops(N) > 2*macs(N)',
    ],
  ),
  fact('bytes', 'The results of all layers for one picture, as 32-bit floats.', [
    'assert bytes(relu : [8, 8, 3]) == 768',
    'net N : [10] -> [4] { fc-4 }\nassert bytes(N) < 1_000',
  ]),
  fact(
    'receptive',
    'The side of the square of input pixels that one value of the last map sees; `h x w` where the sides differ.',
    ['assert receptive(2x conv3-1) == 5', 'assert receptive(conv1x7-1) == 1x7'],
  ),
  {
    ...fact('stride', 'The input pixels from one value of the last map to the next.', [
      'assert stride(conv3-1/2; maxpool2) == 4',
      net('conv(3, 8, stride = 2)'),
    ]),
    doc: `The input pixels from one value of the last map to the next. It is also the parameter of convolutions and pools
that \`/2\` fills.`,
  },
  fact(
    'admissible',
    'The heights and widths that a net takes with its weights: a range with both ends, or a text as netc prints it.',
    [
      'net N : [32, 32, 3] -> [10] { maxpool; flatten; fc-10 }\nassert admissible(N) == 32..33',
      'assert admissible(((maxpool; upsample-2) + id) : [h, w, 3]) == "2.. step 2"',
    ],
    'admissible(NET)',
  ),
];

const calculation = (name: string, doc: string, examples: readonly [string, string]): Entry => ({
  names: [name],
  form: `${name}(a, …)`,
  doc,
  examples,
  more: 'Arithmetic',
});

const functions: readonly Entry[] = [
  calculation('min', 'The least of some numbers.', [
    'assert min(5, 3, 4) == 3',
    'net N(c = 96) : [32, 32, 3] -> _ { conv3-(min(c, 64)) }',
  ]),
  calculation('max', 'The largest of some numbers.', [
    'assert max(5, 3, 4) == 5',
    'net N(width = 0.1) : [32, 32, 3] -> _ { conv3-(max(8, floor(32*width))) }',
  ]),
  {
    ...calculation('floor', 'Rounds a number down.', [
      'assert floor(2.7) == 2 and floor(-2.1) == -3',
      'net N : [33, 33, 3] -> _ { maxpool(3, 2, round = floor) }',
    ]),
    doc: `Rounds a number down. It is also what pools do with a last window that does not fit: \`round = floor\` leaves
its pixels out, \`round = ceil\` keeps them.`,
  },
  {
    ...calculation('ceil', 'Rounds a number up.', [
      'assert ceil(2.1) == 3',
      net('maxpool(3, 2, round = ceil)'),
    ]),
    doc: `Rounds a number up; \`ceil(7/2)\` is 3, because a division of integers has rounded down already. It is also
what pools do for a last window that does not fit: with \`round = ceil\` it starts inside of the image and ends outside.`,
  },
  {
    ...calculation('round', 'Rounds to the nearest integer.', [
      'assert round(2.6) == 3',
      net('maxpool3/2(round = ceil)'),
    ]),
    doc: 'Rounds to the nearest integer. It is also the parameter of pools that is `floor` or `ceil`.',
  },
];

const word = (
  names: Entry['names'],
  form: string,
  doc: string,
  examples: readonly [string, string],
): Entry => ({ names, form, doc, examples, more: 'What a name means' });

const words: readonly Entry[] = [
  word(
    ['half'],
    'pad = half',
    `Padding of ⌊k/2⌋ on both sides, where k counts the dilation: what papers mean by a padding of 1 for a 3×3
convolution, and PyTorch by \`padding=1\`. It is the default of \`conv\` and \`depthwise\`.`,
    [net('conv(3, 8, pad = half)'), net('maxpool(3, 2, pad = half)')],
  ),
  word(['valid'], 'pad = valid', 'No padding: windows lie inside of the image.', [
    net('conv3-8(pad = valid)'),
    net('conv(5, 8, pad = valid)'),
  ]),
  word(
    ['same'],
    'pad = same',
    `The padding with which a size h becomes ⌈h/stride⌉, as TensorFlow and Keras have it: where it is odd, the larger part
lies behind, so at stride 2 it differs from \`half\`.`,
    [net('conv3-8/2(pad = same)'), net('maxpool3/1(pad = same)')],
  ),
  word(['nearest'], 'upsample(2, nearest)', 'Enlarges a map by copying each pixel.', [
    net('upsample(4, nearest)'),
    net('upsample(2, method = nearest)'),
  ]),
  word(
    ['bilinear'],
    'upsample(2, bilinear)',
    'Enlarges a map with values between those of neighbouring pixels.',
    [net('upsample(2, bilinear)'), net('upsample(4, method = bilinear)')],
  ),
  word(
    ['true', 'false'],
    'bias = false',
    'The truth values: arguments of flags, and what comparisons give.',
    [
      net('conv3-8(bias = false)'),
      'net N(deep = true) : [32, 32, 3] -> _ { if deep then 4x relu else relu }',
    ],
  ),
  word(['std'], 'std.conv', 'Reaches a built-in operator, whatever a file calls by its name.', [
    'def conv(..p) = std.conv(..p); relu\nnet N : [32, 32, 3] -> _ { conv3-8 }',
    'net N(relu = tanh) : [32, 32, 3] -> _ { relu; std.relu }',
  ]),
];

export const names: readonly Entry[] = [...facts, ...functions, ...words];
