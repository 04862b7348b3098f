/** The manual of brackets, comparisons and other signs, and of what is written in letters and digits alone. */
import type { Entry } from './entry.ts';

const net = (body: string): string => `net N : [32, 32, 3] -> _ { ${body} }`;

export const signs: readonly Entry[] = [
  {
    names: ['='],
    form: 'def NAME = LAYERS',
    doc: `Stands between a name and what it means: in \`def\`, \`net\` and \`where\`, at a default, and at an argument that is
given by name. A value on its way through a net is named with \`as\`, and \`==\` compares.`,
    examples: [
      'def unit(c, stride = 1) = conv3-c/stride; relu\nnet N : [32, 32, 3] -> _ { unit(8, stride = 2) }',
      net('conv(size = 3, channels = 8)'),
    ],
    more: '`def`',
  },
  {
    names: ['==', '!=', '<', '<=', '>', '>=', '≠', '≤', '≥'],
    form: 'a == b, a < b',
    doc: `Compare two numbers, and \`==\` and \`!=\` also sizes, words and truth values: in \`if\`, in \`assert\`, and in the
conditions of a rule. An assertion must hold for every image that the net takes.`,
    examples: [
      'net N : [32, 32, 3] -> [10] { flatten; fc-10 }\nassert params(N) == 30_730 and macs(N) < 1_000_000',
      'def project(c) : [h, w, k] -> [h, w, c] = if k != c then conv1-c else id\nnet N : [32, 32, 3] -> _ { project-8 }',
    ],
    more: 'Arithmetic',
  },
  {
    names: ['[', ']', '[]'],
    form: '[h, w, c]',
    doc: `A type: height, width and channels of a map, or \`[c]\` for a vector; the batch is not written. At an argument they
are a list, as of the pixels at the four sides.`,
    examples: [
      'net N : [h, w, 3] -> [h, w, 8] { conv3-8; relu }',
      net('conv3-8(pad = [0, 1, 0, 1])'),
    ],
    more: 'Types',
  },
  {
    names: ['(', ')', '()'],
    form: '(f; g), f(a, b = c)',
    doc: `Group layers or numbers; a line break between them is a space. Where \`(\` touches a word, they hold the arguments of
a call or the parameters of a declaration.`,
    examples: [net('3x (conv3-8; relu)'), net('conv(3, 8, stride = 2)')],
    more: 'Calls and paper notation',
  },
  {
    names: ['{', '}', '{}'],
    form: '{ LAYERS }',
    doc: `Hold layers, of which each line is a step: the body of a \`net\` or a \`def\`, a side branch, or a group. Also the
rules of a pass, the weights behind \`with\`, and the clauses of \`train\` and \`eval\`.`,
    examples: [
      'net N : [32, 32, 3] -> _ {\n  conv3-8\n  relu\n}',
      net('conv3-8; relu; also box { gap; fc-4 }'),
    ],
    more: 'Line breaks',
  },
  {
    names: [','],
    form: 'f(a, b)',
    doc: 'Stands between arguments, parameters, sizes of a type and names of `where`. Between layers stands `;`.',
    examples: [net('conv(3, 8)'), net('(conv1-c; conv1-d where c = 4, d = 2*c)')],
    more: 'Calls and paper notation',
  },
  {
    names: ['.'],
    form: 'std.conv, 0.5',
    doc: `Stands in a number that is not an integer, before a name of another file or of \`std\`, and before a weight in the
\`with\` of a rule. It touches what is beside it.`,
    examples: [
      'def conv(..p) = std.conv(..p); relu\nnet N : [32, 32, 3] -> _ { conv3-8 }',
      net('conv3-8; dropout(0.25)'),
    ],
    more: 'What a name means',
  },
  {
    names: ['"'],
    form: '"TEXT"',
    doc: 'Begins and ends a string on one line: a path, or a set of sizes. In it `\\"`, `\\\\`, `\\n`, `\\t` and `\\u{…}` stand for others.',
    examples: [
      'import "netc:passes/fc-to-conv.net" (fc_to_conv)\nnet A : [32, 32, 3] -> [10] { flatten; fc-10 }\nnet B = fc_to_conv(A)',
      'assert admissible(((maxpool; upsample-2) + id) : [h, w, 3]) == "2.. step 2"',
    ],
    more: 'Words and signs',
  },
  {
    names: ['exact', 'approximate', 'structural'],
    form: 'structural rule NAME: PATTERN => REPLACEMENT',
    doc: `Say what a rule keeps. A rule is \`exact\` unless it says otherwise: both sides are the same function. \`approximate\`
allows a small difference, and \`approximate(1e-2)\` states it. \`structural\` makes another function of the same sizes.`,
    examples: [
      'rewrite smooth {\n  structural rule soft: relu => silu\n}',
      'rewrite short {\n  approximate(1e-1) rule tanh: gelu => gelu(approximate = true)\n}',
    ],
    more: 'Rewrite rules',
  },
];
