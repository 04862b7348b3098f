/** A broken declaration keeps nobody from what does not need it: another training, a sound net. */
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
    'two.net': `net Good : [8, 8, 3] -> _ { conv3-4; relu }
net Bad : [8, 8, 3] -> _ { conv3-4; used }
def used = rellu
def unused = conv3-(relu)
assert params(Absent) == 3
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

it.each(['summary', 'diagram', 'dump --after build', 'compile -o out', 'weights init -o w.st'])(
  'is no reason not to look at a sound net: %s',
  async (command) => {
    const [name = '', ...more] = command.split(' ');
    const words = name === 'weights' ? [name, more.shift()!] : [name];
    const { code, err } = await netc(folder, ...words, 'some.net', '--net', 'S', ...more);
    expect(code, err).toBe(0);
    expect(err).not.toContain('error');
    expect(err).toContain(
      'faults elsewhere in some.net do not concern `S`; `netc check` says more',
    );
  },
);

it.each([
  ['summary two.net --net Good', 0],
  ['summary two.net --net Bad', 1],
  ['summary two.net', 1],
  ['diff two.net:Good two.net:Good', 0],
  ['diff two.net:Good two.net:Bad', 1],
  ['summary net.net --net S', 1],
  ['dump some.net --after check', 1],
  ['dump one.net --after derive', 1],
])('and `netc %s` ends with %i', async (command, expected) => {
  const { code, err } = await netc(folder, ...command.split(' '));
  expect(code, err).toBe(expected);
  if (expected === 1) expect(err).toContain('error[E');
});
