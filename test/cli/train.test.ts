/** `netc train`, on small nets and few pictures. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { netc, newFolder, removeFolder, type Said } from './session.ts';

const net = `net Dots : [12, 12, 3] -> [2] {
  conv3-4(bias = false); batchnorm; relu
  dropout-0.2
  gap
  fc-2; softmax
}
`;
const recipe = `train first : Dots {
  data      shapes(size = 12, classes = 2, images = 22, validation = 8)
  augment   crop(12, pad = 1); flip
  optimizer sgd(rate = 0.05, momentum = 0.9)
  schedule  step(every = 1, factor = 0.5)
  batch     5
  epochs    2
}
`;
const second = `train second : Dots with first { epochs 1 }\n`;

let folder = '';
beforeAll(() => {
  folder = newFolder({
    'dots.net': net + recipe,
    'two.net': net + recipe + second,
    'wide.net': `net Wide : [64, 64, 3] -> [2] { conv3-2048; relu; gap; fc-2; softmax }
train first : Wide {
  data  shapes(size = 64, classes = 2, images = 80, validation = 0)
  batch 80
}
`,
    'made.net': `import "netc:passes/fc-to-conv.net" (fc_to_conv)
net D : [8, 8, 3] -> [2] { conv3-4; relu; flatten; fc-2; softmax }
net D_map = fc_to_conv(D)
train first : D_map { data shapes(classes = 2, size = 8) }
`,
  });
});
afterAll(() => removeFolder(folder));

const train = (file: string, ...more: readonly string[]): Promise<Said> =>
  netc(folder, 'train', file, '--workers', '0', ...more);

const bytesOf = (run: string, file = 'weights.safetensors'): string =>
  readFileSync(join(folder, 'runs', run, file)).toString('base64');

describe('netc train', () => {
  it('trains, and keeps the run', async () => {
    const { code, err } = await train('dots.net');
    expect(code, err).toBe(0);
    expect(err).toMatch(/^first: Dots, [\d,]+ parameters, on wasm\n/);
    expect(err).toContain('22 pictures, 2 classes; 8 pictures to validate');
    expect(err).toMatch(/epoch 2\/2 {2}loss/);
    expect(err).toMatch(/runs\/first-1: finished after 2 epochs in 0:\d\d/);
    const kept = readdirSync(join(folder, 'runs/first-1'));
    for (const file of ['source.net', 'log.jsonl', 'metrics.csv', 'weights.safetensors'])
      expect(kept).toContain(file);
  });

  it('gives the same weights again, and others for another seed', async () => {
    expect((await train('dots.net')).code).toBe(0);
    expect((await train('dots.net', '--seed', '5')).code).toBe(0);
    expect(bytesOf('first-2')).toBe(bytesOf('first-1'));
    expect(bytesOf('first-3')).not.toBe(bytesOf('first-1'));
  });

  it('reaches the same weights in two parts', async () => {
    expect((await train('dots.net', '--epochs', '1')).code).toBe(0);
    const { code, err } = await train('dots.net', '--resume', 'first-4');
    expect(code, err).toBe(0);
    expect(err).toContain('going on after 5 steps');
    expect(bytesOf('first-4')).toBe(bytesOf('first-1'));
    const rows = readFileSync(join(folder, 'runs/first-4/metrics.csv'), 'utf8').split('\n');
    const whole = readFileSync(join(folder, 'runs/first-1/metrics.csv'), 'utf8').split('\n');
    const withoutTime = (lines: readonly string[]): readonly string[] =>
      lines.map((line) =>
        line
          .split(',')
          .filter((_, i) => i !== 2)
          .join(','),
      );
    expect(withoutTime(rows)).toEqual(withoutTime(whole));
  });

  it('says of a finished run how it is trained further, and leaves it alone', async () => {
    const before = readFileSync(join(folder, 'runs/first-4/state.json'), 'utf8');
    const { code, err } = await train('dots.net', '--resume', 'first-4');
    expect(code, err).toBe(0);
    expect(err).toBe(
      'runs/first-4 is finished: 2 epochs of 2\n' +
        'to train further: netc train dots.net --epochs 4 --resume first-4\n',
    );
    expect(readFileSync(join(folder, 'runs/first-4/state.json'), 'utf8')).toBe(before);
    expect((await train('dots.net', '--resume', 'first-4', '--epochs', '3')).err).toContain(
      'going on after 10 steps',
    );
  });

  it('goes on with what a stopped run was asked for', async () => {
    const asked = ['--train', 'first', '--set', 'schedule=constant', '--set', 'epochs=1'];
    const { err: begun } = await train('two.net', ...asked, '--seed', '5');
    const run = /runs\/(first-\d+)\//.exec(begun)![1]!;
    const path = join(folder, 'runs', run, 'state.json');
    const state: object = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...state, state: 'stopped', epochs: 3 }));
    for (const [contradiction, said] of [
      [['--set', 'schedule=step(factor = 0.5, every = 1)'], '`schedule` was `constant'],
      [['--seed', '6'], '`seed` was `5`, and is now `6`'],
    ] as const) {
      const { code, err } = await train('two.net', ...contradiction, '--resume', run);
      expect(code).toBe(1);
      expect(err).toContain('E0945');
      expect(err).toContain(said);
      expect(err).toContain(`to go on as it began: \`netc train two.net --resume ${run}\``);
    }
    const { code, err } = await train('two.net', '--resume', run);
    expect(code, err).toBe(0);
    expect(err).toContain('finished after 3 epochs');
    const whole = await train('two.net', ...asked, '--seed', '5', '--epochs', '3');
    expect(bytesOf(run)).toBe(bytesOf(/runs\/(first-\d+)\//.exec(whole.err)![1]!));
  });

  it('takes clauses from the command line', async () => {
    const { code, err } = await train('dots.net', '--set', 'batch=11', '--set', 'epochs=1');
    expect(code, err).toBe(0);
    expect(err).toContain('a step of 11');
    expect(err).toContain('epoch 1/1');
    const wrong = await train('dots.net', '--set', 'bach=11');
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('E0921');
    expect(wrong.err).toContain('--set:');
    expect((await train('dots.net', '--set', 'batch')).err).toContain('E0961');
    const tars = 'data=webdataset("t-{00..01}.tar", validation = 0.5)';
    const shards = await train('dots.net', '--set', tars);
    expect(shards.err).toContain('the data `t-00.tar` is not there');
    const open = await train('dots.net', '--set', 'data=imagefolder("x)');
    expect(open.err).toContain('E0102');
  });

  it('takes one argument of a clause, and remembers it', async () => {
    const set = ['--set', 'optimizer.rate=0.125', '--set', 'loss.smoothing = 0.25'];
    const { err } = await train('dots.net', ...set, '--set', 'augment.pad=2', '--epochs', '1');
    const run = /runs\/(first-\d+)\//.exec(err)![1]!;
    const kept = (name: string) =>
      JSON.parse(readFileSync(join(folder, 'runs', run, name), 'utf8')) as unknown;
    expect(kept('recipe.json')).toMatchObject({
      optimizer: expect.stringContaining('sgd(rate = 0.125, momentum = 0.9, '),
      loss: 'cross_entropy(smoothing = 0.25)',
      augment: 'crop(size = 12, pad = 2); flip',
    });
    expect(kept('run.json')).toMatchObject({
      options: { set: ['optimizer.rate=0.125', 'loss.smoothing = 0.25', 'augment.pad=2'] },
    });
    const on = await train('dots.net', '--resume', run, '--epochs', '2');
    expect(on.err).toContain('finished after 2 epochs');
    const other = await train(
      'dots.net',
      '--resume',
      run,
      '--epochs',
      '3',
      '--set',
      'optimizer.rate=1',
    );
    expect(other.err).toContain('E0945');
  });

  it.each<[set: readonly string[], said: string]>([
    [['batch=thirty'], '--set:1:7\n  │\n1 │ batch=thirty\n  │       ^^^^^^ unknown here'],
    [
      ['batch = 8', 'optimizer.rat=0.01'],
      '2 │ optimizer.rat=0.01\n  │           ^^^ did you mean `rate`?',
    ],
    [['optimizer.momentum=7'], '1 │ optimizer.momentum=7\n  │           ^^^^^^^^^^ at least 0'],
    [
      ['optimizer=adam(rate = 1)', 'optimizer.beta1=2'],
      '2 │ optimizer.beta1=2\n  │           ^^^^^^^ at least 0',
    ],
    [['optimizer=adam(rate = 1'], '1 │ optimizer=adam(rate = 1\n  │               ^'],
    [['schedule.at=[5]'], '1 │ schedule.at=[5]\n  │          ^^^^^^ the second of them'],
    [['bach.x=3'], '1 │ bach.x=3\n  │ ^^^^ did you mean `batch`?'],
    [['batch.x=3'], '`batch` has no argument `x`'],
    [['batch=8', 'data.classes=3'], '2 │ data.classes=3\n  │      --------- 3 classes'],
    [['data.classes=3'], '│ train first : Dots {\n  │               ^^^^ gives `[2]`'],
  ])('shows the option in which a fault is: %s', async (set, said) => {
    const { code, err } = await train('dots.net', ...set.flatMap((one) => ['--set', one]));
    expect(code).not.toBe(0);
    expect(err).toContain(said);
  });

  it('takes clauses with names that the file imports', async () => {
    const used = recipe.replace(': Dots', ': d.Dots');
    const from = 'import "dots.net" as d\nimport "numbers.net"\n';
    writeFileSync(join(folder, 'numbers.net'), 'def few = 1\n');
    writeFileSync(join(folder, 'importing.net'), from + used);
    const { code, err } = await train('importing.net', '--set', 'epochs=few', '--dry-run');
    expect(code, err).toBe(0);
    expect(err).toContain('5 steps an epoch, 5 steps in all');
    const own = await train('importing.net', '--set', 'init from=d.first', '--dry-run');
    expect(own.err).toMatch(/begins with runs\/first-\d\/best|E0952/);
    // what is run next is the net, which is declared in the other file
    const { err: said } = await train('importing.net', '--set', 'epochs=few');
    expect(said).toContain('\nnext: netc run dots.net --net Dots --weights runs/');
  });

  it('asks which training is meant', async () => {
    const { code, err } = await train('two.net');
    expect(code).not.toBe(0);
    expect(err).toContain('E0961');
    expect(err).toContain('--train NAME, where NAME is first or second');
    expect((await train('two.net', '--train', 'secnd')).err).toContain('did you mean `second`?');
    expect((await train('two.net', '--train', 'second')).code).toBe(0);
  });

  it('warns of a loss that begins far from a guess', async () => {
    const { err } = await train('dots.net', '--epochs', '1', '--set', 'init=normal(std = 50)');
    expect(err).toContain('W0962');
  });

  it('stops where the loss is not a number, and keeps the weights from before', async () => {
    const { code, err } = await train('dots.net', '--set', 'optimizer=sgd(rate = 1e30)');
    expect(code).toBe(1);
    expect(err).toContain('E0963');
  });

  it('says what cannot be trained, before anything is opened', async () => {
    const { code, err } = await train('made.net');
    expect(code).toBe(1);
    expect(err).toContain(
      'error[E0964]: `D_map` cannot be trained: the pass `fc_to_conv` computes its weight `D_map/fc1/kernel`',
    );
    expect(err).toContain('it is made of `D/fc1/kernel`');
    expect(err).toContain('train `D`, and run `D_map` with what it learns');
  });

  it('says that the data has other classes', async () => {
    const sharp = (await import('sharp')).default;
    for (const name of ['ant', 'bee', 'cat']) {
      mkdirSync(join(folder, 'pictures', name), { recursive: true });
      const create = { width: 12, height: 12, channels: 3, background: '#a0b0c0' } as const;
      for (const i of [1, 2])
        await sharp({ create })
          .png()
          .toFile(join(folder, 'pictures', name, `${i}.png`));
    }
    const { code, err } = await train(
      'dots.net',
      '--set',
      'data=imagefolder("pictures")',
      '--set',
      'schedule=constant',
    );
    expect(code).toBe(1);
    expect(err).toContain('E0966');
    expect(err).toContain('3 classes');
    expect(err).toContain('= fix: write `fc-3` and `[3]`');
    const family = net
      .replace('Dots :', 'Dots(classes = 2) :')
      .replace('[2]', '[classes]')
      .replace('fc-2', 'fc-classes');
    const data = recipe
      .replace(/shapes.*/, 'imagefolder("pictures")')
      .replace(/schedule .*/, 'schedule constant');
    for (const called of ['Dots', 'Dots(classes = 2)']) {
      writeFileSync(join(folder, 'family.net'), family + data.replace(': Dots', `: ${called}`));
      expect((await train('family.net')).err).toContain('= fix: write `Dots(classes = 3)`');
    }
  });

  it('says that a step does not fit', async () => {
    const { code, err } = await train('wide.net');
    expect(code, err).toBe(3);
    expect(err).toContain('E0965');
    expect(err).toContain('accumulate');
  });

  it('rehearses, and keeps nothing', async () => {
    const before = readdirSync(join(folder, 'runs'));
    const dry = await train('dots.net', '--dry-run');
    expect(dry.code, dry.err).toBe(0);
    expect(dry.err).toContain('5 steps an epoch, 10 steps in all');
    const heart = await train('dots.net', '--overfit', '1', '--set', 'optimizer=adam(rate = 0.02)');
    expect(heart.code, heart.err).toBe(0);
    expect(heart.err).toMatch(/5 pictures learned by heart in \d+ steps/);
    const never = await train('dots.net', '--overfit', '1', '--set', 'optimizer=sgd(rate = 1e-9)');
    expect(never.code).toBe(1);
    expect(never.err).toContain('5 pictures not learned in 300 steps');
    expect(readdirSync(join(folder, 'runs'))).toEqual(before);
  });

  it('begins anew with weights that do not fit, where it is forced', async () => {
    writeFileSync(join(folder, 'dots8.net'), (net + recipe).replace('conv3-4', 'conv3-8'));
    const refused = await train('dots8.net', '--resume', 'first-1', '--epochs', '3');
    expect(refused.err).toContain('E0945');
    const { code, err } = await train(
      'dots8.net',
      '--resume',
      'first-1',
      '--epochs',
      '3',
      '--force',
    );
    expect(code, err).toBe(0);
    expect(err).toContain('finished after 3 epochs');
  });

  it('names pictures that cannot be read', async () => {
    writeFileSync(join(folder, 'pictures/ant/3.png'), 'no picture');
    const three = (net + recipe)
      .replaceAll('[2]', '[3]')
      .replace('fc-2', 'fc-3')
      .replace(/shapes\(.*\)/, 'imagefolder("pictures")')
      .replace(/schedule .*/, 'schedule constant');
    writeFileSync(join(folder, 'three.net'), three);
    const { code, err } = await train('three.net');
    expect(code, err).toBe(0);
    expect(err).toContain('1 picture could not be read, and left out:');
    expect(err).toContain('pictures/ant/3.png');
  });

  it('names the pictures that are others than when the run began', async () => {
    const at = (name: string): string => join(folder, 'pictures', name);
    const begun = await train('three.net', '--epochs', '1');
    const run = /runs\/(first-\d+)\//.exec(begun.err)![1]!;
    writeFileSync(at('bee/1.png'), 'another picture');
    renameSync(at('cat/2.png'), at('ant/9.png'));
    const { code, err } = await train('three.net', '--resume', run, '--epochs', '2');
    expect(code).toBe(1);
    expect(err).toBe(
      `error[E0949]: \`imagefolder("pictures")\` is not the data that \`runs/${run}\` began with
  = 1 picture has other bytes: \`bee/1.png\`
  = 1 picture is gone: \`cat/2.png\`
  = 1 picture is new: \`ant/9.png\`
  = their order depends on all of them, so the same training cannot go on
  = begin a new run; or add \`--force\` to go on with the data as it is now

1 error; \`netc explain E0949\` says more
`,
    );
    renameSync(at('ant/9.png'), at('cat/2.png'));
    for (const i of [4, 5, 6, 7]) writeFileSync(at(`bee/${i}.png`), 'more');
    const more = await train('three.net', '--resume', run, '--epochs', '2');
    expect(more.err).toContain(
      '4 pictures are new: `bee/4.png`, `bee/5.png`, `bee/6.png` and 1 more',
    );
  });

  it('goes on with no run that is not there', async () => {
    const { code, err } = await train('dots.net', '--resume', 'first-99');
    expect(code).not.toBe(0);
    expect(err).toContain('E0950');
    expect(existsSync(join(folder, 'runs/first-99'))).toBe(false);
  });

  it('takes its weights by the name of the run', async () => {
    const { code, err } = await netc(folder, 'weights', 'show', 'runs/first-1/best.safetensors');
    expect(code, err).toBe(0);
  });

  it('refuses a copy of a checkpoint in which a bit is another', async () => {
    const bytes = readFileSync(join(folder, 'runs/first-1/best.safetensors'));
    writeFileSync(join(folder, 'copy.safetensors'), bytes);
    const whole = await netc(folder, 'weights', 'show', 'copy.safetensors');
    expect(whole.code, whole.err).toBe(0);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(join(folder, 'copy.safetensors'), bytes);
    const { code, err } = await netc(folder, 'weights', 'show', 'copy.safetensors');
    expect(code).toBe(1);
    expect(err).toContain('copy.safetensors: it is damaged: its sum is another than it states');
  });
});
