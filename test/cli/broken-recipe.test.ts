/** A broken recipe keeps nobody from training another one of its file. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { netc, newFolder, removeFolder, type Said } from './session.ts';

let folder = '';
beforeAll(() => {
  folder = newFolder({
    'some.net': `net S : [12, 12, 3] -> [2] { conv3-4; relu; gap; fc-2; softmax }
train base {
  data   shapes(size = 12, classes = 2, images = 8, validation = 0)
  epochs 1
}
train good : S with base
train bad : S with base { lr 0.1 }
train child : S with bad
train begins : S with base { init from bad }
train broken : S with base { loss cross_entropy( }
eval lost : S from nothing
`,
    'one.net': `net S : [12, 12, 3] -> [2] { conv3-4; relu; gap; fc-2; softmax }
train only : S { data shapes(size = 12, classes = 2, images = 8, validation = 0) }
train recipe { lr 0.1 }
`,
    'net.net': `net S : [12, 12, 3] -> [2] { conv3-4; rellu; gap; fc-2; softmax }
train only : S { data shapes(size = 12, classes = 2, images = 8, validation = 0) }
`,
  });
});
afterAll(() => removeFolder(folder));

const rehearse = (file: string, ...more: readonly string[]): Promise<Said> =>
  netc(folder, 'train', file, '--workers', '0', '--dry-run', ...more);

it.each([[], ['--set', 'batch=4']])('trains what is sound %s', async (...more) => {
  const { code, err } = await rehearse('some.net', '--train', 'good', ...more);
  expect(code, err).toBe(0);
  expect(err).not.toContain('error');
  expect(err).toContain(
    'faults elsewhere in some.net do not concern `good`; `netc check` says more',
  );
});

it.each([
  ['bad', 'E0921'],
  ['child', 'E0921'],
  ['begins', 'E0921'],
  ['broken', 'E0105'],
])('and not %s', async (name, code) => {
  const { code: exit, err } = await rehearse('some.net', '--train', name);
  expect(exit).not.toBe(0);
  expect(err.match(/error\[/g)).toHaveLength(1);
  expect(err).toContain(code);
});

it('asks which is meant, broken ones among them', async () => {
  const { err } = await rehearse('some.net');
  expect(err).toContain('NAME is good or bad or child or begins or broken');
});

it('trains the only one beside a broken recipe, and none of a broken net', async () => {
  expect((await rehearse('one.net')).code).toBe(0);
  expect((await rehearse('net.net')).err).toContain('`relu`');
});
