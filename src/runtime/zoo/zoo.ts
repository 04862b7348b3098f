/**
 * torchvision's classification networks: the names of their modules with weights, in the order of execution.
 * A netc net with the same layers in the same order is paired with them one by one, whatever its own paths.
 *
 * https://github.com/pytorch/vision/tree/main/torchvision/models
 */

/** How the pictures of the published weights are prepared. */
export type Preparation = {
  readonly resize: number; // the short side
  readonly crop: number; // the side of the centre
  /** the published weights expect [−1, 1]; torchvision's `transform_input` turns ImageNet's statistics into that */
  readonly transformed: boolean;
};

export type Model = {
  readonly name: string;
  /** with 1000 classes and without the heads on the side, as torchvision documents it: distinguishes variants */
  readonly params: number;
  readonly modules: readonly string[];
  /** the heads on the side, in order; a net may be without them */
  readonly side: readonly string[];
  readonly preparation: Preparation;
  /** of the second weights that are published, `IMAGENET1K_V2`, where they are */
  readonly second?: { readonly preparation: Preparation; readonly hash: string };
};

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/** `under('a.0', 'b', 'c')` is a.0.b, a.0.c */
const under = (folder: string, ...names: readonly string[]): readonly string[] =>
  names.map((name) => `${folder}.${name}`);

/** Modules lie in one row with ReLU and pools, which take numbers too. */
const vgg = (convs: readonly number[], norm: boolean): readonly string[] => {
  const names: string[] = [];
  let place = 0;
  for (const n of convs) {
    for (const _ of range(n)) {
      names.push(`features.${place++}`);
      if (norm) names.push(`features.${place++}`);
      place++; // ReLU
    }
    place++; // pool
  }
  return [...names, ...under('classifier', '0', '3', '6')];
};

const resnet = (convs: 2 | 3, stages: readonly number[]): readonly string[] => [
  ...['conv1', 'bn1'],
  ...stages.flatMap((n, stage) =>
    range(n).flatMap((i) => {
      const block = `layer${stage + 1}.${i}`;
      const shortcut = i === 0 && (stage > 0 || convs === 3);
      return [
        ...range(convs).flatMap((k) => under(block, `conv${k + 1}`, `bn${k + 1}`)),
        ...(shortcut ? under(block, 'downsample.0', 'downsample.1') : []),
      ];
    }),
  ),
  'fc',
];

const densenet = (blocks: readonly number[]): readonly string[] => [
  ...under('features', 'conv0', 'norm0'),
  ...blocks.flatMap((n, b) => [
    ...range(n).flatMap((i) =>
      under(`features.denseblock${b + 1}.denselayer${i + 1}`, 'norm1', 'conv1', 'norm2', 'conv2'),
    ),
    ...(b < blocks.length - 1 ? under(`features.transition${b + 1}`, 'norm', 'conv') : []),
  ]),
  ...['features.norm5', 'classifier'],
];

const squeezenet = (fires: readonly number[]): readonly string[] => [
  'features.0',
  ...fires.flatMap((i) => under(`features.${i}`, 'squeeze', 'expand1x1', 'expand3x3')),
  'classifier.1',
];

const mobilenetV2: readonly string[] = [
  ...under('features.0', '0', '1'),
  ...under('features.1.conv', '0.0', '0.1', '1', '2'),
  ...range(16).flatMap((i) =>
    under(`features.${i + 2}.conv`, '0.0', '0.1', '1.0', '1.1', '2', '3'),
  ),
  ...under('features.18', '0', '1'),
  'classifier.1',
];

/** A convolution with its batch norm. */
const unit = (...names: readonly string[]): readonly string[] =>
  names.flatMap((name) => under(name, 'conv', 'bn'));

const googlenet: readonly string[] = [
  ...unit('conv1', 'conv2', 'conv3'),
  ...['3a', '3b', '4a', '4b', '4c', '4d', '4e', '5a', '5b'].flatMap((i) =>
    unit(
      ...under(
        `inception${i}`,
        'branch1',
        'branch2.0',
        'branch2.1',
        'branch3.0',
        'branch3.1',
        'branch4.1',
      ),
    ),
  ),
  'fc',
];

/** `row('branch3x3dbl', '1', '2')` is branch3x3dbl_1, branch3x3dbl_2 */
const row = (branch: string, ...steps: readonly string[]): readonly string[] =>
  steps.map((step) => `${branch}_${step}`);

