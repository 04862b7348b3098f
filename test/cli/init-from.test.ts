/** `init from`: weights that are taken are those of their source, bit for bit, and all others are drawn as ever. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphOf } from '../../src/compile.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { loadProgram } from '../../src/cli/program/load.ts';
import { place, prepare, type Prepared } from '../../src/cli/program/training/prepare.ts';
import { openWeights, writeWeights } from '../../src/runtime/files/weights.ts';
import { initialise } from '../../src/runtime/store/initialise.ts';
import { right } from '../runtime/runs/made.ts';
import { netc, newFolder, removeFolder, type Said } from './session.ts';

const small = `net Small : [12, 12, 3] -> [2] { conv3-4; batchnorm; relu; gap; fc-2; softmax }
`;
const text = `${small}
net Deep : [12, 12, 3] -> [2] {
  conv3-4; batchnorm; relu
  conv3-4; batchnorm; relu
  gap; fc-2; softmax
}
net Wide : [12, 12, 3] -> [3] { conv3-4; batchnorm; relu; gap; fc-3; softmax }

train first : Small {
  data   shapes(size = 12, classes = 2, images = 22, validation = 8)
  batch  5
  epochs 1
}
train all : Deep with first { init from "small.safetensors" }
`;

let folder = '';
/** The numbers in the file that weights are taken from, by path. */
const source = new Map<string, readonly number[]>();

/** Writes weights of a net, none of which are those that are drawn. */
const write = (file: string, graph: Graph, keep = source): void => {
  const weights = graph.nodes.flatMap((n) => n.weights);
  const draw = initialise(weights, 99);
  const outgoing = weights.map(({ path, spec }) => ({ name: path, shape: spec.shape }));
  const read = (path: string) => E.map((d: Float32Array) => d.map((n) => n + 0.125))(draw(path));
  for (const { path } of weights) keep.set(path, [...right(read(path))]);
  right(writeWeights(file, outgoing, read));
};

const programOf = (clause: string) => {
  writeFileSync(
    join(folder, 'made.net'),
    `${text.slice(0, text.indexOf('train all'))}train made : ${clause}\n`,
  );
  const { program, found, shown } = loadProgram(folder, 'made.net');
  expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { program: program!, shown };
};

const prepared = async (
  clause: string,
): Promise<E.Either<{ readonly message: string }, Prepared>> => {
  const { program, shown } = programOf(clause);
  return prepare({
    training: program.trainings.at(-1)!,
    ...{ program, shown, root: folder, runs: join(folder, 'runs') },
    warn: () => {},
    ...{
      engine: 'cpu',
      workers: 0,
      strict: false,
      recompute: false,
      resumed: undefined,
      say: () => {},
    },
  });
};

/** What training begins with, and the layers that it says were taken and drawn. */
const beginning = async (clause: string) => {
  const made = await prepared(clause);
  if (E.isLeft(made)) throw new Error(made.left.message);
  const trainer = right(place(made.right, undefined));
  const parameters = await trainer.parameters();
  trainer.dispose();
  await made.right.close();
  return { parameters, start: made.right.start, weights: made.right.weights };
};

beforeAll(() => {
  folder = newFolder({ 'made.net': text, 'two.net': text });
  process.chdir(folder);
  const { program } = loadProgram(folder, 'made.net');
  const graph = (name: string): Graph =>
    right(
      graphOf(
        program!.nets.find((net) => net.name === name)!,
        undefined,
      ),
    );
  write(join(folder, 'small.safetensors'), graph('Small'));
  write(join(folder, 'wide.safetensors'), graph('Wide'), new Map());
});
afterAll(() => removeFolder(folder));

describe('weights that are taken', () => {
  it.each<[selection: string, taken: readonly string[]]>([
    ['', ['conv1', 'batchnorm1', 'fc1']],
    ['{ first 1 conv }', ['conv1']],
    ['{ first 1 conv; last 1 fc }', ['conv1', 'fc1']],
    ['{ last 1 batchnorm }', ['batchnorm1']],
    ['{ first 1 fc; last 1 fc }', ['fc1']],
    ['{ all but last 1 fc }', ['conv1', 'batchnorm1']],
    ['{ within "fc1"; within "conv1" }', ['conv1', 'fc1']],
  ])('are the bits of the file, and others are drawn: %s', async (selection, taken) => {
    const clause = `Deep with first { init from "small.safetensors" ${selection}\n  seed 3 }`;
    const { parameters, start, weights } = await beginning(clause);
    const all = ['conv1', 'batchnorm1', 'conv2', 'batchnorm2', 'fc1'];
    expect(start?.taken).toEqual(taken);
    expect(start?.drawn).toEqual(all.filter((layer) => !taken.includes(layer)));
    const draw = initialise(weights, 3, { tag: 'kaiming', distribution: 'normal' });
    for (const { path } of weights) {
      const [, layer = '', name = ''] = path.split('/');
      const expected = taken.includes(layer)
        ? source.get(`Small/${layer}/${name}`)
        : [...right(draw(path))];
      expect([...parameters.get(path)!.data], path).toEqual(expected);
    }
    // running numbers belong to the layer
    expect(parameters.get('Deep/batchnorm1/variance')!.data[0]).toBe(
      taken.includes('batchnorm1') ? 1.125 : 1,
    );
  });

  it.each<[clause: string, message: string]>([
    [
      'Deep with first { init from "small.safetensors" { first 2 conv } }',
      'has 1 `conv`, and 2 are asked for',
    ],
    [
      'Deep with first { init from "small.safetensors" { last 1 lrn } }',
      'has no `lrn` with weights',
    ],
    [
      'Deep with first { init from "small.safetensors" { within "conv2" } }',
      'has no layer with weights within `conv2`',
    ],
    ['Small with first { init from "wide.safetensors" }', 'the weights of `fc1` differ in shape'],
    ['Small with first { init from "absent.safetensors" }', 'cannot be read: it does not exist'],
    ['Small with first { init from "first-9" }', 'there is no run `first-9`'],
    ['Small with first { init from first }', 'no run of `first` is finished in'],
  ])('are compared before data is opened: %s', async (clause, message) => {
    const absent = clause.replace('{', '{ data imagefolder("absent")\n ');
    const made = await prepared(absent);
    expect(E.isLeft(made) ? made.left.message : 'no fault').toContain(message);
  });
});

