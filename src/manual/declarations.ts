/** The manual of declarations and of their clauses. */
import type { Entry } from './entry.ts';

export const declarations: readonly Entry[] = [
  {
    names: ['net'],
    form: 'net NAME(PARAMETERS) : INPUT -> OUTPUT { LAYERS }',
    doc: `A network that can be compiled and run. Its input type is declared; the output type may be \`_\`. Parameters have
defaults where the net is to be compiled by itself. \`net B = A(classes = 10)\` is another net of the same family, and a
net may be used as a layer.`,
    examples: [
      'net Small(classes = 10) : [32, 32, 3] -> [classes] {\n  conv3-16/2; relu\n  gap; fc-classes; softmax\n}',
      'net Wide(c = 8) : [h, w, 3] -> [h, w, c] = conv3-c; relu\nnet Wider = Wide(c = 64)',
    ],
    more: 'Nets',
  },
  {
    names: ['def'],
    form: 'def NAME(PARAMETERS) = LAYERS',
    doc: `A part of your own: layers or a number, with parameters. It is checked at each use, with its arguments. Its name
is a folder in the names of weights. In \`(..p)\` it passes on the arguments of the call that it makes.`,
    examples: [
      'def unit(c) = conv3-c; batchnorm; relu\nnet N : [32, 32, 3] -> [32, 32, 16] { 2x unit-16 }',
      'def conv(..p) = std.conv(..p, bias = false); batchnorm; relu\nnet N : [32, 32, 3] -> [16, 16, 8] { conv3-8/2 }',
    ],
    more: '`def`',
  },
  {
    names: ['import'],
    form: 'import "FILE.net"',
    doc: `Brings in what another file declares: all of it, some names \`("file.net" (name))\`, or behind a word
\`("file.net" as f)\`. Paths are relative to the file; \`netc:\` begins those of netc's own passes.`,
    examples: [
      'import "netc:passes/fc-to-conv.net" (fc_to_conv)\nnet A : [32, 32, 3] -> [10] { flatten; fc-10 }\nnet B = fc_to_conv(A)',
      'import "netc:passes/fold-batchnorm.net" as folding\nnet A : [32, 32, 3] -> _ { conv3-8; batchnorm }\nnet B = folding.fold_batchnorm(A)',
    ],
    more: 'Imports',
  },
  {
    names: ['assert'],
    form: 'assert CONDITION',
    doc: `A fact that must be true, or the program has an error. Facts are \`params\`, \`macs\`, \`flops\`, \`bytes\`,
\`receptive\`, \`stride\` and \`admissible\`; numbers, sizes and truth values are compared.`,
    examples: [
      'net N : [32, 32, 3] -> [10] { flatten; fc-10 }\nassert params(N) == 30_730',
      'assert receptive(2x conv3-1) == receptive(conv5-1)',
    ],
    more: 'Assertions',
  },
  {
    names: ['rewrite'],
    form: 'rewrite NAME when inference with OTHER { RULES }',
    doc: `A pass: a list of rules that change networks. \`netc compile --pass NAME\` applies it, and so does
\`net B = NAME(A)\`. \`netc verify FILE\` tests its rules. \`with\` names another pass of the file, whose rules come first.`,
    examples: [
      'rewrite tidy {\n  rule once: relu; relu => relu\n}\nrewrite tidier with tidy {\n  rule none: pad-0 => id\n}',
      'rewrite tidy {\n  rule once: relu; relu6 => relu6\n}\nnet A : [8, 8, 3] -> _ { conv3-4; relu; relu6 }\nnet B = tidy(A)',
    ],
    more: 'Rewrite rules',
  },
  {
    names: ['rule', 'exact', 'approximate', 'structural'],
    form: 'rule NAME: PATTERN => REPLACEMENT with { WEIGHTS }',
    doc: `Two programs that mean the same, and where the weights go. Unknown names in the pattern are numbers and sizes,
\`..p\` the remaining arguments, \`..f\` any layers. A rule is exact unless it says \`approximate\` or \`structural\` first;
a structural rule makes another function of the same type.`,
    examples: [
      'rewrite tidy {\n  rule whole: (channels(0..c)) : [h, w, c] => id\n}',
      'rewrite factor {\n  structural rule five: conv5-n => conv3-n; relu; conv3-n where n >= 16\n}',
    ],
    more: 'Rewrite rules',
  },
  {
    names: ['when'],
    form: 'rewrite NAME when inference { RULES }',
    doc: `Says that the rules of a pass hold at inference only, as those about \`batchnorm\` and \`dropout\` do.`,
    examples: [
      'rewrite drop when inference {\n  rule gone: dropout(..p) => id\n}',
      'rewrite drop when inference {\n  rule before: dropout(..p); relu => relu\n}',
    ],
    more: 'Rewrite rules',
  },
  {
    names: ['with'],
    form: 'REPLACEMENT with { kernel = …, bias = … }',
    doc: `Computes the weights of a rule's new layers from those of the matched ones, \`k.kernel\`, with \`+ - * /\`, \`sqrt\`,
\`reshape\`, \`transpose\`, \`sum\` and \`concat\`. In the head of \`train\` and \`eval\` it takes over the clauses of another, and in
that of \`rewrite\` the rules of another.`,
    examples: [
      `rewrite merge {\n  rule scaled: conv(..p, bias = true) as k; scale-s\n    => conv(..p, bias = true) with { kernel = k.kernel * s, bias = k.bias * s }\n}`,
      'net N : [32, 32, 3] -> [10] { gap; fc-10; softmax }\ntrain paper { data cifar10("data/cifar-10") }\ntrain N_paper : N with paper',
    ],
    more: 'Rewrite rules',
  },
  {
    names: ['train'],
    form: 'train NAME : NET with RECIPE { CLAUSES }',
    doc: `Says how a net is trained: one clause a line, a word and then values. Without a net it is a recipe, whose clauses
others take over by \`with\`; a clause that is given again replaces the whole of it. Each clause but \`data\` has a default,
and \`netc dump --after check\` writes them out. \`netc check\` checks all of it and opens no data.`,
    examples: [
      'net N : [32, 32, 3] -> [4] { conv3-8; relu; gap; fc-4; softmax }\ntrain N_first : N {\n  data      shapes(classes = 4)\n  optimizer sgd(rate = 0.01, momentum = 0.9)\n  epochs    20\n}',
      'net N(classes = 10) : [h, w, 3] -> [classes] { conv3-8; relu; gap; fc-classes; softmax }\ntrain paper {\n  data    imagefolder("data/flowers", validation = 0.1)\n  augment rescale(256); crop-224; flip\n}\ntrain N_paper : N(17) with paper { batch 64 }',
    ],
    more: 'Training and evaluation',
  },
  {
    names: ['eval'],
    form: 'eval NAME : NET from WEIGHTS with RECIPE { CLAUSES }',
    doc: `Says how a net is measured, with the weights of a file or of a \`train\`: on what \`data\`, at what \`scales\`, in what
\`views\`. \`eval NAME = mean(a, b)\` fuses evaluations by the mean of their posteriors.`,
    examples: [
      'net N : [32, 32, 3] -> [10] { conv3-8; relu; gap; fc-10; softmax }\neval N_test : N from "N.safetensors" {\n  data  cifar10("data/cifar-10")\n  views center; flip\n}',
      'net N : [32, 32, 3] -> [10] { conv3-8; relu; gap; fc-10; softmax }\ntrain one : N { data cifar10("data/cifar-10") }\ntrain two : N with one { seed 2 }\neval first  : N from one\neval second : N from two { scales 32, 40 }\neval both = mean(first, second)',
    ],
    more: 'Training and evaluation',
  },
  {
    names: ['from'],
    form: 'eval NAME : NET from WEIGHTS',
    doc: `Names the weights that an \`eval\` measures, or that a \`train\` begins with (\`init from\`): a path in quotes, or a
\`train\`, which stands for the best checkpoint of its newest finished run.`,
    examples: [
      'net N : [32, 32, 3] -> [10] { gap; fc-10; softmax }\neval N_test : N from "N.safetensors" { data cifar10("data/cifar-10") }',
      'net N : [32, 32, 3] -> [10] { gap; fc-10; softmax }\ntrain first  : N { data cifar10("data/cifar-10") }\ntrain second : N with first { init from first { first 1 fc } }',
    ],
    more: 'Training and evaluation',
  },
];
