/** What is seen of side outputs that enter the loss: each is counted apart, and the loss that is trained for says so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { netc, newFolder, removeFolder } from './session.ts';

let folder = '';
let said = '';
beforeAll(async () => {
  folder = newFolder({
    'side.net': `net Side : [12, 12, 3] -> [2] {
  conv3-4; relu
  also near { gap; fc-2; softmax }
  conv3-4; relu
  also far { gap; fc-2; softmax }
  gap; fc-2; softmax
}
train side : Side {
  data   shapes(size = 12, classes = 2, images = 60, validation = 8)
  loss   cross_entropy(near = 0.3, far = 0.5)
  batch  1
  epochs 2
}
`,
  });
  const { code, err } = await netc(folder, 'train', 'side.net', '--workers', '0');
  expect(code, err).toBe(0);
  said = err;
}, 60_000);
afterAll(() => removeFolder(folder));

const kept = (file: string): string => readFileSync(join(folder, 'runs/side-1', file), 'utf8');

it('is said behind each epoch, and of the loss of a step', () => {
  expect(said).toMatch(/step 50\/60 .* loss \S+ with near, far {2}top-1/);
  for (const output of ['near', 'far'])
    expect(
      said.match(
        new RegExp(`^ {2}${output}: loss \\S+ {2}top-1 \\S+ % {2}validation: loss \\S+ `, 'gm'),
      ),
    ).toHaveLength(2);
});

it('has columns and entries of its own', () => {
  const [head = ''] = kept('metrics.csv').split('\n');
  for (const name of ['near_loss', 'far_top1', 'validation_near_top5', 'validation_far_loss'])
    expect(head.split(',')).toContain(name);
  expect(kept('log.jsonl')).toContain('"validation_far_top1":');
});

it('has charts of its own, and no curve that mixes them', () => {
  const page = kept('report.html');
  for (const title of ['loss of near', 'top-1 of near', 'loss of far', 'loss with near, far'])
    expect(page).toContain(title);
});

it('has a recipe that can be read', () => {
  expect(kept('configuration.txt')).toMatch(/^train side : Side \{\n {2}data /);
});
