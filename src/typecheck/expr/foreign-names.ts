/** What other frameworks call the layers of netc. The one place that knows. */
import { replace, type Fix } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../syntax/source.ts';

/** `written` is netc's way, as an example of what `does`; `word` is the name to be put in its place. */
type Counterpart = { readonly written: string; readonly does: string; readonly word?: string };

const called = (written: string, does: string, word: string): Counterpart => ({
  written,
  does,
  word,
});
/** What netc writes with a sign. */
const sign = (written: string, does: string): Counterpart => ({ written, does });

const rows: readonly (readonly [names: string, Counterpart])[] = [
  [
    'conv2d convolution convolution2d',
    called('conv3-64', 'a 3×3 convolution to 64 channels', 'conv'),
  ],
  [
    'convtranspose convtranspose2d conv2dtranspose transposedconv upconv',
    called('deconv2-64/2', 'a transposed convolution', 'deconv'),
  ],
  [
    'depthwiseconv depthwiseconv2d dwconv',
    called('depthwise3', 'one kernel for each channel', 'depthwise'),
  ],
  [
    'linear dense fullyconnected innerproduct affine',
    called('fc-10', 'a fully connected layer of 10 units', 'fc'),
  ],
  [
    'bn batchnorm2d batchnormalization',
    called('batchnorm', 'batch normalisation of the channels that come', 'batchnorm'),
  ],
  ['maxpool2d maxpooling maxpooling2d', called('maxpool2', 'the maximum of 2×2 pixels', 'maxpool')],
  [
    'avgpool2d averagepool avgpooling averagepooling averagepooling2d',
    called('avgpool2', 'the mean of 2×2 pixels', 'avgpool'),
  ],
  [
    'globalavgpool globalavgpool2d globalaveragepool globalaveragepooling globalaveragepooling2d globalpool adaptiveavgpool adaptiveavgpool2d',
    called('gap', 'the mean over height and width', 'gap'),
  ],
  ['identity shortcut skip passthrough', called('id', 'its input as it is', 'id')],
  ['upsampling upsampling2d', called('upsample-2', 'a map of twice the size', 'upsample')],
  ['dropout2d spatialdropout', called('dropout', 'dropout', 'dropout')],
  ['leakyrelu', called('leaky_relu', 'a ReLU with a slope below 0', 'leaky_relu')],
  ['localresponsenorm', called('lrn', 'local response normalisation', 'lrn')],
  ['zeropad zeropad2d zeropadding zeropadding2d', called('pad-1', 'a border of zeros', 'pad')],
  ['cropping cropping2d centercrop', called('crop-1', 'a map without its border', 'crop')],
  ['concat concatenate cat', sign('f | g', 'the channels of both branches')],
  ['add sum eltwise', sign('f + g', 'the sum of both branches')],
  ['multiply mul', sign('f * g', 'the product of both branches')],
  ['residual residualblock', sign('f + id', 'a layer beside a shortcut')],
  ['sequential', sign('f; g', 'one layer after the other')],
];

const counterparts: ReadonlyMap<string, Counterpart> = new Map(
  rows.flatMap(([names, to]) => names.split(' ').map((name) => [name, to] as const)),
);

/** What to write for another framework's word at a place; undefined when it is none. */
export const counterpart = (
  name: string,
  at: Span,
  text: (span: Span) => string,
):
  { readonly label: string; readonly note: string; readonly fixes: readonly Fix[] } | undefined => {
  const to = counterparts.get(name.toLowerCase().replaceAll('_', ''));
  if (to === undefined) return undefined;
  const { written, does, word } = to;
  const note = `\`${written}\` is ${does}`;
  const label = `written \`${word ?? written}\``;
  return { label, note, fixes: word === undefined ? [] : [instead(word, at, text)] };
};

/** A kernel stands in the word: `maxpool2d-2` is `maxpool2`, and `conv2d-64` lacks one, which is mostly 3. */
const instead = (word: string, at: Span, text: (span: Span) => string): Fix => {
  const behind = text({ ...at, start: at.end, end: at.end + 12 });
  const kernel = /^-(\d+)(?![\w-])/.exec(behind);
  if (/pool$/.test(word) && kernel !== null) {
    const joined = `${word}${kernel[1]}`;
    return replace(`write \`${joined}\``, { ...at, end: at.end + kernel[0].length }, joined);
  }
  const sized = (word === 'conv' || word === 'deconv') && kernel !== null ? `${word}3` : word;
  return replace(`write \`${sized}\``, at, sized);
};
