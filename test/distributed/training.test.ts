/** Several processes train one net on TensorFlow’s servers. They are on this machine, where TensorFlow and koffi are installed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { newFolder, removeFolder } from '../cli/session.ts';
import { engineNames } from '../lower/engines.ts';
import { startWorkers, started, tensorsOf, type Ended } from './processes.ts';

const program = join(inject('built'), 'netc.js');

const recipe = `
  data      shapes(size = 12, classes = 4, images = 40, validation = 12)
  input     rgb(mean = data, std = data)
  augment   flip
  optimizer sgd(rate = 0.05, momentum = 0.9, weight_decay = 5e-4)
  clip      1
  epochs    2
`;

/** 40 pictures in batches of 13: the last one has a picture, so most workers have none of it. */
const source = `
net Plain : [12, 12, 3] -> [4] { conv3-6; tanh; maxpool2; flatten; fc-8; tanh; fc-4; softmax }
net Normed : [12, 12, 3] -> [4] { conv3-6; batchnorm; relu; maxpool2; flatten; dropout(0.5); fc-4; softmax }
train plain : Plain { ${recipe} batch 13 }
train normed : Normed { ${recipe} batch 20 }
train long : Plain with plain {
  batch  2
  epochs 12
}
`;

let folder: string;

beforeAll(() => {
  folder = newFolder({ 'made.net': source });
});
afterAll(() => removeFolder(folder));

const fine = (ended: readonly Ended[]): void => {
  for (const { code, err } of ended) expect(code, err).toBe(0);
};

const alone = async (...args: readonly string[]): Promise<void> =>
  fine([await started(program, folder, ['train', 'made.net', ...args]).ended]);

const together = async (workers: number, ...args: readonly string[]): Promise<readonly Ended[]> => {
  const own = Array.from({ length: workers }, () => []);
  const { ended } = await startWorkers(program, folder, ['made.net', ...args], own);
  return ended;
};

/** The largest difference of any number of these tensors. */
const difference = (a: string, b: string, of: (name: string) => boolean): number => {
  const [x, y] = [tensorsOf(folder, a), tensorsOf(folder, b)];
  let most = 0;
  for (const [name, numbers] of x)
    if (of(name))
      numbers.forEach((n, i) => (most = Math.max(most, Math.abs(n - y.get(name)![i]!))));
  return most;
};

const stateOf = (run: string): { readonly state: string; readonly step: number } =>
  JSON.parse(readFileSync(join(folder, run, 'state.json'), 'utf8'));

describe.runIf(engineNames.includes('tensorflow'))('workers', () => {
  it('train as one process does', async () => {
    await alone('--train', 'plain', '--engine', 'tensorflow', '--runs', 'one');
    for (const workers of [2, 4]) {
      const all = await together(workers, '--train', 'plain', '--runs', `with-${workers}`);
      fine(all);
      expect(all[1]!.err).toContain(
        `worker 1 of ${workers} trains its share of each batch; worker 0 keeps with-${workers}/plain-1`,
      );
      const run = `with-${workers}/plain-1`;
      expect(difference('one/plain-1', run, () => true)).toBeLessThan(1e-5);
    }
  });

  it('have the masks and the statistics of the parts of an accumulated batch', async () => {
    const args = ['--train', 'normed', '--engine', 'tensorflow', '--runs', 'parts'];
    await alone(...args, '--set', 'accumulate=2');
    fine(await together(2, '--train', 'normed', '--runs', 'shares'));
    const isTrained = (name: string): boolean => !/\/(mean|variance)$/.test(name);
    expect(difference('parts/normed-1', 'shares/normed-1', isTrained)).toBeLessThan(1e-5);
  });

  it('end when one of them is killed, and go on as if it had not been', async () => {
    const args = ['made.net', '--train', 'long'];
    fine(await together(3, '--train', 'long', '--runs', 'whole'));
    const cut = await startWorkers(program, folder, [...args, '--runs', 'cut'], [[], [], []]);
    await cut.heard(0, 'epoch 2/12');
    const before = performance.now();
    cut.processes[2]!.kill('SIGKILL');
    const [first, second] = await cut.ended;
    expect(performance.now() - before).toBeLessThan(20_000);
    for (const { code, err } of [first!, second!]) {
      expect(code, err).toBe(3);
      expect(err).toContain(`error[E0706]: worker 2 at ${cut.addresses[2]} does not answer`);
      expect(err).toContain('--resume long-1');
    }
    expect(stateOf('cut/long-1').state).toBe('failed');
    fine(await together(3, '--runs', 'cut', '--resume', 'long-1'));
    expect([...tensorsOf(folder, 'cut/long-1')]).toEqual([...tensorsOf(folder, 'whole/long-1')]);
    const [less] = await together(2, '--runs', 'cut', '--resume', 'long-1', '--epochs', '15');
    expect(less!.err).toContain('error[E0945]: the number of workers has changed');
  });

  it('stop together, after the same step', async () => {
    const args = ['made.net', '--train', 'long', '--runs', 'stopped'];
    const { heard, processes, ended } = await startWorkers(program, folder, args, [[], []]);
    await heard(0, 'epoch 1/12');
    processes[1]!.kill('SIGTERM');
    const all = await ended;
    expect(all.map(({ code }) => code)).toEqual([143, 143]);
    const { state, step } = stateOf('stopped/long-1');
    expect(state).toBe('stopped');
    for (const { err } of all) expect(err).toContain(`stopped after ${step} steps, all saved`);
  });

  it('compare what they are about to do before the first step', async () => {
    const own = [[], ['--seed', '7', '--set', 'batch=9']];
    const args = ['made.net', '--train', 'plain', '--runs', 'unlike'];
    const { ended } = await startWorkers(program, folder, args, own);
    for (const { code, err } of await ended) {
      expect(code).toBe(1);
      expect(err).toContain('error[E0707]');
      expect(err).toContain('`batch`: 13 of worker 0, 9 of worker 1');
      expect(err).toContain('`seed`: 0 of worker 0, 7 of worker 1');
    }
  });
});
