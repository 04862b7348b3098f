/** `netc train --all`: in order, only what is needed, and on from where it was broken off. */
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/commander.ts';
import { netc, newFolder, printingTo, removeFolder, type Printed, type Said } from './session.ts';

const text = `net A : [8, 8, 3] -> [2] { conv3-4; relu; gap; fc-2; softmax }
net B : [8, 8, 3] -> [2] { conv3-4; relu; conv3-4; relu; gap; fc-2; softmax }
net C : [8, 8, 3] -> [2] { conv3-4; relu; conv3-4; relu; conv3-4; relu; gap; fc-2; softmax }

train recipe {
  data      shapes(size = 8, classes = 2, images = 12, validation = 4)
  optimizer sgd(rate = 0.01)
  batch     4
  epochs    1
}
train c : C with recipe { init from b { first 2 conv; last 1 fc } }
train b : B with recipe { init from a { first 1 conv; last 1 fc } }
train a : A with recipe
`;

const folder = newFolder({});
afterAll(() => removeFolder(folder));
beforeEach(() => {
  rmSync(join(folder, 'runs'), { recursive: true, force: true });
  writeFileSync(join(folder, 'abc.net'), text);
});

const change = (from: string | RegExp, to: string): void => {
  const before = readFileSync(join(folder, 'abc.net'), 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(join(folder, 'abc.net'), after);
};
const train = (...more: readonly string[]): Promise<Said> =>
  netc(folder, 'train', '--all', 'abc.net', '--workers', '0', ...more);
const runs = (): readonly string[] =>
  existsSync(join(folder, 'runs')) ? readdirSync(join(folder, 'runs')).sort() : [];
const bytesOf = (run: string): string =>
  readFileSync(join(folder, 'runs', run, 'weights.safetensors'), 'base64');

/** What becomes of each training: name, word and reason. */
const fates = ({ err }: Said): readonly string[] =>
  err.split('\n').flatMap((line) => {
    const [, found] = /^ +\d+ {2}(\w+ .*)$/.exec(line) ?? [];
    return found === undefined ? [] : [found.replace(/ {2,}/g, ' ')];
  });
/** Of the table at the end: name, run, epochs and state. */
const table = ({ out }: Said): readonly string[] =>
  out
    .trimEnd()
    .split('\n')
    .slice(2)
    .map((line) => {
      const [name, run, epochs, , , state] = line.split(/ {2,}/);
      return [name, run, epochs, state].join(' ');
    });
const dry = async (...more: readonly string[]): Promise<readonly string[]> =>
  fates(await train('--dry-run', ...more));

/** The same, with Ctrl-C before the first step of the training at this place, from 1. */
const interrupted = async (at: number, ...more: readonly string[]): Promise<Said> => {
  const printed: Printed[] = [];
  let places = 0;
  const io: Parameters<typeof main>[1] = {
    ...printingTo(printed, folder, 100),
    room: Infinity,
    interruptible: (asked, work) => {
      if (++places === at) asked('SIGINT');
      return work();
    },
  };
  const before = process.cwd();
  process.chdir(folder);
  try {
    const code = await main(['train', '--all', 'abc.net', '--workers', '0', ...more], io);
    const of = (to: Printed['to']): string =>
      printed.flatMap((p) => (p.to === to ? [p.text] : [])).join('');
    return { code, out: of('out'), err: of('err') };
  } finally {
    process.chdir(before);
  }
};

describe('netc train --all', () => {
  it('trains each after the one that it begins with, and nothing twice', async () => {
    const first = await train();
    expect(first.code, first.err).toBe(0);
    expect(fates(first)).toEqual([
      'a trained',
      'b trained begins with a',
      'c trained begins with b',
    ]);
    expect(table(first)).toEqual([
      'a a-1 1/1 finished',
      'b b-1 1/1 finished',
      'c c-1 1/1 finished',
    ]);
    const { start, command } = JSON.parse(readFileSync(join(folder, 'runs/c-1/run.json'), 'utf8'));
    expect(start).toMatchObject({
      file: 'runs/b-1/best.safetensors',
      taken: ['conv1', 'conv2', 'fc1'],
      drawn: ['conv3'],
    });
    expect(command).toBe('netc train abc.net --train c');
    const again = await train();
    expect(again.code).toBe(0);
    expect(table(again)).toEqual([
      'a a-1 1/1 finished before',
      'b b-1 1/1 finished before',
      'c c-1 1/1 finished before',
    ]);
    expect(runs()).toEqual(['a-1', 'b-1', 'c-1']);

    // what the trainings are not made of
    change('net C', '-- a comment\nnet Other : [8, 8, 3] -> [2] { gap; fc-2; softmax }\nnet C');
    change('train a :', 'train recipe2 with recipe { epochs 9 }\ntrain a :');
    expect((await dry()).map((line) => line.split(' ')[1])).toEqual(Array(3).fill('skipped'));
    // what they are made of
    change('net B : [8, 8, 3] -> [2] { conv3-4; relu', 'net B : [8, 8, 3] -> [2] { conv3-4; tanh');
    const anew = ['a skipped a-1 is finished: 1 epoch, best top-1', 'its net `B` has changed'];
    const [a, b, c] = await dry();
    expect(a).toContain(anew[0]);
    expect([b, c]).toEqual([
      `b trained again ${anew[1]}`,
      'c trained again `b` is trained before it',
    ]);
    expect(await dry('--seed', '7')).toEqual([
      'a trained again `seed` was `0`, and is now `7`',
      'b trained again `seed` was `0`, and is now `7`',
      'c trained again `seed` was `0`, and is now `7`',
    ]);
    change('images = 12', 'images = 13');
    expect((await dry())[0]).toMatch(/^a trained again `data` was /);
  });

  it('trains again what began with weights that are others now', async () => {
    await train();
    const of = (root: string): string => join(folder, root, 'a-1/best.safetensors');
    await netc(folder, 'train', 'abc.net', '--train', 'a', '--seed', '3', '--runs', 'others');
    copyFileSync(of('others'), of('runs'));
    expect(await dry()).toEqual([
      expect.stringMatching(/^a skipped a-1/),
      'b trained again it began with other weights',
      'c trained again `b` is trained before it',
    ]);
    for (const name of ['best', 'last', 'previous'])
      rmSync(join(folder, `runs/a-1/${name}.safetensors`), { force: true });
    expect((await dry())[0]).toBe('a trained again `a-1` has no weights any more');
  });

  it('goes on after Ctrl-C with the one command that it says, to the same bits', async () => {
    await train('--epochs', '2');
    const whole = [bytesOf('b-1'), bytesOf('c-1')];
    rmSync(join(folder, 'runs'), { recursive: true });
    // of each training it is asked twice: while it is made ready, and while it goes on
    const stopped = await interrupted(4, '--epochs', '2');
    expect(stopped.code, stopped.err).toBe(130);
    expect(table(stopped)).toEqual(['a a-1 2/2 finished', 'b b-1 0/2 stopped', 'c – – not begun']);
    const again = 'netc train --all abc.net --epochs 2 --workers 0';
    expect(stopped.err).toContain(`to go on with all: ${again}\n`);
    expect(stopped.err).not.toContain('to go on: ');
    change('net C', '-- a comment\nnet C'); // which is not what `b` is made of
    const on = await netc(folder, ...again.split(' ').slice(1));
    expect(on.code, on.err).toBe(0);
    expect(fates(on)[1]).toBe('b resumed b-1, stopped after epoch 0 of 2');
    expect([bytesOf('b-1'), bytesOf('c-1')]).toEqual(whole);
    const early = await interrupted(1, '--epochs', '2', '--seed', '1');
    expect([early.code, runs()]).toEqual([130, ['a-1', 'b-1', 'c-1']]);
  });

  it('makes a run longer, unless its schedule counts the epochs', async () => {
    await train();
    expect((await dry('--epochs', '2'))[0]).toBe('a resumed a-1 has 1 epoch of 2');
    expect((await dry('--epochs', '2'))[1]).toBe('b trained again `a` is trained before it');
    rmSync(join(folder, 'runs'), { recursive: true });
    change('batch ', 'schedule cosine\n  batch ');
    await train('--epochs', '2');
    expect((await dry('--epochs', '1'))[0]).toBe(
      'a trained again `epochs` was `2`, and is now `1`',
    );
  });

  it('leaves out what begins with one that fails, and trains the others', async () => {
    change('train b : B with recipe {', 'train b : B with recipe { optimizer sgd(rate = 1e30)\n ');
    change('train a :', 'train d : B with recipe { init from a { first 1 conv } }\ntrain a :');
    const done = await train();
    expect(done.code).toBe(1);
    expect(done.err).toContain('error[E0963]');
    expect(table(done)).toEqual([
      'a a-1 1/1 finished',
      'b b-1 0/1 failed',
      'c – – not begun: it begins with b',
      'd d-1 1/1 finished',
    ]);
    expect(fates(await train())[1]).toBe('b resumed b-1, failed after epoch 0 of 1');
  });

  it.each<[what: string, code: number, said: string, ...options: readonly string[]]>([
    ['a training', 2, '`--train` is for one training', '--train', 'a'],
    ['a run', 2, '`--resume` is for one training', '--resume', 'a-1'],
    ['a rehearsal', 2, '`--overfit` is for one training', '--overfit', '1'],
    ['force', 2, '`--force` is for one training', '--force'],
    [
      'a circle',
      1,
      '`a` would begin with its own weights',
      '--set',
      'init from=a { first 1 conv }',
    ],
    ['what fits none', 1, 'what is set does not fit all trainings', '--set', 'batch=none'],
    ['what fits some', 1, 'what is set does not fit a\n', '--set', 'init from=b { first 2 conv }'],
    ['other classes', 1, 'error[E0931]', '--set', 'data.classes=3'],
    ['no data', 3, 'nothing has begun', '--set', 'data=imagefolder("absent")'],
  ])('begins nothing where it is given %s', async (_, code, said, ...options) => {
    const done = await train(...options);
    expect([done.code, runs()], done.err).toEqual([code, []]);
    expect(done.err).toContain(said);
    if (/batch=none|absent/.test(options[1] ?? ''))
      expect(done.err.match(/error\[/g)).toHaveLength(1);
  });

  it('begins nothing where a training of the file is faulty, and does where an evaluation is', async () => {
    change('train c : C', 'train c : D');
    expect([(await train()).code, runs()]).toEqual([1, []]);
    change('train c : D', 'eval e : A from nothing { scales 8 }\ntrain c : C');
    const done = await train('--dry-run');
    expect(done.code, done.err).toBe(0);
    expect(done.err).toContain('does not concern its trainings');
  });

  it('says without `--all` that there is such a thing', async () => {
    const { err } = await netc(folder, 'train', 'abc.net', '--train', 'b');
    expect(err).toContain('or all of the file, in order: `netc train --all abc.net`');
  });
});