const inceptionA = [
  ...['branch1x1', ...row('branch5x5', '1', '2')],
  ...[...row('branch3x3dbl', '1', '2', '3'), 'branch_pool'],
];
const inceptionB = ['branch3x3', ...row('branch3x3dbl', '1', '2', '3')];
const inceptionC = [
  ...['branch1x1', ...row('branch7x7', '1', '2', '3')],
  ...[...row('branch7x7dbl', '1', '2', '3', '4', '5'), 'branch_pool'],
];
const inceptionD = [...row('branch3x3', '1', '2'), ...row('branch7x7x3', '1', '2', '3', '4')];
const inceptionE = [
  ...['branch1x1', ...row('branch3x3', '1', '2a', '2b')],
  ...[...row('branch3x3dbl', '1', '2', '3a', '3b'), 'branch_pool'],
];

const inceptionV3: readonly string[] = [
  ...unit('Conv2d_1a_3x3', 'Conv2d_2a_3x3', 'Conv2d_2b_3x3', 'Conv2d_3b_1x1', 'Conv2d_4a_3x3'),
  ...['5b', '5c', '5d'].flatMap((i) => unit(...under(`Mixed_${i}`, ...inceptionA))),
  ...unit(...under('Mixed_6a', ...inceptionB)),
  ...['6b', '6c', '6d', '6e'].flatMap((i) => unit(...under(`Mixed_${i}`, ...inceptionC))),
  ...unit(...under('Mixed_7a', ...inceptionD)),
  ...['7b', '7c'].flatMap((i) => unit(...under(`Mixed_${i}`, ...inceptionE))),
  'fc',
];

const usual: Preparation = { resize: 256, crop: 224, transformed: false };

const model = (
  name: string,
  params: number,
  modules: readonly string[],
  preparation: Preparation = usual,
  side: readonly string[] = [],
): Model => ({ name, params, modules, side, preparation });

/** The second weights have larger centres of smaller pictures; `hash` is in the name of their file. */
const again = (hash: string, first: Model): Model => ({
  ...first,
  second: { preparation: { ...first.preparation, resize: 232 }, hash },
});

export const zoo: readonly Model[] = [
  model('alexnet', 61_100_840, [
    ...under('features', '0', '3', '6', '8', '10'),
    ...under('classifier', '1', '4', '6'),
  ]),
  model('vgg11', 132_863_336, vgg([1, 1, 2, 2, 2], false)),
  model('vgg11_bn', 132_868_840, vgg([1, 1, 2, 2, 2], true)),
  model('vgg13', 133_047_848, vgg([2, 2, 2, 2, 2], false)),
  model('vgg13_bn', 133_053_736, vgg([2, 2, 2, 2, 2], true)),
  model('vgg16', 138_357_544, vgg([2, 2, 3, 3, 3], false)),
  model('vgg16_bn', 138_365_992, vgg([2, 2, 3, 3, 3], true)),
  model('vgg19', 143_667_240, vgg([2, 2, 4, 4, 4], false)),
  model('vgg19_bn', 143_678_248, vgg([2, 2, 4, 4, 4], true)),
  model('googlenet', 6_624_904, googlenet, { ...usual, transformed: true }, [
    ...[...unit('aux1.conv'), ...under('aux1', 'fc1', 'fc2')],
    ...[...unit('aux2.conv'), ...under('aux2', 'fc1', 'fc2')],
  ]),
  model('inception_v3', 23_834_568, inceptionV3, { resize: 342, crop: 299, transformed: true }, [
    ...unit('AuxLogits.conv0', 'AuxLogits.conv1'),
    'AuxLogits.fc',
  ]),
  model('resnet18', 11_689_512, resnet(2, [2, 2, 2, 2])),
  model('resnet34', 21_797_672, resnet(2, [3, 4, 6, 3])),
  again('11ad3fa6', model('resnet50', 25_557_032, resnet(3, [3, 4, 6, 3]))),
  again('cd907fc2', model('resnet101', 44_549_160, resnet(3, [3, 4, 23, 3]))),
  again('f82ba261', model('resnet152', 60_192_808, resnet(3, [3, 8, 36, 3]))),
  model('densenet121', 7_978_856, densenet([6, 12, 24, 16])),
  model('densenet161', 28_681_000, densenet([6, 12, 36, 24])),
  model('densenet169', 14_149_480, densenet([6, 12, 32, 32])),
  model('densenet201', 20_013_928, densenet([6, 12, 48, 32])),
  model('squeezenet1_0', 1_248_424, squeezenet([3, 4, 5, 7, 8, 9, 10, 12])),
  model('squeezenet1_1', 1_235_496, squeezenet([3, 4, 6, 7, 9, 10, 11, 12])),
  again('7ebf99e0', model('mobilenet_v2', 3_504_872, mobilenetV2)),
];
