/** E0963 names the first layer whose numbers are not finite, and the commands that help. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { netc, newFolder, removeFolder, type Said } from './session.ts';

let folder = '';
beforeAll(() => {
  folder = newFolder({
    'over.net': `net Mid : [12, 12, 3] -> [2] {
  conv3-4; relu; 2x scale(1e9)
  block { conv3-4; 3x scale(1e9) }
  gap; fc-2; softmax
}
net Back : [12, 12, 3] -> [2] {
  conv3-4; relu
  5x scale(1e-9)
  5x scale(1e9)
  gap; fc-2; softmax
}
net Plain : [12, 12, 3] -> [2] { conv3-4; relu; conv3-4; relu; gap; fc-2; softmax }
train mid : Mid {
  data      shapes(size = 12, classes = 2, images = 22, validation = 0)
  optimizer sgd(rate = 0.05, momentum = 0.9)
  batch     5
  epochs    2
  input     rgb(scale = 1.0/255)
}
train back : Back with mid
train wild : Plain with mid { optimizer sgd(rate = 1e30, momentum = 0.9) }
train high : Plain with mid { optimizer sgd(rate = 1e12) }
`,
  });
});
afterAll(() => removeFolder(folder));

/** What is said of a training of this name, without what is said before the fault. */
const train = async (name: string, ...more: readonly string[]): Promise<Said> => {
  const said = await netc(
    folder,
    ...['train', 'over.net', '--train', name, '--workers', '0', ...more],
  );
  return { ...said, err: said.err.slice(said.err.indexOf('error[')) };
};

describe('a step that is not finite', () => {
  it('begins in a layer of the middle', async () => {
    const { code, err } = await train('mid');
    expect(code).toBe(1);
    expect(err).toMatchSnapshot();
  });

  it('begins on the way back, in a rehearsal too', async () => {
    const { code, err } = await train('back', '--dry-run');
    expect(code).toBe(1);
    expect(err).toMatchSnapshot();
    for (const more of [['--overfit', '1'], ['--set', 'accumulate=2'], ['--recompute']])
      expect((await train('back', ...more)).err).toContain('`Back/scale6` is the first layer');
  });

  it('comes of a rate that is too large', async () => {
    const { code, err } = await train('wild', '--set', 'clip = 10');
    expect(code).toBe(1);
    expect(err).toMatchSnapshot();
  });

  it('is a norm of gradients', async () => {
    expect((await train('high')).err).toMatchSnapshot();
  });

  it('is mended by a command that is named', async () => {
    const { err } = await train('wild');
    const [, clause = ''] = /a tenth of the rate: .*?--set\s+'([^']*)'/s.exec(err) ?? [];
    expect(clause).toBe('optimizer=sgd(rate=1e29,momentum=0.9)');
    expect((await train('wild', '--set', clause)).err).toContain('sgd(rate=1e28,');
  });
});
