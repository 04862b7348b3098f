/**
 * Words of PyTorch, Keras, Caffe and darknet: what netc answers to each. The calls below are a document: `NETC_UPDATE=1`
 * writes their answers, and the diff is to be read.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import type { Answer } from '../../src/ops/elsewhere/answer.ts';
import { elsewherePage } from '../../src/ops/elsewhere/document.ts';
import { answers, namesOf } from '../../src/ops/elsewhere/elsewhere.ts';
import { table } from '../../src/ops/table.ts';
import { expectGolden } from '../golden.ts';
import { valueAt } from './functions.ts';
import { faults, main, mended, rendered } from './program.ts';

const calls: { readonly [framework: string]: readonly string[] } = {
  PyTorch: [
    ...['nn.Conv2d(3, 64, 3)', 'nn.Conv2d(3, 64, 3, padding=1)', 'nn.Conv2d(64, 64, 3, 1, 1)'],
    ...['nn.Conv2d(3, 64, kernel_size=(3, 3), stride=2, padding=1, bias=False)'],
    ...[
      'Conv2d(64, 128, 1)',
      "Conv2d(64, 64, 3, padding='same')",
      'Conv2d(64, 64, 3, padding=(0, 1))',
    ],
    ...['Conv2d(64, 64, 3, padding=2, dilation=2)', "Conv2d(64, 64, 3, padding_mode='reflect')"],
    ...['Conv2d(64, c, k, padding=k//2)', 'Conv2d(64, 64, 3, groups=64, padding=1)'],
    ...['torch.nn.ConvTranspose2d(64, 32, 2, stride=2)', 'ConvTranspose2d(64, 32, 4, 2, 1)'],
    ...[
      'ConvTranspose2d(64, 32, 3, 2, 1, output_padding=1)',
      'ConvTranspose2d(64, 32, 3, 2, output_padding=1)',
      'ConvTranspose2d(64, c, k, 2, output_padding=1)',
      'Conv2dNormActivation(64, 32)',
      'Conv2dNormActivation(64, 32, 1, activation_layer=nn.SiLU)',
      'Conv2dNormActivation(64, 32, norm_layer=None)',
    ],
    ...['nn.Linear(64, 10)', 'nn.Linear(in_features=64, out_features=10, bias=False)'],
    ...['BatchNorm2d(64)', 'BatchNorm2d(64, eps=1e-3, momentum=0.01)', 'BatchNorm2d(64, 0.9)'],
    ...['BatchNorm2d(64, affine=False)', 'SyncBatchNorm(64)', 'BatchNorm1d(64)'],
    ...['LayerNorm(64)', 'LayerNorm([64, 7, 7])', 'GroupNorm(32, 64)', 'InstanceNorm2d(64)'],
    ...['LocalResponseNorm(5)', 'LocalResponseNorm(5, alpha=1e-4, beta=0.75, k=2)', 'RMSNorm(64)'],
    ...[
      'ReLU()',
      'nn.ReLU(inplace=True)',
      'F.relu(x)',
      'ReLU6()',
      'LeakyReLU(0.2)',
      'LeakyReLU(0.1, True)',
    ],
    ...[
      'PReLU()',
      'PReLU(64)',
      'ELU()',
      'ELU(alpha=0.5)',
      'SELU()',
      'CELU()',
      'CELU(0.5)',
      'GELU()',
    ],
    ...[
      "GELU(approximate='tanh')",
      'SiLU()',
      'Mish()',
      'Hardswish()',
      'Hardsigmoid()',
      'Hardtanh(0, 6)',
    ],
    ...[
      'Hardshrink()',
      'Softshrink()',
      'Tanhshrink()',
      'Threshold(0.1, 20)',
      'Softplus()',
      'Softplus(beta=2)',
    ],
    ...[
      'Softsign()',
      'Sigmoid()',
      'LogSigmoid()',
      'Tanh()',
      'Softmax(dim=1)',
      'Softmax2d()',
      'LogSoftmax(dim=1)',
    ],
    ...['Softmin(dim=1)', 'GLU()', 'RReLU()'],
    ...[
      'MaxPool2d(2)',
      'MaxPool2d(kernel_size=3, stride=2, padding=1)',
      'MaxPool2d(3, 2, ceil_mode=True)',
    ],
    ...['MaxPool2d(2, return_indices=True)', 'AvgPool2d(2)', 'AvgPool2d(3, 1, 1)'],
    ...['AvgPool2d(3, 1, 1, count_include_pad=False)', 'LPPool2d(2, 3)', 'FractionalMaxPool2d(3)'],
    ...[
      'AdaptiveAvgPool2d(1)',
      'AdaptiveAvgPool2d((1, 1))',
      'AdaptiveAvgPool2d(7)',
      'AdaptiveMaxPool2d(1)',
    ],
    ...[
      'Dropout(0.2)',
      'Dropout(p=0.5)',
      'Dropout2d(0.2)',
      'AlphaDropout(0.1)',
      'StochasticDepth(0.1)',
    ],
    ...[
      'Flatten()',
      'Flatten(1)',
      'Flatten(2)',
      'UpSampling2D((2, 3))',
      'BatchNormalization(axis = 1)',
      'BatchNormalization(axis = -1)',
      'ReLU(6.0)',
      'Unflatten(1, (2, 5))',
      'ZeroPad2d(1)',
      'ZeroPad2d((1, 2, 3, 4))',
    ],
    ...[
      'ReflectionPad2d(1)',
      'ReplicationPad2d(1)',
      'ConstantPad2d(1, 3.5)',
      'Upsample(scale_factor=2)',
    ],
    ...[
      "Upsample(scale_factor=2, mode='bilinear')",
      "Upsample(scale_factor=2, mode='bilinear', align_corners=True)",
    ],
    ...[
      'Upsample(size=14)',
      'UpsamplingNearest2d(scale_factor=2)',
      'UpsamplingBilinear2d(scale_factor=2)',
    ],
    ...[
      'F.interpolate(x, scale_factor=2)',
      'PixelShuffle(2)',
      'ChannelShuffle(4)',
      'Identity()',
      'Sequential()',
    ],
    ...['ModuleList()', 'Conv1d(3, 4, 5)', 'Conv3d(3, 4, 5)', 'LSTM(3, 4)', 'Embedding(3, 4)'],
    ...[
      'MultiheadAttention(8, 2)',
      'TransformerEncoderLayer(8, 2)',
      'CrossEntropyLoss()',
      'MSELoss()',
    ],
    ...[
      'torch.cat',
      'torch.add',
      'torch.flatten(x, 1)',
      'x.view',
      'SqueezeExcitation(64, 4)',
      'FrozenBatchNorm2d(64)',
    ],
  ],
  Keras: [
    ...[
      'Conv2D(64, 3)',
      'Conv2D(64, (3, 3))',
      'Conv2D(64, 3, activation="relu")',
      "Conv2D(64, (3, 3), padding='same')",
    ],
    ...[
      "layers.Conv2D(64, 3, strides=2, padding='same', use_bias=False)",
      'Conv2D(filters=64, kernel_size=3)',
    ],
    ...[
      "Conv2D(64, 3, activation='swish')",
      "Conv2D(64, 3, activation='selu')",
      "Conv2D(64, 3, activation='foo')",
    ],
    ...[
      "Conv2D(64, 3, data_format='channels_first')",
      'conv2d(64, 3)',
      'conv2d(3, 64, 3)',
      'conv2d(64, 3, 1)',
    ],
    ...['Conv2DTranspose(32, 2, strides=3)', 'Conv2DTranspose(32, 3, strides=2, output_padding=1)'],
    ...["Conv2DTranspose(32, 3, strides=2, padding='same', output_padding=1)"],
    ...['Conv2DTranspose(32, 2, strides=2)', "Conv2DTranspose(32, 3, strides=2, padding='same')"],
    ...[
      'DepthwiseConv2D(3)',
      "DepthwiseConv2D(3, padding='same')",
      'SeparableConv2D(64, 3)',
      "SeparableConv2D(64, 3, strides=2, padding='same', depth_multiplier=2, activation='relu')",
      'SeparableConv2D(64, 3, use_bias=False)',
      'tf.keras.layers.Dense(10)',
    ],
    ...[
      "Dense(10, activation='softmax')",
      'Dense(units=10, use_bias=False)',
      "Activation('relu')",
      'BatchNormalization()',
    ],
    ...[
      'BatchNormalization(momentum=0.9, epsilon=1e-5)',
      'BatchNormalization(scale=False)',
      'LayerNormalization()',
    ],
    ...[
      'GroupNormalization(8)',
      'UnitNormalization()',
      'SpatialDropout2D(0.2)',
      'GaussianNoise(0.1)',
    ],
    ...[
      'MaxPooling2D()',
      'MaxPooling2D((2, 2))',
      "MaxPooling2D(pool_size=3, strides=2, padding='same')",
    ],
    ...['AveragePooling2D(2)', 'GlobalAveragePooling2D()', 'GlobalAveragePooling2D(keepdims=True)'],
    ...[
      'GlobalMaxPooling2D()',
      'GlobalMaxPool2D()',
      'Reshape((7, 7, 64))',
      'Permute((2, 1))',
      'ZeroPadding2D(1)',
    ],
    ...[
      'ZeroPadding2D((1, 2))',
      'ZeroPadding2D(((0, 1), (0, 1)))',
      'Cropping2D(1)',
      'UpSampling2D(2)',
    ],
    ...[
      "UpSampling2D(size=(2, 2), interpolation='bilinear')",
      'Add()',
      'Subtract()',
      'Multiply()',
      'Average()',
    ],
    ...[
      'Maximum()',
      'Concatenate()',
      'Rescaling(1/255)',
      'Resizing(224, 224)',
      'Lambda()',
      'Input()',
      'InputLayer()',
    ],
    ...[
      'LocallyConnected2D(3, 3)',
      'TimeDistributed()',
      'RandomFlip()',
      'ThresholdedReLU()',
      'CenterCrop(8, 8)',
    ],
  ],
  Caffe: [
    ...[
      'Convolution',
      'Pooling',
      'InnerProduct',
      'Deconvolution',
      'BNLL',
      'AbsVal',
      'Power',
      'Exp',
      'Log',
      'TanH',
    ],
    ...[
      'Eltwise',
      'Concat',
      'Slice',
      'Split',
      'Scale',
      'Bias',
      'MVN',
      'SPP',
      'SoftmaxWithLoss',
      'EuclideanLoss',
    ],
    ...['Accuracy', 'ArgMax', 'Reduction', 'Im2col', 'Silence', 'Embed', 'Data', 'Crop'],
  ],
  darknet: [
    ...[
      'convolutional',
      'connected',
      'leaky',
      'logistic',
      'mish',
      'swish',
      'route',
      'shortcut',
      'yolo',
      'region',
    ],
    ...['detection', 'reorg', 'local', 'cost'],
  ],
  'loose words': [
    ...[
      'lrelu',
      'lrelu(0.2)',
      'gmp',
      'logsoftmax',
      'log_softmax',
      'selu',
      'bn',
      'bn-64',
      'conv2d-64',
      'dense-10',
    ],
    ...[
      'linear-10',
      'maxpool2d-2',
      'upsampling2d-2',
      'adaptive_avgpool(7)',
      'adaptive_avg_pool2d(1)',
      'hswish',
    ],
    ...[
      'h_sigmoid',
      'quick_gelu',
      'global_max_pool',
      'global_avg_pool',
      'residual',
      'skip',
      'identity',
      'crelu',
      'square',
    ],
  ],
};

/** A net for each word on a line of its own: on a map, or on a vector. */
const inputs = ['[14, 14, 64]', '[64]'] as const;
const declared = 'def k = 3\ndef c = 8\n';
const programOf = (words: readonly string[], input: string): string =>
  declared + words.map((word, i) => `net N${i}_ : ${input} -> _ { ${word} }\n`).join('');

