/** W0962 is about what the recipe says, and so is said only where it says something. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { netc, newFolder, removeFolder } from './session.ts';

let folder = '';
beforeAll(() => {
  folder = newFolder({
    'far.net': `net Far : [12, 12, 3] -> [2] { conv3-4; relu; gap; scale(1e3); fc-2; softmax }
train first : Far {
  data   shapes(size = 12, classes = 2, images = 8, validation = 0)
  epochs 1
}
`,
  });
});
afterAll(() => removeFolder(folder));

it.each([
  [[], []],
  [['init=kaiming'], []],
  [['init=normal(std = 1)'], ['weights that begin smaller']],
  [['input=rgb'], ['pictures of mean 0']],
  [
    ['init=normal(std = 1)', 'input=rgb'],
    ['weights that begin smaller', 'pictures of mean 0'],
  ],
])('with %s', async (clauses, helps) => {
  const set = clauses.flatMap((clause) => ['--set', clause]);
  const { err } = await netc(folder, 'train', 'far.net', '--workers', '0', ...set);
  expect(err.includes('W0962'), err).toBe(helps.length > 0);
  for (const help of ['weights that begin smaller', 'pictures of mean 0'])
    expect(err.includes(help), err).toBe(helps.includes(help));
});
