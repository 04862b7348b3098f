/** The commands that train and measure nets, and those that look at data and runs. */
import { engineChoices, engineNames } from '../runtime/engines/names.ts';
import { command, type Command } from './host/command.ts';
import { force, json, net, runs, workers } from './options.ts';

/** In the order of the help. */
export const trainingCommands: readonly Command[] = [
  command({
    name: 'train',
    arguments: ['<file>'],
    summary: 'train a net as its recipe says, and keep the run in a folder of its own',
    examples: [
      'netc train examples/first-training.net',
      'netc train examples/first-training.net --set batch=64 --epochs 4',
      'netc train examples/first-training.net --resume first-1',
      'netc train examples/vgg-cifar.net --train resnet20 --seed 7',
      'netc train --all examples/vgg-protocol.net --dry-run',
      'netc train examples/vgg-cifar.net --train resnet20 --workers a:2222,b:2222 --rank 0',
    ],
    options: {
      train: {
        kind: 'text',
        value: 'NAME',
        doc: 'the training to take, where the file has several',
      },
      all: {
        kind: 'flag',
        doc: 'train all of the file, each after the one that it begins with; those that are finished are skipped, and one that was stopped goes on',
      },
      epochs: { kind: 'count', value: 'N', least: 1, doc: 'train for so many epochs' },
      seed: { kind: 'count', value: 'N', least: 0, doc: 'what all chance is drawn from' },
      set: {
        kind: 'list',
        value: 'CLAUSE[.ARGUMENT]=VALUE',
        doc: 'a clause in place of that of the recipe, such as batch=32, or one argument of it: optimizer.rate=0.01',
      },
      resume: { kind: 'text', value: 'RUN', doc: 'go on with this run, from its last checkpoint' },
      force: { kind: 'flag', doc: 'go on even if the program or its data have changed' },
      engine: {
        ...{ kind: 'choice', value: 'ENGINE', choices: engineChoices },
        doc: `what computes; ${engineNames[0]} unless given`,
      },
      workers: {
        kind: 'text',
        value: 'N|ADDRESSES',
        doc: 'threads that prepare pictures, 0 for none; or the addresses, host:port,host:port, of all processes that train together',
      },
      hosts: {
        kind: 'text',
        value: 'FILE',
        doc: 'a file of these addresses, one a line',
      },
      rank: {
        kind: 'count',
        value: 'I',
        least: 0,
        doc: 'which of these processes this one is, from 0; 0 keeps the run',
      },
      strict: { kind: 'flag', doc: 'stop at a picture that cannot be read' },
      recompute: {
        kind: 'flag',
        doc: 'take less memory and more time: the backward pass computes blocks again',
      },
      dryRun: {
        kind: 'flag',
        doc: 'take a few steps and keep nothing: does all fit, and how long will it take?',
      },
      overfit: {
        kind: 'count',
        value: 'N',
        least: 1,
        doc: 'learn N batches by heart and keep nothing: can the net learn at all?',
      },
      runs,
    },
    run: async ([file], given, io) => (await import('./commands/train.ts')).train(file!, given, io),
  }),
  command({
    name: 'eval',
    arguments: ['<file>'],
    summary: 'measure nets with their weights, as the evaluations of a program say',
    examples: [
      'netc eval examples/first-training.net --weights first-1',
      'netc eval examples/vgg-protocol.net --eval T4_D --fail-under 70%',
      'netc eval examples/vgg-protocol.net --all --json > results.json',
      'netc eval examples/first-training.net --weights first-1 --set "views=center; flip" --calibrate',
    ],
    options: {
      eval: {
        kind: 'text',
        value: 'NAME',
        doc: 'the evaluation to take, where the file has several',
      },
      all: { kind: 'flag', doc: 'take all evaluations of the file; each net is measured once' },
      weights: {
        kind: 'text',
        value: 'WEIGHTS',
        doc: 'a run, or a file of weights, in place of what the evaluation names',
      },
      net: { ...net, doc: 'the net of these weights, where no evaluation is named' },
      set: {
        kind: 'list',
        value: 'CLAUSE[.ARGUMENT]=VALUE',
        doc: 'a clause in place of that of the evaluation, such as scales=256',
      },
      limit: {
        kind: 'count',
        value: 'N',
        least: 1,
        doc: 'look at so many pictures only, which lie evenly in the set',
      },
      calibrate: {
        kind: 'flag',
        doc: 'find the temperature at which the net is as sure as it is right',
      },
      failUnder: {
        kind: 'share',
        value: 'SHARE',
        doc: 'end with 1 where top-1 is less, such as 0.9 or 90%',
      },
      output: {
        kind: 'text',
        letter: 'o',
        value: 'Y.npy',
        doc: 'write the posteriors, [pictures, classes] in the order of the set',
      },
      force,
      engine: {
        ...{ kind: 'choice', value: 'ENGINE', choices: engineChoices },
        doc: `what computes; ${engineNames[0]} unless given`,
      },
      workers,
      strict: { kind: 'flag', doc: 'stop at a picture that cannot be read' },
      json,
      runs,
    },
    run: async ([file], given, io) =>
      (await import('./commands/eval.ts')).evaluate(file!, given, io),
  }),
  command({
    name: 'runs',
    arguments: ['[run...]'],
    summary: 'list runs: what was trained on what, how well, and how far',
    examples: ['netc runs', 'netc runs first-1', 'netc runs --json', 'netc runs first-1 --report'],
    options: {
      json,
      report: { kind: 'flag', doc: 'write report.html of these runs again' },
      runs,
    },
    run: async (named, given, io) => (await import('./commands/runs.ts')).runs(named, given, io),
  }),
  command({
    name: 'data check',
    arguments: ['<data>'],
    summary: 'count pictures per class, and find those that cannot be read',
    examples: [
      'netc data check data/birds -o birds.png',
      'netc data check examples/first-training.net:first',
    ],
    options: {
      output: {
        kind: 'text',
        letter: 'o',
        value: 'FILE.png',
        doc: 'write a contact sheet with a row of pictures for each class',
      },
      force,
      workers,
      json,
    },
    run: async ([data], given, io) =>
      (await import('./commands/data-check.ts')).checkData(data!, given, io),
  }),
];