/** The faults of each net of such a program. */
const byNet = (text: string, found = faults(text)): readonly (readonly Diagnostic[])[] => {
  const ends = [...text.matchAll(/\n/g)].map((match) => match.index).slice(2);
  return ends.map((end, i) => {
    const start = i === 0 ? declared.length : ends[i - 1]!;
    return found.filter(({ primary: { span } }) => span.start >= start && span.start < end);
  });
};

const unknownIn = (found: readonly Diagnostic[]): Diagnostic | undefined =>
  found.find(({ code }) => code === 'E0301');

const all = Object.values(calls).flat();
const onMap = byNet(programOf(all, inputs[0])).map(unknownIn);

const answerFor = (found: Diagnostic | undefined): string => {
  if (found === undefined) return 'is known';
  if (found.fixes.length > 0) return found.fixes.map(({ title }) => title).join(' | ');
  return `${found.primary.message}; ${found.notes.join('; ')}`;
};

describe('calls of other frameworks', () => {
  it('are more than 150, each once', () => {
    expect(all.length).toBeGreaterThan(150);
    expect(new Set(all).size).toBe(all.length);
  });

  it('get their true answers', () => {
    const width = 60;
    const shown = (call: string): string =>
      `  ${call.padEnd(width)} ${answerFor(onMap[all.indexOf(call)])}\n`;
    const text = Object.entries(calls).map(
      ([framework, list]) => `${framework}\n${list.map(shown).join('')}`,
    );
    expectGolden(join(import.meta.dirname, 'foreign-names.txt'), text.join('\n'));
  });

  it('are sound after any fix, on a map or on a vector', () => {
    const faulty = inputs.map((input) => {
      const fixes = byNet(programOf(all, input)).map((found) => unknownIn(found)?.fixes ?? []);
      return [0, 1].flatMap((n) => {
        const chosen = fixes.map((of) => of[n]);
        const edits = chosen.flatMap((fix) => fix?.edits ?? []);
        const files = new Map([[main, programOf(all, input)]]);
        const text = mended(files, { title: '', edits, applicability: 'likely' }).get(main)!;
        return byNet(text).flatMap((found, i) =>
          chosen[i] !== undefined && found.some(({ severity }) => severity === 'error')
            ? [`${all[i]!}: ${chosen[i].title}`]
            : [],
        );
      });
    });
    expect(faulty[0]!.filter((call) => faulty[1]!.includes(call))).toEqual([]);
  });
});

