/** Convolutions, fully connected layers and normalisations of other frameworks. */
import type { Answer, Part } from './answer.ts';
import { toTheStride } from './transposed.ts';

const torchConv =
  'in_channels out_channels kernel_size stride padding dilation groups bias padding_mode';
const kerasConv =
  'filters kernel_size strides padding data_format dilation_rate groups activation use_bias';

const windowRoles = ['size', 'stride', 'pad', 'dilation'] as const;

/** One kernel for each channel, and then a mixture of the channels; the bias comes at the end. */
const separable: readonly Part[] = [
  { op: 'depthwise', takes: [...windowRoles, 'multiplier'], always: { bias: 'false' } },
  { op: 'conv', takes: ['out', 'bias'], always: { size: '1' } },
];

/** A convolution without a bias before a normalisation. */
const normalised: readonly Part[] = [
  { op: 'conv', takes: [...windowRoles, 'out', 'groups'], always: { bias: 'false' } },
  { op: 'batchnorm', takes: [] },
];

/** Layers with weights. */
export const weighted: readonly Answer[] = [
  {
    tag: 'operator',
    op: 'conv',
    written: 'conv3-64',
    does: 'a 3×3 convolution to 64 channels',
    names: 'conv2d convolution2d convolutional convlayer',
    calls: [
      { by: 'PyTorch', names: 'Conv2d', order: torchConv, defaults: { pad: 'valid' } },
      { by: 'Keras', names: 'Conv2D Convolution2D', order: kerasConv, defaults: { pad: 'valid' } },
      { by: 'Caffe', names: 'Convolution', defaults: { pad: 'valid' } },
    ],
  },
  {
    tag: 'operator',
    op: 'depthwise',
    written: 'depthwise3',
    does: 'one 3×3 kernel for each channel',
    names: 'depthwiseconv dwconv dwconv2d convdw convolutiondepthwise',
    calls: [
      {
        by: 'Keras',
        names: 'DepthwiseConv2D',
        order:
          'kernel_size strides padding depth_multiplier data_format dilation_rate activation use_bias',
        defaults: { pad: 'valid' },
      },
    ],
  },
  {
    tag: 'operator',
    op: 'deconv',
    written: 'deconv2-64/2',
    does: 'a transposed convolution to 64 channels and twice the size',
    names: 'convtranspose transposedconv transposeconv upconv deconv2d deconvolution2d',
    calls: [
      {
        by: 'PyTorch',
        names: 'ConvTranspose2d',
        order:
          'in_channels out_channels kernel_size stride padding output_padding groups bias dilation padding_mode',
        defaults: { pad: 'valid' },
      },
      {
        by: 'Keras',
        names: 'Conv2DTranspose',
        order:
          'filters kernel_size strides padding output_padding data_format dilation_rate activation use_bias',
        defaults: { pad: 'valid', added: toTheStride },
      },
      { by: 'Caffe', names: 'Deconvolution', defaults: { pad: 'valid' } },
    ],
  },
  {
    tag: 'operator',
    op: 'fc',
    written: 'fc-10',
    does: 'a fully connected layer of 10 units',
    names: 'fullyconnected affine connected denselayer',
    calls: [
      { by: 'PyTorch', names: 'Linear', order: 'in_features out_features bias' },
      { by: 'Keras', names: 'Dense', order: 'units activation use_bias' },
      { by: 'Caffe', names: 'InnerProduct' },
    ],
  },
  {
    tag: 'operator',
    op: 'batchnorm',
    written: 'batchnorm',
    does: 'batch normalisation of the channels that come',
    names: 'bn bn2d batchnormalize batchnormalisation spatialbatchnorm',
    calls: [
      {
        by: 'PyTorch',
        names: 'BatchNorm2d BatchNorm1d SyncBatchNorm',
        order: 'num_features eps momentum affine track_running_stats',
      },
      {
        by: 'Keras',
        names: 'BatchNormalization',
        order: 'axis:channelAxis momentum:kept epsilon center scale:wanted',
        defaults: { eps: '1e-3', kept: '0.99' },
      },
    ],
  },
  {
    tag: 'operator',
    op: 'layernorm',
    written: 'layernorm',
    does: 'layer normalisation over the channels of each pixel',
    calls: [
      {
        by: 'PyTorch',
        names: 'LayerNorm LayerNorm2d',
        order: 'normalized_shape eps elementwise_affine bias:wanted',
      },
      {
        by: 'Keras',
        names: 'LayerNormalization',
        order: 'axis:channelAxis epsilon center scale:wanted',
        defaults: { eps: '1e-3' },
      },
    ],
  },
  {
    tag: 'operator',
    op: 'groupnorm',
    written: 'groupnorm-32',
    does: 'group normalisation in 32 groups',
    calls: [
      { by: 'PyTorch', names: 'GroupNorm', order: 'num_groups num_channels eps affine' },
      {
        by: 'Keras',
        names: 'GroupNormalization',
        order: 'groups axis epsilon center scale:wanted',
        defaults: { eps: '1e-3', groups: '32' },
      },
    ],
  },
  {
    tag: 'operator',
    op: 'instancenorm',
    written: 'instancenorm',
    does: 'normalisation of each channel over the map',
    names: 'instancenormalization',
    calls: [
      {
        by: 'PyTorch',
        names: 'InstanceNorm2d',
        order: 'num_features eps momentum:unused affine:unused',
        but: 'has a scale and a shift for each channel, as with `affine=True`',
      },
    ],
  },
  {
    tag: 'operator',
    op: 'lrn',
    written: 'lrn',
    does: 'local response normalisation over 5 channels',
    calls: [
      {
        by: 'PyTorch',
        names: 'LocalResponseNorm',
        order: 'size alpha:share beta k',
        defaults: { share: '1e-4', k: '1' },
      },
    ],
  },
  {
    tag: 'composed',
    exact: false,
    names: 'sepconv depthwiseseparable depthwiseseparableconv',
    written: 'depthwise3(bias = false); conv1-64',
    does: 'a kernel for each channel, and a convolution that mixes the channels',
    calls: [
      {
        by: 'Keras',
        names: 'SeparableConv2D SeparableConvolution2D SeparableConv',
        order:
          'filters kernel_size strides padding data_format dilation_rate depth_multiplier activation use_bias',
        defaults: { pad: 'valid' },
        parts: separable,
      },
    ],
  },
  {
    tag: 'composed',
    exact: false,
    names: 'convnormactivation convbnrelu convbnactivation convbn convrelu',
    written: 'conv3-64(bias = false); batchnorm; relu',
    does: 'the three layers, which `def` can give a name',
    calls: [
      {
        by: 'PyTorch',
        names: 'Conv2dNormActivation',
        order:
          'in_channels out_channels kernel_size stride padding groups norm_layer activation_layer dilation inplace bias:nothing',
        defaults: { size: '3', activation: 'ReLU' },
        parts: normalised,
      },
    ],
  },
  {
    tag: 'composed',
    exact: false,
    names: 'squeezeexcitation squeezeexcite seblock selayer semodule',
    written: 'id * (gap; fc-4; relu; fc-64; sigmoid)',
    does: 'a gate for each of 64 channels, made of their means',
  },
];