describe('netc train with `init from`', () => {
  const train = (...more: readonly string[]): Promise<Said> =>
    netc(folder, 'train', 'two.net', '--workers', '0', ...more);
  const from = 'init from=first { first 1 conv; last 1 fc }';

  it('says what to run first', async () => {
    const { code, err } = await train('--train', 'all', '--set', from);
    expect(code).toBe(1);
    expect(err).toContain('E0952');
    expect(err).toContain('train it first: `netc train two.net --train first`');
  });

  it('offers to finish a run that is not finished, and its weights as they are', async () => {
    expect((await train('--train', 'first')).code).toBe(0);
    const state = join(folder, 'runs/first-1/state.json');
    const finished = readFileSync(state, 'utf8');
    writeFileSync(state, finished.replace('"finished"', '"stopped"'));
    const { err } = await train('--train', 'all', '--set', from);
    expect(err).toContain('`first-1` is stopped; finish it: `netc train two.net --resume first-1`');
    expect(err).toContain(`--set 'init from="first-1" { first 1 conv; last 1 fc }'`);
    writeFileSync(state, finished);
  });

  it('takes the newest finished run, says so, and does not need it to go on', async () => {
    const dry = await train('--train', 'all', '--set', from, '--dry-run');
    expect(dry.err).toContain(
      'begins with runs/first-1/best.safetensors: 2 layers taken, 3 drawn\n' +
        '  taken: conv1 fc1\n  drawn: batchnorm1 conv2 batchnorm2\n',
    );
    const whole = await train('--train', 'all', '--set', from, '--epochs', '2');
    expect(whole.code, whole.err).toBe(0);
    const begun = await train('--train', 'all', '--set', from);
    expect(begun.err).toContain('2 layers taken, 3 drawn');
    const { start } = JSON.parse(readFileSync(join(folder, 'runs/all-2/run.json'), 'utf8'));
    expect(start).toMatchObject({ file: 'runs/first-1/best.safetensors', taken: ['conv1', 'fc1'] });
    expect(start.digest).toMatch(/^[0-9a-f]{64}$/);
    rmSync(join(folder, 'runs/first-1'), { recursive: true });
    mkdirSync(join(folder, 'runs/first-1'));
    const on = await train('--train', 'all', '--set', from, '--epochs', '2', '--resume', 'all-2');
    expect(on.code, on.err).toBe(0);
    const bytes = (run: string): string =>
      readFileSync(join(folder, 'runs', run, 'weights.safetensors'), 'base64');
    expect(bytes('all-2')).toBe(bytes('all-1'));
    const { start: after } = JSON.parse(readFileSync(join(folder, 'runs/all-2/run.json'), 'utf8'));
    expect(after).toEqual(start);
  });

  it('says where the recipe names what is not there, and what is called nearly so', async () => {
    const said = async (named: string): Promise<string> =>
      (await train('--train', 'all', '--set', `init from="${named}"`)).err;
    const err = await said('smal.safetensors');
    expect(err).toContain('error[E0001]: `smal.safetensors` cannot be read: it does not exist');
    expect(err).toContain('init from="smal.safetensors"\n  │ ^^^^');
    expect(err).toContain('the same folder has `small.safetensors`');
    expect(await said('al-1')).toContain('there is `all-1`');
    expect(await said('nowhere')).toContain('the runs in `runs/` are called "all-1"');
    expect(await said('first')).toContain('`first` is a training: without quotes');
  });

  it('finds weights that are no numbers when they are read', async () => {
    const file = right(openWeights(join(folder, 'small.safetensors')));
    const odd = join(folder, 'odd.safetensors');
    const tensors = [...file.tensors.values()];
    right(
      writeWeights(odd, tensors, (name) =>
        E.map((d: Float32Array) =>
          d.map((x, i) => (i === 1 && /fc1|conv1.k/.test(name) ? NaN : x)),
        )(file.read(name)),
      ),
    );
    file.close();
    const { code, err } = await train('--train', 'all', '--set', 'init from="odd.safetensors"');
    expect(code).toBe(1);
    expect(err).toContain(
      'error[E0956]: of the weights in `odd.safetensors`, `Small/conv1/kernel` has NaN at 1',
    );
    expect(err).toContain('so do 2 other weights');
    const some = 'init from="odd.safetensors" { first 1 batchnorm }';
    expect((await train('--train', 'all', '--set', some, '--dry-run')).code).toBe(0);
  });

  it('takes a file by its path, with all layers', async () => {
    const { code, err } = await train('--train', 'all');
    expect(code, err).toBe(0);
    expect(err).toContain('begins with small.safetensors: 3 layers taken, 2 drawn');
    const opened = right(openWeights(join(folder, 'runs/all-3/weights.safetensors')));
    expect([...opened.tensors.keys()][0]).toBe('Deep/conv1/kernel');
    opened.close();
  });
});