describe('the table', () => {
  it('has each word once, and none that netc has itself', () => {
    const names = answers.flatMap(namesOf);
    const twice = answers.flatMap((a) => {
      const others = new Set(answers.filter((b) => b !== a).flatMap(namesOf));
      return namesOf(a).filter((name) => others.has(name));
    });
    expect(twice).toEqual([]);
    expect(new Set(names).size).toBeGreaterThan(250);
  });

  /** A program of what an answer writes, with layers for `f` and `g`. */
  const shown = (written: string, input: string): string =>
    written.startsWith('def ')
      ? `${written}\n`
      : `def f = id\ndef g = id\nnet N : ${input} -> _ { ${written} }\n`;
  const writing = answers.flatMap((a) => (a.tag === 'none' ? [] : [a]));

  it.each(writing.map((a) => [a.written, a] as const))('%s is sound', (_, { written }) => {
    const sound = inputs.some((input) =>
      faults(shown(written, input)).every((d) => d.severity !== 'error'),
    );
    expect(sound, rendered(shown(written, inputs[0]))).toBe(true);
  });

  it('answers each of its words, whatever the case', () => {
    const names = answers.flatMap(namesOf).filter((name) => !table.has(name));
    for (const written of [names, names.map((name) => name.toUpperCase())]) {
      const found = byNet(programOf(written, inputs[0])).map(unknownIn);
      const others = written.filter(
        (_, i) => !/^netc (writes|has no such layer)/.test(found[i]?.primary.message ?? ''),
      );
      expect(others).toEqual([]);
    }
  });

  test('docs/elsewhere.md is fresh: else run node scripts/habits-doc.mjs', () => {
    const file = new URL('../../docs/elsewhere.md', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(elsewherePage());
  });
});

/** Formulas of the frameworks' documentation. */
const formulas: { readonly [name: string]: (x: number) => number } = {
  selu: (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  mish: (x) => x * Math.tanh(Math.log1p(Math.exp(x))),
  celu: (x) => Math.max(0, x) + Math.min(0, Math.expm1(x)),
  quickgelu: (x) => x / (1 + Math.exp(-1.702 * x)),
  logsigmoid: (x) => -Math.log1p(Math.exp(-x)),
  tanhshrink: (x) => x - Math.tanh(x),
  square: (x) => x * x,
  negative: (x) => -x,
  gelunew: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  crelu: (x) => Math.max(0, x),
};

describe('functions written with others', () => {
  const exact = answers.filter(
    (a): a is Extract<Answer, { tag: 'composed' }> => a.tag === 'composed' && a.exact,
  );
  it('have a formula each', () => {
    expect(exact.map((a) => namesOf(a).find((name) => name in formulas))).not.toContain(undefined);
  });

  it.each(exact.map((a) => [a.written, a] as const))(
    '%s is the same function',
    (written, answer) => {
      const formula = formulas[namesOf(answer).find((name) => name in formulas)!]!;
      for (const x of [-4, -1.5, -0.3, 0, 0.2, 1, 3.7])
        expect(valueAt(`net N : [1] -> _ { ${written} }`, [x])[0]).toBeCloseTo(formula(x), 12);
    },
  );
});
