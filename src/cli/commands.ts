/** Every command: a row states its arguments and options, and loads the code only when the command is called. */
import { engineChoices, engineNames } from '../runtime/engines/names.ts';
import { command, type Command } from './host/command.ts';
import { formats } from './host/choices.ts';
import {
  diagramDepth,
  drawing,
  force,
  input,
  json,
  net,
  outputs,
  phaseNames,
  rewriting,
  runs,
  time,
  workers,
} from './options.ts';
import { setupCommands } from './setup-commands.ts';
import { trainingCommands } from './training-commands.ts';
import { weightsCommands } from './weights-commands.ts';

/** In the order of the help. */
export const commands: readonly Command[] = [
  command({
    name: 'check',
    arguments: ['<file...>'],
    summary: 'check programs: every size, name and assertion',
    examples: [
      'netc check examples/vgg.net',
      'netc check examples/*.net --json',
      'netc check examples/vgg.net --sizes',
      'netc check examples/resnet.net --types',
      'netc check examples/vgg.net --watch',
    ],
    options: {
      json,
      format: {
        kind: 'choice',
        value: 'FORMAT',
        choices: formats,
        doc: 'print diagnostics for a machine to stdout',
      },
      sizes: {
        kind: 'flag',
        doc: 'print the images each net takes, and the layers that set the bounds',
      },
      types: {
        kind: 'flag',
        doc: 'print the types of definitions, with the defaults of their parameters, and of nets',
      },
      watch: { kind: 'flag', doc: 'check again whenever a file of the program changes' },
      time,
    },
    run: async (files, given, io) => (await import('./commands/check.ts')).check(files, given, io),
  }),
  command({
    name: 'fmt',
    arguments: ['[path...]'],
    summary: 'lay out programs in the one canonical way; what has errors stays as it is',
    examples: [
      'netc fmt examples/vgg.net',
      'netc fmt .',
      'netc fmt --check examples',
      'netc fmt --stdin-filepath net.net < net.net',
    ],
    options: {
      check: {
        kind: 'flag',
        doc: 'write nothing, and exit with 1 if a file is laid out otherwise',
      },
      stdinFilepath: {
        kind: 'text',
        value: 'FILE',
        doc: 'lay out standard input to stdout; messages call it by this name',
      },
    },
    run: async (paths, given, io) => (await import('./commands/fmt.ts')).fmt(paths, given, io),
  }),
  command({
    name: 'summary',
    arguments: ['<file>'],
    summary: 'layers with their sizes, parameters, multiply–adds and memory',
    examples: [
      'netc summary examples/vgg.net --net D',
      'netc summary examples/resnet.net --net ResNet50 --input 256x256 --batch 32',
      'netc summary examples/densenet.net --net DenseNet121 --depth 3',
      'netc summary examples/vgg.net --net D --csv > D.csv',
    ],
    options: {
      net,
      input,
      batch: { kind: 'count', value: 'N', least: 1, doc: 'images at a time, for the memory' },
      depth: {
        kind: 'count',
        value: 'N',
        least: 1,
        doc: 'open so many levels of folders; as many as fit on a screen unless given',
      },
      json,
      csv: { kind: 'flag', doc: 'print a line of CSV for each layer' },
      md: { kind: 'flag', doc: 'print Markdown' },
      time,
    },
    run: async ([file], given, io) =>
      (await import('./commands/summary.ts')).summary(file!, given, io),
  }),
  command({
    name: 'diff',
    arguments: ['<first>', '<second>'],
    summary: 'compare two nets layer by layer: sizes, operators, parameters',
    examples: [
      'netc diff examples/googlenet.net:GoogLeNet examples/googlenet.net:GoogLeNetBN',
      'netc diff before/vgg.net after/vgg.net --net D',
      'netc diff examples/resnet.net:ResNet50 examples/resnet.net:ResNet101 --json',
    ],
    options: {
      net: { ...net, doc: 'the net to take where FILE:NET names none' },
      input,
      json,
      check: { kind: 'flag', doc: 'end with 1 when the nets differ' },
    },
    run: async ([first, second], given, io) =>
      (await import('./commands/diff.ts')).diff([first!, second!], given, io),
  }),
  command({
    name: 'diagram',
    arguments: ['<file>'],
    summary: 'draw a net: SVG, or text for Graphviz and Mermaid',
    examples: [
      'netc diagram examples/resnet.net --net ResNet50 -o ResNet50.svg',
      'netc diagram examples/densenet.net --net DenseNet121 --depth 2 > DenseNet121.svg',
      'netc diagram examples/unet.net --net UNet --format mermaid',
    ],
    options: {
      net,
      ...drawing,
    },
    run: async ([file], given, io) =>
      (await import('./commands/diagram.ts')).diagram(file!, given, io),
  }),
  ...trainingCommands,
  command({
    name: 'compile',
    arguments: ['<file>'],
    summary: 'write each net as a TensorFlow.js graph model',
    examples: [
      'netc compile examples/vgg.net --net D --weights D.safetensors -o build',
      'netc compile examples/unet.net --net UNet -o build',
      'netc compile examples/googlenet.net --diagram -o build',
      'netc compile examples/vgg.net --net D --weights D.safetensors --input-bytes -o build',
      'netc compile examples/vgg.net --net D --pass fc_to_conv --trace rewrite -o build',
    ],
    options: {
      output: {
        kind: 'text',
        letter: 'o',
        value: 'DIR',
        required: true,
        doc: 'the folder to write to: DIR/NET/model.json',
      },
      force,
      net: { ...net, doc: 'only this net' },
      weights: {
        kind: 'text',
        value: 'FILE',
        doc: 'safetensors to store with the model, or a run: its best',
      },
      outputs,
      ...rewriting,
      input,
      inputBytes: {
        kind: 'flag',
        doc: 'take pixels as int32 from 0 to 255, and prepare them in the model as the weights say',
      },
      diagram: { kind: 'flag', doc: 'write a diagram of each net beside it: SVG, DOT and Mermaid' },
      depth: { ...diagramDepth, doc: `the same, with so many levels of folders open` },
      watch: { kind: 'flag', doc: 'compile again whenever a file of the program changes' },
      time,
    },
    run: async ([file], given, io) =>
      (await import('./commands/compile.ts')).compile(file!, given, io),
  }),
  command({
    name: 'run',
    arguments: ['<file>'],
    summary: 'apply a net to a picture, an array, or the data of a training',
    examples: [
      'netc run examples/vgg.net --weights D.safetensors --input cat.jpg',
      'netc run examples/unet.net --weights U.safetensors --input x.npy --output y.npy',
      'netc run examples/transfer.net --train flowers --tap features -o features.npz',
    ],
    options: {
      net,
      weights: {
        kind: 'text',
        value: 'FILE',
        doc: 'safetensors of this net, if it has weights, or a run: its best',
      },
      input: {
        kind: 'text',
        value: 'FILE',
        doc: 'a picture, or an .npy array [batch, h, w, c]',
      },
      train: {
        kind: 'text',
        value: 'NAME',
        doc: 'apply it to all data of a training, without chance; the weights are those that `init from` names, unless given',
      },
      tap: {
        kind: 'text',
        value: 'PATH',
        doc: 'the value of a block, a label, a call or a layer, such as block5, in place of the outputs; nothing behind it is computed',
      },
      whole: {
        kind: 'flag',
        doc: 'take the whole picture, where the net takes any size and the weights say which centre to cut out',
      },
      output: {
        kind: 'text',
        letter: 'o',
        value: 'PATH',
        doc: 'write every output: Y.npy (side outputs beside it, as Y.NAME.npy), or a folder; X.npz with --train',
      },
      force,
      outputs,
      workers,
      runs,
      engine: {
        kind: 'choice',
        value: 'ENGINE',
        choices: engineChoices,
        doc: `where to compute; ${engineNames[0]} unless given`,
      },
      ...rewriting,
      top: { kind: 'count', value: 'N', least: 1, doc: 'how many classes to print (5)' },
      time,
    },
    run: async ([file], given, io) => (await import('./commands/run.ts')).run(file!, given, io),
  }),
  ...weightsCommands,
  command({
    name: 'dump',
    arguments: ['<file>'],
    summary: 'print what a phase of the compiler made of a program',
    examples: [
      'netc dump --after check examples/vgg.net --net A',
      'netc dump --after build examples/resnet.net --net ResNet18',
      'netc dump --after rewrite examples/vgg.net --net D --pass fc_to_conv',
      'netc dump --after derive examples/first-training.net --net first --recompute',
    ],
    options: {
      after: {
        kind: 'choice',
        value: 'PHASE',
        choices: phaseNames,
        formerly: { lower: 'build' },
        doc: 'the phase; check unless given',
      },
      net: { ...net, value: 'NAME', doc: 'the net to take; after derive, a training or its net' },
      outputs,
      ...rewriting,
      recompute: {
        kind: 'flag',
        doc: 'after derive: compute again in the backward pass what lies within blocks',
      },
      time,
    },
    run: async ([file], given, io) => (await import('./commands/dump.ts')).dump(file!, given, io),
  }),
  command({
    name: 'verify',
    arguments: ['<file...>'],
    summary: 'test the rules of rewrite passes on many small nets',
    examples: ['netc verify passes/fold-batchnorm.net', 'netc verify passes/*.net --instances 200'],
    options: {
      instances: { kind: 'count', value: 'N', least: 1, doc: 'nets for each rule (1000)' },
      seed: { kind: 'count', value: 'N', least: 0, doc: 'another seed draws other nets (1)' },
      deep: { kind: 'flag', doc: 'ten times as many nets' },
    },
    run: async (files, given, io) =>
      (await import('./commands/verify.ts')).verify(files, given, io),
  }),
  command({
    name: 'explain',
    arguments: ['[name]'],
    summary:
      'an operator, a pass, a keyword or a code such as E0210; without a name, list them all',
    examples: [
      'netc explain conv',
      'netc explain fc_to_conv',
      'netc explain also',
      'netc explain E0210',
    ],
    options: {},
    run: async ([name], _given, io) => (await import('./commands/explain.ts')).explain(name, io),
  }),
  ...setupCommands,
];
