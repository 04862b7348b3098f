/** The manual of keywords and signs inside of declarations. */
import type { Entry } from './entry.ts';

const net = (body: string, type = '[32, 32, 3] -> _'): string => `net N : ${type} { ${body} }`;

export const expressions: readonly Entry[] = [
  {
    names: ['block'],
    form: 'block NAME: f; g',
    doc: `Makes the rest of its line or bracket one stage: the unit of summaries and diagrams, and a folder in the names of
weights. It does not change what is computed. Without a name it is called \`block1\`, \`block2\`, …`,
    examples: [
      net('block conv3-8; relu; maxpool'),
      'net N : [32, 32, 3] -> [10] {\n  block stem: conv3-8/2; relu\n  block 2x (conv3-8; relu)\n  gap; fc-10\n}',
    ],
    more: 'Blocks and labels',
  },
  {
    names: ['as', '@'],
    form: 'f as NAME … @NAME',
    doc: `\`f as a\` remembers the result of \`f\`, and \`@a\` is that value later in the same body. It carries skips over other
layers. Inside a branch or a repetition a name stays there.`,
    examples: [
      net('conv3-8 as early; relu; conv3-8; @early + id'),
      'net N : [32, 32, 1] -> [32, 32, 2] {\n  conv3-8 as skip; maxpool\n  conv3-16; deconv2-8/2\n  @skip | id\n  conv1-2\n}',
    ],
    more: 'Remembering a value',
  },
  {
    names: ['also'],
    form: 'also NAME { LAYERS }',
    doc: `A side branch that ends in an output of its own; the main value passes by unchanged. \`netc compile\` and
\`netc run\` give out both.`,
    examples: [
      'net N : [32, 32, 3] -> [10] {\n  conv3-16; relu\n  also box { gap; fc-4 }\n  gap; fc-10\n}',
      'net N : [32, 32, 3] -> [10] {\n  2x (conv3-8; also early { gap; fc-10 })\n  gap; fc-10\n}',
    ],
    more: 'Side outputs',
  },
  {
    names: ['if', 'then', 'else'],
    form: 'if CONDITION then f else g',
    doc: `Chooses layers or numbers while compiling; only the chosen branch is looked at. The condition is about numbers,
channels, fixed sizes, words and truth values. The branches stop at \`;\`, and a longer one stands in parentheses.`,
    examples: [
      'net N(deep = true) : [32, 32, 3] -> _ { if deep then (conv3-8; relu; conv3-8) else conv3-8 }',
      'def project(c) : [h, w, k] -> [h, w, c] = if k == c then id else conv1-c\nnet N : [32, 32, 3] -> [32, 32, 8] { project-8; project-8 }',
    ],
    more: '`if`',
  },
  {
    names: ['and', 'or', 'not'],
    form: 'a and b, a or b, not a',
    doc: `Join truth values in a condition: \`not\` binds before \`and\`, \`and\` before \`or\`.`,
    examples: [
      'net N(n = 3, wide = true) : [32, 32, 3] -> _ { if n > 2 and not wide then conv3-8 else conv3-16 }',
      'assert 1 > 2 or 2 == 2',
    ],
    more: 'Arithmetic',
  },
  {
    names: ['where'],
    form: '(f; g where NAME = NUMBER)',
    doc: `Names numbers for the whole of what it ends: a declaration, a \`( )\`, a \`{ }\`, an assertion. In a rule it may
also state conditions.`,
    examples: [
      'def bottleneck(k) = conv1-mid; relu; conv3-k where mid = k/4\nnet N : [32, 32, 64] -> _ { bottleneck-64 }',
      net('(conv1-c; conv1-(2*c) where c = 4)'),
    ],
    more: '`where`',
  },
  {
    names: ['x'],
    form: 'n x f',
    doc: `Writes a layer out so many times: \`3x f\` is \`f; f; f\`, and \`0x f\` does nothing. Every copy has weights of its
own. The number touches the \`x\`, or stands apart: \`n x f\`, \`(n - 1)x f\`.`,
    examples: [
      net('3x (conv3-8; relu)'),
      'net N(n = 2) : [32, 32, 3] -> _ { conv3-8; n x (conv3-8 + id) }',
    ],
    more: 'Repetition',
  },
  {
    names: ['_'],
    form: '[_, _, 64] -> _',
    doc: 'Whatever there is: a type, or one size of a type.',
    examples: [net('conv3-8/2'), net('(conv3-8 : [_, _, 3] -> [_, _, 8])')],
    more: 'Types',
  },
  {
    names: [';'],
    form: 'f; g',
    doc: `First \`f\`, then \`g\`. Directly inside \`{ }\` a line break means \`;\` where a layer can end before it and begin
behind it.`,
    examples: [net('conv3-8; relu; maxpool'), 'net N : [32, 32, 3] -> _ {\n  conv3-8\n  relu\n}'],
    more: 'One after the other',
  },
  {
    names: ['-', '/'],
    form: 'WORD-ARGUMENT/STRIDE',
    doc: `Behind a word, without a space, they make a call in paper notation: \`-64\` fills the first parameter that is neither
\`size\` nor \`stride\`, \`/2\` fills \`stride\`, and a size at the end of the word fills \`size\`. So \`conv7-64/2\` is
\`conv(7, 64, stride = 2)\`. Between numbers they are arithmetic; between integers \`/\` rounds down.`,
    examples: [
      net('conv3-64/2; relu'),
      'net N(c = 16) : [32, 32, 3] -> _ { conv3-(2*c); conv1-(c/2) }',
    ],
    more: 'Calls and paper notation',
  },
  {
    names: [':', '->'],
    form: '(f : [h, w, c] -> [h, w, d])',
    doc: `States a type, which is checked; without an arrow that of the input alone. A word before \`:\` is a label instead,
which names a layer and its weights, unless \`[\` or \`_\` follows.`,
    examples: [net('(conv3-8/2 : [32, 32, 3] -> [16, 16, 8])'), net('head: conv1-10; gap')],
    more: 'Types',
  },
  {
    names: ['..', '..p', '..f'],
    form: 'a..b, f(..p)',
    doc: `\`0..64\` is a range, up to and without 64 for \`channels\`. As the last parameter \`..p\` stands for those of the one
call it is handed to. In a rule \`..p\` are the remaining arguments and \`..f\` any layers.`,
    examples: [
      net('conv3-8; channels(0..4)'),
      'def conv_bn(..p) = conv(..p, bias = false); batchnorm\nnet N : [32, 32, 3] -> _ { conv_bn3-8/2 }',
    ],
    more: 'Passing arguments on',
  },
  {
    names: ['=>'],
    form: 'rule NAME: PATTERN => REPLACEMENT',
    doc: 'Stands between the two sides of a rule, which mean the same.',
    examples: [
      'rewrite tidy {\n  rule once: relu; relu => relu\n}',
      'rewrite tidy {\n  rule none: pad-0 => id\n}',
    ],
    more: 'Rewrite rules',
  },
  {
    names: ['--'],
    form: '-- COMMENT',
    doc: 'Begins a comment, to the end of the line. The comment above a declaration is its documentation.',
    examples: [
      '-- the smallest net\nnet N : [3] -> [1] { fc-1 }',
      'net N : [32, 32, 3] -> _ {\n  conv3-8  -- eight kernels\n}',
    ],
    more: 'Words and signs',
  },
];
