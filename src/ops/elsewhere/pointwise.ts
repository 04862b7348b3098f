/** Activations and other functions of single numbers, of other frameworks. */
import type { Answer } from './answer.ts';

const plain = (
  op: 'sigmoid' | 'tanh' | 'silu' | 'hardswish' | 'mish',
  does: string,
  spelled: string,
  names = '',
): Answer => ({
  tag: 'operator',
  op,
  written: op,
  does,
  ...(names === '' ? {} : { names }),
  calls: [{ by: 'PyTorch', names: spelled, order: 'inplace' }],
});

const composed = (names: string, written: string, does: string): Answer => ({
  tag: 'composed',
  exact: true,
  names,
  written,
  does,
});

/** Functions of single numbers. */
export const pointwise: readonly Answer[] = [
  {
    tag: 'operator',
    op: 'relu',
    written: 'relu',
    does: 'a number, or 0 where it is negative',
    names: 'rectifier rectify rectifiedlinear',
    calls: [
      { by: 'PyTorch', names: 'ReLU', order: 'inplace' },
      { by: 'Keras', names: 'ReLU', order: 'max_value negative_slope threshold' },
    ],
  },
  {
    tag: 'operator',
    op: 'relu6',
    written: 'relu6',
    does: 'a ReLU that ends at 6',
    calls: [{ by: 'PyTorch', names: 'ReLU6', order: 'inplace' }],
  },
  {
    tag: 'operator',
    op: 'leaky_relu',
    written: 'leaky_relu(alpha = 0.1)',
    does: 'a ReLU whose slope below 0 is 0.1',
    names: 'lrelu leakyrectify',
    calls: [
      { by: 'PyTorch', names: 'LeakyReLU', order: 'negative_slope inplace' },
      {
        by: 'Keras',
        names: 'LeakyReLU',
        order: 'negative_slope',
        defaults: { alpha: '0.3' },
      },
      { by: 'darknet', names: 'leaky', defaults: { alpha: '0.1' } },
    ],
  },
  {
    tag: 'operator',
    op: 'prelu',
    written: 'prelu',
    does: 'a ReLU whose slope below 0 is learnt',
    names: 'parametricrelu',
    but: 'has a slope for each channel',
    calls: [
      { by: 'PyTorch', names: 'PReLU', order: 'num_parameters init:first_slope shared_axes' },
    ],
  },
  {
    tag: 'operator',
    op: 'elu',
    written: 'elu',
    does: 'a number, or eˣ − 1 where it is negative',
    calls: [{ by: 'PyTorch', names: 'ELU', order: 'alpha inplace' }],
  },
  {
    tag: 'operator',
    op: 'gelu',
    written: 'gelu',
    does: 'a number times the normal distribution at it',
    calls: [{ by: 'PyTorch', names: 'GELU', order: 'approximate:tanh' }],
  },
  composed(
    'gelunew gelutanh fastgelu',
    'gelu(approximate = true)',
    'GELU by its formula with tanh',
  ),
  {
    tag: 'operator',
    op: 'softplus',
    written: 'softplus',
    does: 'log(1 + eˣ)',
    names: 'bnll smoothrelu',
    calls: [{ by: 'PyTorch', names: 'Softplus', order: 'beta:one threshold:unused' }],
  },
  plain('silu', 'a number times its sigmoid', 'SiLU Swish'),
  plain(
    'hardswish',
    'a number times its sigmoid in straight pieces',
    'Hardswish',
    'hswish hardsilu',
  ),
  plain('mish', 'a number times the tanh of its softplus', 'Mish'),
  plain('sigmoid', '1/(1 + e⁻ˣ)', 'Sigmoid', 'logistic'),
  plain('tanh', 'the hyperbolic tangent', 'Tanh TanH', 'hyperbolictangent'),
  {
    tag: 'operator',
    op: 'softmax',
    written: 'softmax',
    does: 'numbers that add up to 1 over the channels',
    calls: [{ by: 'PyTorch', names: 'Softmax Softmax2d', order: 'dim' }],
  },
  {
    tag: 'operator',
    op: 'dropout',
    written: 'dropout(0.5)',
    does: 'dropout of half of the numbers while training',
    calls: [
      { by: 'PyTorch', names: 'Dropout', order: 'p inplace seed' },
      {
        by: 'PyTorch',
        names: 'Dropout2d SpatialDropout2D FeatureDropout',
        order: 'p inplace',
        but: 'drops single numbers and not whole channels',
      },
    ],
  },
  {
    tag: 'operator',
    op: 'scale',
    written: 'scale(1.0/255)',
    does: 'every number times a constant',
    calls: [{ by: 'Keras', names: 'Rescaling', order: 'scale:factor offset' }],
  },
  composed(
    'selu',
    'elu(alpha = 1.6732632423543772); scale(1.0507009873554805)',
    'SELU (Klambauer et al. 2017) by its definition',
  ),
  composed('celu', 'elu', 'CELU with its default alpha of 1'),
  composed('quickgelu', 'id * (scale(1.702); sigmoid)', 'x · sigmoid(1.702x)'),
  composed('logsigmoid', 'scale(-1); softplus; scale(-1)', 'the logarithm of the sigmoid'),
  composed('tanhshrink', 'id + (tanh; scale(-1))', 'x − tanh(x)'),
  composed('crelu concatrelu', 'relu | (scale(-1); relu)', 'the positive and the negative parts'),
  composed('square', 'id * id', 'every number times itself'),
  composed('negative neg', 'scale(-1)', 'every number with the other sign'),
  {
    tag: 'composed',
    exact: false,
    names: 'glu gatedlinearunit',
    written: 'channels(0..32) * (channels(32..64); sigmoid)',
    does: 'the first half of 64 channels times the sigmoid of the other',
  },
  {
    tag: 'none',
    names: 'activation nonlinearity act',
    says: 'an activation is a layer of its own: `relu`, `leaky_relu`, `sigmoid`, `tanh`, `silu`, …',
  },
  {
    tag: 'none',
    names: 'logsoftmax softmin',
    says: 'a net ends with `softmax`, or with the scores before it; take the logarithm outside',
  },
  {
    tag: 'none',
    names: 'hardsigmoid hsigmoid hardtanh htanh thresholdedrelu threshold clip clamp clipbyvalue',
    says: '`relu6` and `hardswish` are the activations in straight pieces that netc has',
  },
  {
    tag: 'none',
    names:
      'hardshrink softshrink softsign rrelu maxout snake sin cos exp exponential log power abs absval sqrt rsqrt reciprocal erf hardmax',
    says: 'the activations of netc are listed in docs/operators.md',
  },
  {
    tag: 'none',
    names:
      'alphadropout featurealphadropout gaussiandropout gaussiannoise droppath stochasticdepth dropblock dropconnect activityregularization',
    says: '`dropout` is all that differs while training; at inference these do nothing and can be left out',
  },
];
