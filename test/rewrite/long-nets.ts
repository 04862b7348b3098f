/** Long nets on which passes have much to do, or much to look at; of the type [4, 4, 4] and of some n layers. */

/** So many repetitions, of which one `x` takes at most 10,000. */
const times = (n: number, text: string): string => {
  const [most, count] = [10_000, Math.max(1, Math.floor(n))];
  return count <= most
    ? `${count}x (${text})`
    : `${Math.floor(count / most)}x (${most}x (${text}))`;
};

/** So many branches side by side. */
const beside = (n: number, sign: '+' | '|', branch: string): string =>
  Array.from({ length: n }, () => branch).join(` ${sign} `);

type Nets = { readonly [pass: string]: readonly ((n: number) => string)[] };

/** A net of this many repetitions on which each of the shipped passes is applied in each. */
export const longNets: { readonly [pass: string]: (n: number) => string } = {
  drop_inference: (n) => times(n, 'relu; dropout'),
  fold_batchnorm: (n) => times(n, 'conv1-4; batchnorm'),
  simplify: (n) => times(n, 'relu'),
  pool_relu: (n) => times(n, 'relu; maxpool; upsample-2'),
  merge_conv: (n) => times(n, 'conv1-4; conv1-4; relu'),
  merge_siblings: (n) => times(n, '(conv1-1; relu) | (conv1-2; relu) | (maxpool(1, 1); conv1-1)'),
  fc_as_conv: (n) => `flatten; fc-3; ${times(n, 'relu')}`,
  fc_to_conv: (n) => `flatten; fc-3; ${times(n, 'relu')}`,
  fc_to_map: (n) => `flatten; fc-3; ${times(n, 'relu')}`,
  drop_lrn: (n) => times(n, 'lrn; relu'),
  factor_5x5: (n) => times(n, 'conv5-4; relu'),
  factor_7x7: (n) => times(n, 'conv7-4; relu'),
  split_nxn: (n) => times(n, 'conv3-4; relu'),
};

const ofHeads: Nets[string] = [
  (n) => `flatten; ${times(n, 'fc-4')}`,
  (n) => `flatten; fc-4; ${times(n / 2, 'relu + sigmoid')}`,
  (n) => `flatten; fc-4; ${times(n / 3, '(fc-4; relu) + id')}`,
  (n) => `(${times(n / 2, 'relu')}; flatten; fc-4) + (${times(n / 2, 'sigmoid')}; flatten; fc-4)`,
  // joins, none of which has what a rule looks for
  (n) => `conv1-4 as a; ${times(n, 'id + @a')}; flatten; fc-4`,
  (n) => `conv4-4(pad = valid) as a; ${times(n / 2, 'relu + @a')}; flatten; fc-4`,
  (n) => times(n, 'relu'),
];

/**
 * Nets that are hard for a pass: applied otherwise than in a row, or nearly at very many places. Many layers read one
 * value, joins lie behind each other, a layer passes others, a rule makes what another takes. One kind is left out: a
 * `..f` that stands for very many layers is searched through again after each change among them.
 */
export const hardNets: Nets = {
  drop_inference: [
    (n) => times(n, 'scale(2)'),
    (n) => `relu as a; ${times(n / 2, '(@a; dropout) + id')}`,
    (n) => `dropout as a; ${times(n, '@a + id')}`,
    (n) => times(n / 2, 'relu; also o { dropout }'),
  ],
  fold_batchnorm: [
    (n) => `conv1-4 as a; ${times(n / 4, 'id + (@a; batchnorm; conv1-4)')}`,
    (n) => `conv1-4 as a; ${times(n / 2, 'id + (@a; batchnorm)')}`,
    (n) => times(n / 3, 'conv1-4; relu; batchnorm'),
    (n) => times(n / 2, 'batchnorm; conv3-4'),
    (n) => times(n / 2, 'batchnorm; conv1-4'),
    (n) => times(n, 'batchnorm'),
  ],
  simplify: [
    (n) => times(n / 2, 'pad(0); scale(1)'),
    (n) => times(n / 2, 'pad(1); crop(1)'),
    (n) => times(n, 'scale(1e4)'),
    (n) => times(n / 3, 'channels(0..2) | channels(2..4)'),
    (n) => times(n / 3, 'channels(2..4) | channels(0..2)'),
    (n) => `${beside(n / 2, '|', 'channels(0..1)')}; conv1-4`,
  ],
  pool_relu: [
    (n) => times(n / 2, 'relu; maxpool(1, 1)'),
    (n) => `${times(n, 'leaky_relu-0.5')}; maxpool; maxpool`,
    (n) => times(n / 3, 'leaky_relu-0.5; maxpool; upsample-2'),
    (n) => times(n / 5, 'leaky_relu-0.5; relu; relu6; maxpool; upsample-2'),
    (n) => times(n / 3, 'sigmoid; maxpool; upsample-2'),
    (n) => `relu as a; ${times(n / 4, 'id + (@a; maxpool; upsample-2)')}`,
  ],
  merge_conv: [
    (n) => times(n, 'conv1-4'),
    (n) => times(n / 2, 'conv3-4; conv3-4'),
    (n) => `conv1-4 as a; ${times(n / 2, 'id + (@a; conv1-4)')}`,
    (n) => `conv1-4 as a; ${times(n / 3, 'id + (@a; conv1-4; conv1-4)')}`,
  ],
  merge_siblings: [
    (n) => `conv1-4 as a; ${times(n, 'id + @a')}`,
    (n) => `(${times(n / 2, 'relu')}; conv1-2) | (${times(n / 2, 'sigmoid')}; conv1-2)`,
  ],
  fc_as_conv: ofHeads,
  fc_to_conv: ofHeads,
  fc_to_map: ofHeads,
  drop_lrn: [(n) => times(n, 'lrn'), (n) => times(n, 'relu')],
  factor_5x5: [(n) => times(n, 'conv5-4'), (n) => times(n, 'conv5-4(dilation = 2)')],
  factor_7x7: [(n) => times(n, 'conv7-4'), (n) => times(n, 'conv7-4(dilation = 2)')],
  split_nxn: [(n) => times(n, 'conv3-4'), (n) => times(n, 'conv1-4')],
};
