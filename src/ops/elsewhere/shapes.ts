/** Pools, joins and changes of shape, of other frameworks. */
import type { Answer } from './answer.ts';

const sign = (names: string, written: string, does: string): Answer => ({
  tag: 'composed',
  exact: false,
  names,
  written,
  does,
});

const byFactor =
  'netc enlarges by a whole number and not to a size: `upsample-2` makes 28×28 of 14×14';
const centred =
  'netc has pixel centres at halves, as with `align_corners=False`; there is no other way to enlarge';

/** Layers without weights that look at more than one number. */
export const shaping: readonly Answer[] = [
  {
    tag: 'operator',
    op: 'maxpool',
    written: 'maxpool2',
    does: 'the maximum of 2×2 pixels',
    names: 'maxpooling pool2d',
    calls: [
      {
        by: 'PyTorch',
        names: 'MaxPool2d',
        order: 'kernel_size stride padding dilation return_indices ceil_mode',
      },
      {
        by: 'Keras',
        names: 'MaxPooling2D MaxPool2D',
        order: 'pool_size strides padding data_format',
      },
    ],
  },
  {
    tag: 'operator',
    op: 'avgpool',
    written: 'avgpool2',
    does: 'the mean of 2×2 pixels',
    names: 'averagepool avgpooling averagepooling meanpool',
    calls: [
      {
        by: 'PyTorch',
        names: 'AvgPool2d',
        order: 'kernel_size stride padding ceil_mode count_include_pad divisor_override:unused',
        defaults: { include_pad: 'true' },
      },
      {
        by: 'Keras',
        names: 'AveragePooling2D AvgPool2D',
        order: 'pool_size strides padding data_format',
      },
    ],
  },
  {
    tag: 'operator',
    op: 'gap',
    written: 'gap',
    does: 'the mean of the whole map for each channel, a vector; `avgpool2` is the mean of 2×2 pixels',
    names:
      'globalavgpool globalaveragepool globalaveragepooling globalmeanpool adaptiveavgpool adaptiveaveragepool globalavgpooling',
    calls: [
      {
        by: 'PyTorch',
        names: 'AdaptiveAvgPool2d',
        order: 'output_size',
        instead: {
          whole:
            'no pool of netc has an output of a size of its own: of a map of 14×14, `avgpool2` makes 7×7, and a map that ' +
            'has the size already needs no pool',
        },
      },
      {
        by: 'Keras',
        names: 'GlobalAveragePooling2D GlobalAvgPool2D',
        order: 'data_format keepdims',
      },
    ],
  },
  {
    tag: 'none',
    names:
      'gmp globalmaxpool globalmaxpool2d globalmaxpooling globalmaxpooling2d adaptivemaxpool adaptivemaxpool2d',
    says: 'the maximum of a map of fixed size is a window of that size: `maxpool7; flatten` for 7×7',
  },
  {
    tag: 'none',
    names: 'pooling pool globalpool globalpooling',
    says: 'say which: `maxpool2` is the maximum of 2×2 pixels, `avgpool2` their mean, `gap` the mean of the map',
  },
  {
    tag: 'none',
    names:
      'lppool lppool2d fractionalmaxpool2d maxunpool maxunpool2d minpool minpool2d sumpool stochasticpool roipool roialign spp spatialpyramidpooling gempool attentionpool',
    says: '`maxpool`, `avgpool` and `gap` are the pools that netc has',
  },
  {
    tag: 'operator',
    op: 'flatten',
    written: 'flatten',
    does: 'a map as one vector',
    calls: [{ by: 'PyTorch', names: 'Flatten', order: 'start_dim end_dim' }],
  },
  {
    tag: 'operator',
    op: 'pad',
    written: 'pad-1',
    does: 'a border of one pixel of zeros',
    names: 'zeropad zeropadding',
    calls: [
      { by: 'PyTorch', names: 'ZeroPad2d', order: 'padding:border' },
      { by: 'Keras', names: 'ZeroPadding2D', order: 'padding:frame data_format' },
    ],
  },
  {
    tag: 'operator',
    op: 'crop',
    written: 'crop-1',
    does: 'a map without its border of one pixel',
    names: 'cropping',
    calls: [
      { by: 'Keras', names: 'Cropping2D', order: 'cropping:frame data_format' },
      { by: 'Caffe', names: 'Crop' },
    ],
  },
  {
    tag: 'operator',
    op: 'upsample',
    written: 'upsample-2',
    does: 'a map of twice the size',
    names: 'upsampling upscale',
    calls: [
      {
        by: 'PyTorch',
        names: 'Upsample',
        order: 'size:target scale_factor mode align_corners',
        instead: { target: byFactor, unwanted: centred },
      },
      {
        by: 'PyTorch',
        names: 'UpsamplingNearest2d',
        order: 'size:target scale_factor',
        instead: { target: byFactor },
      },
      { by: 'Keras', names: 'UpSampling2D', order: 'size:scale data_format interpolation' },
    ],
  },
  {
    tag: 'none',
    names: 'up upblock unpool unpooling upsamplingblock decoderblock',
    says: 'say how: `upsample-2` makes a map twice as large, and `deconv2-64/2` does so with weights, to 64 channels',
  },
  {
    tag: 'none',
    names: 'down downblock downsample downsampling encoderblock',
    says: 'say how: `maxpool2` halves a map, and `conv3-64/2` does so with weights, to 64 channels',
  },
  {
    tag: 'none',
    names: 'interpolate resize resizing upsamplingbilinear2d resizebilinear resizenearest imresize',
    says: '`upsample-2(method = bilinear)` enlarges by a whole number, with pixel centres at halves; there is no other resizing',
  },
  {
    tag: 'operator',
    op: 'id',
    written: 'id',
    does: 'its input as it is',
    names: 'passthrough noop',
    calls: [{ by: 'PyTorch', names: 'Identity', order: '' }],
  },
  sign(
    'shortcut skip skipconnection residual residualblock resblock residualadd',
    'f + id',
    'a layer beside a shortcut',
  ),
  sign('add sum plus eltwise elementwise addv2 merge', 'f + g', 'the sum of both branches'),
  sign('subtract sub difference', 'f + (g; scale(-1))', 'the first branch less the other'),
  sign('multiply mul product hadamard', 'f * g', 'the product of both branches'),
  sign('average', '(f + g); scale(0.5)', 'the mean of both branches'),
  sign('concat concatenate cat route depthconcat stack', 'f | g', 'the channels of both branches'),
  sign('split chunk slice narrow', 'channels(0..32)', 'the first 32 channels'),
  sign('sequential modulelist chain compose', 'f; g', 'one layer after the other'),
  sign('lambda module layerlist function', 'def f = conv3-64; relu', 'a name for layers'),
  {
    tag: 'none',
    names: 'none null nil nullptr',
    says: 'a shortcut that changes nothing is `id`, and a parameter that is not given has its default',
  },
  {
    tag: 'none',
    names: 'input inputlayer data inputshape placeholder',
    says: 'the input is the type of the net: `net A : [224, 224, 3] -> _`',
  },
  {
    tag: 'none',
    names:
      'view reshape unflatten permute transpose squeeze unsqueeze expanddims repeatvector tile swapaxes rearrange',
    says: '`flatten` makes a vector of a map; tensors have no other change of shape',
  },
  {
    tag: 'none',
    names:
      'pixelshuffle pixelunshuffle depthtospace spacetodepth reorg channelshuffle shuffle focus',
    says: 'pixels and channels stay where they are; `deconv2-64/2` enlarges a map, and `channels` with `|` puts channels in another order',
  },
  {
    tag: 'none',
    names:
      'reflectionpad2d replicationpad2d circularpad2d constantpad2d reflectionpad mirrorpad symmetricpad',
    says: '`pad` adds zeros; there is no other border',
  },
  {
    tag: 'none',
    names: 'maximum minimum dot matmul cosinesimilarity einsum',
    says: 'branches are joined by `+`, `*` and `|`',
  },
];
