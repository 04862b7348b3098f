/** The commands about weight files: rows of the table in `commands.ts`. */
import { command, type Command } from './host/command.ts';
import { classes, json, net, outputs, rewriting, weightsIn, weightsOut } from './options.ts';

/** In the order of the help. */
export const weightsCommands: readonly Command[] = [
  command({
    name: 'weights init',
    arguments: ['<file>'],
    summary: 'write random initial weights',
    examples: ['netc weights init examples/vgg.net --net D --seed 7 -o D.safetensors'],
    options: {
      net,
      seed: { kind: 'count', value: 'N', least: 0, doc: 'the same seed gives the same file (0)' },
      classes,
      ...weightsOut,
    },
    run: async ([file], given, io) =>
      (await import('./commands/weights-init.ts')).init(file!, given, io),
  }),
  command({
    name: 'weights import',
    arguments: ['<file>', '<weights>'],
    summary: 'convert weights of torchvision, or of any module of PyTorch, for netc',
    examples: [
      'netc weights import examples/vgg.net --net D vgg16.safetensors -o D.safetensors',
      'netc weights import --from pytorch mine.net state-dict.safetensors -o mine.safetensors > pairs.txt',
      'netc weights import --from pytorch mine.net state-dict.safetensors --map pairs.txt -o mine.safetensors',
    ],
    options: {
      from: {
        kind: 'choice',
        value: 'ORIGIN',
        choices: ['torchvision', 'pytorch'],
        doc: 'where the weights come from: torchvision’s networks (unless given), or a state dict of one’s own',
      },
      net,
      map: {
        kind: 'text',
        value: 'TABLE',
        doc: 'pairs of a layer and a module, as `--from pytorch` prints them; others are paired as without it',
      },
      input: {
        kind: 'text',
        value: 'FILE',
        doc: 'how pixels become numbers, in JSON, to store with weights from PyTorch',
      },
      json,
      ...weightsOut,
      transform: {
        kind: 'choice',
        value: 'ANSWER',
        choices: ['yes', 'no'],
        doc: 'whether transform_input was set; for GoogLeNet and Inception v3 it was',
      },
      weightsVersion: {
        kind: 'choice',
        value: 'VERSION',
        choices: ['v1', 'v2'],
        doc: 'which of torchvision’s weights these are; by default what the file’s name says, or v1',
      },
      classes,
    },
    run: async ([file, weights], given, io) =>
      (await import('./commands/weights-import.ts')).importWeights(file!, weights!, given, io),
  }),
  command({
    name: 'weights export',
    arguments: ['<file>', '<weights>'],
    summary: 'write weights in the format of torchvision, or for any module of PyTorch',
    examples: [
      'netc weights export examples/vgg.net D.safetensors -o vgg16.safetensors',
      'netc weights export --to pytorch mine.net mine.safetensors -o state-dict.safetensors',
    ],
    options: {
      to: {
        kind: 'choice',
        value: 'TARGET',
        choices: ['torchvision', 'pytorch'],
        doc: 'what will read the weights: torchvision’s networks (unless given), or a module of one’s own',
      },
      net,
      map: {
        kind: 'text',
        value: 'TABLE',
        doc: 'the modules of layers, for `--to pytorch`; those of the file that was imported unless given',
      },
      ...weightsOut,
    },
    run: async ([file, weights], given, io) =>
      (await import('./commands/weights-export.ts')).exportWeights(file!, weights!, given, io),
  }),
  command({
    name: 'weights rewrite',
    arguments: ['<file>'],
    summary: 'write the weights of a rewritten net',
    examples: [
      'netc weights rewrite examples/vgg.net --net D --pass fc_to_conv --weights D.safetensors -o D_conv.safetensors',
      'netc dump --after rewrite examples/vgg.net --net D --pass fc_to_conv > D_conv.net',
    ],
    options: {
      net,
      weights: weightsIn,
      outputs,
      ...rewriting,
      ...weightsOut,
    },
    run: async ([file], given, io) =>
      (await import('./commands/weights-rewrite.ts')).rewriteWeights(file!, given, io),
  }),
  command({
    name: 'weights join',
    arguments: ['<file>', '<weights...>'],
    summary: 'write the weights of a net whose layers lie in several files',
    examples: [
      'netc weights join examples/transfer.net --net Flowers vgg16.safetensors head-1 -o flowers.safetensors',
    ],
    options: { net, ...weightsOut },
    run: async ([file, ...weights], given, io) =>
      (await import('./commands/weights-join.ts')).join(file!, weights, given, io),
  }),
  command({
    name: 'weights label',
    arguments: ['<file>', '<weights>'],
    summary: 'store class names with weights, or how pictures are prepared',
    examples: [
      'netc weights label examples/vgg.net D.safetensors --classes names.txt -o D-named.safetensors',
      'netc weights label examples/vgg.net D.safetensors --input bgr.json -o D.safetensors --force',
    ],
    options: {
      net,
      classes,
      input: { kind: 'text', value: 'FILE', doc: 'how pixels become numbers, in JSON' },
      ...weightsOut,
    },
    run: async ([file, weights], given, io) =>
      (await import('./commands/weights-label.ts')).label(file!, weights!, given, io),
  }),
  command({
    name: 'weights show',
    arguments: ['<weights>'],
    summary: 'list what a weight file holds',
    examples: ['netc weights show D.safetensors', 'netc weights show D.safetensors --json'],
    options: { json },
    run: async ([file], given, io) =>
      (await import('./commands/weights-show.ts')).show(file!, given, io),
  }),
];
