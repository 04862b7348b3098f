/**
 * Files of other languages under the name of a program. One message says what such a file is; read line by line it
 * would have fifty.
 */
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { span, type Source } from '../../../syntax/source.ts';

/** How a file of another language begins, behind comments; what it is, and how a line of it is written in `.net`. */
type Language = {
  readonly begins: RegExp;
  readonly is: string;
  readonly note: string;
};

/** The first that a text begins with is meant. */
const languages: readonly Language[] = [
  {
    begins:
      /(?:(?:name|input|engine)\s*:\s*"[^"\n]*"\s+(?:#[^\n]*\n\s*)*(?:layers?\s*\{|\w+\s*:)|layers?\s*\{\s*\w+\s*:)/,
    is: 'a prototxt of Caffe',
    note: '`layer { type: "Convolution" … num_output: 64 kernel_size: 3 stride: 2 }` is written `conv3-64/2`; layers stand in order, and `f as a` remembers what a later one reads with `@a`',
  },
  {
    begins: /\[(?:net|network|convolutional|deeplearning)\]\s*(?:#[^\n]*\n\s*)*\w+\s*=/,
    is: 'a configuration of darknet',
    note: '`[convolutional]` with `filters=64`, `size=3` and `stride=2` is written `conv3-64/2; batchnorm; leaky_relu`; the `width`, `height` and `channels` of `[net]` are the type, `[416, 416, 3]`',
  },
  {
    begins:
      /(?:import|from)\s+(?:torch|torchvision|tensorflow|keras|tf_keras|jax|flax|numpy|timm|mxnet|paddle|math|os|typing|functools|collections|__future__)\b/,
    is: 'a program of Python',
    note: '`nn.Conv2d(3, 64, 3, padding=1)` and `Conv2D(64, 3, padding="same")` are written `conv3-64`; `class Net(nn.Module)` is `net Net : [224, 224, 3] -> _ { … }`',
  },
  {
    begins: /\{\s*"/,
    is: 'JSON',
    note: 'a net is written `net N : [224, 224, 3] -> _ { conv3-64; relu }`, one layer behind the other',
  },
  {
    begins: /(?:nc|depth_multiple|width_multiple|backbone|scales)\s*:\s*(?:[\d.]+\s|\n|#|$)/,
    is: 'a YAML file, as YOLO has it',
    note: '`[-1, 1, Conv, [64, 3, 2]]` is written `conv3-64/2; batchnorm; silu`; layers stand in order, and `f as a` remembers what a later one reads with `@a`',
  },
  {
    begins: /<(?:!DOCTYPE|html|\?xml|svg|head|body)\b/i,
    is: 'a page of the web',
    note: 'what was downloaded is a page about the file, and not the file',
  },
];

/** Space, and comments that begin with `#`, before the first line that counts. */
const start = /^\uFEFF?(?:\s+|#[^\n]*(?:\n|$))*/;

/** Further than this nothing is looked for. */
const FAR = 4096;

type Found = { readonly language: Language; readonly at: number; readonly length: number };

const found = (text: string): Found | undefined => {
  const beginning = text.slice(0, FAR);
  const at = start.exec(beginning)?.[0].length ?? 0;
  for (const language of languages) {
    const match = new RegExp(language.begins.source, `${language.begins.flags}y`);
    match.lastIndex = at;
    const line = match.exec(beginning)?.[0].split('\n')[0];
    if (line !== undefined) return { language, at, length: line.trimEnd().length };
  }
  return undefined;
};

/** Whether a text is none of netc's, whatever its name says. */
export const isOtherLanguage = (text: string): boolean => found(text) !== undefined;

/** What a file is that is not a program at all; undefined for every other one. */
export const otherLanguage = ({ path, text }: Source): Diagnostic | undefined => {
  const it = found(text);
  if (it === undefined) return undefined;
  const { language, at, length } = it;
  const place = span(path, at, at + length);
  return error('E0111', place, `this file is ${language.is}, and not a program of netc`, {
    notes: [language.note],
  });
};
