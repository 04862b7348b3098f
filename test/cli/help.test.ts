/** Help for every command of the table. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { flagOf } from '../../src/cli/host/command.ts';
import { commands } from '../../src/cli/commands.ts';
import { netc, newFolder, removeFolder } from './session.ts';

let folder: string;
beforeAll(() => {
  folder = newFolder({ 'small.net': 'net N : [8, 8, 3] -> [8, 8, 3] = relu\n' });
});
afterAll(() => removeFolder(folder));

it.each(commands.map((row) => row.name))('helps with %s, examples first', async (name) => {
  const { code, out } = await netc(folder, 'help', ...name.split(' '));
  expect(code).toBe(0);
  expect(out).toMatch(/^Examples:\n {2}netc /);
  expect(out).toContain(`Usage: netc ${name}`);
});

it.each([[['help']], [['help', 'help']], [['help', 'weights']], [['help', 'check', 'x']]])(
  'helps with %j',
  async (args) => {
    const { code, out, err } = await netc(folder, ...args);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Examples:\n {2}netc /);
    expect(out).toContain('Usage: netc');
  },
);

it('lists what an option may be', async () => {
  const { out } = await netc(folder, 'check', '--help');
  expect(out.replaceAll(/\s+/g, ' ')).toContain('(json, sarif, github)');
});

it.each(commands.map((row) => row.name))('says once what an option of %s may be', async (name) => {
  const { out } = await netc(folder, 'help', ...name.split(' '));
  expect(out.replaceAll(/\s+/g, ' ')).not.toMatch(/\([^()]*\) \(/);
});

it('says that one number is a size too', async () => {
  const { out } = await netc(folder, 'help', 'compile');
  expect(out.replaceAll(/\s+/g, ' ')).toContain('256 is 256x256');
});

it('ends where no folder can be made', async () => {
  const { code, err } = await netc(folder, 'compile', 'small.net', '-o', '/proc/netc');
  expect(code).toBe(3);
  expect(err).toContain('E0509');
});

it('begins with examples for all', async () => {
  const said = await netc(folder, '--help');
  expect(said.code).toBe(0);
  expect(said.err).toBe('');
  expect(said.out.startsWith('Examples:\n  netc check examples/vgg.net\n')).toBe(true);
});

it.each(commands.map((c) => [c.name, c] as const))('shows every option of %s', async (_, c) => {
  const { out, code } = await netc(folder, ...c.name.split(' '), '--help');
  expect(code).toBe(0);
  expect(out.startsWith(`Examples:\n  ${c.examples[0]!}\n`)).toBe(true);
  for (const [name, row] of Object.entries(c.options)) expect(out).toContain(flagOf(name, row));
});

it('is what a bare `netc` gets, as a fault of usage', async () => {
  const said = await netc(folder);
  expect([said.code, said.out]).toEqual([2, '']);
  expect(said.err).toContain('Usage: netc');
});

it('explains codes, and lists them', async () => {
  expect((await netc(folder, 'explain', 'e0210')).out).toContain('E0210: a batch norm');
  expect((await netc(folder, 'explain')).out).toContain('W0109  a line begins with a join');
});

/** Words for the arguments that a command asks for. */
const asked = (args: readonly string[]): readonly string[] =>
  args.flatMap((arg) => (arg.startsWith('<') ? ['small.net'] : []));

it.each(commands.map((row) => [row.name, row] as const))(
  'takes what has one value once: %s',
  async (name, row) => {
    for (const [option, spec] of Object.entries(row.options)) {
      if (!('value' in spec) || spec.kind === 'list') continue;
      const flag = flagOf(option, spec);
      const value = spec.kind === 'choice' ? spec.choices[0]! : spec.kind === 'share' ? '1' : '7';
      const twice = [
        flag,
        value,
        ...(spec.letter === undefined ? [flag, value] : [`-${spec.letter}${value}`]),
      ];
      const { code, err } = await netc(
        folder,
        ...name.split(' '),
        ...asked(row.arguments),
        ...twice,
      );
      expect([code, err.split('\n')[0]]).toEqual([
        2,
        `error: ${flag} is given twice, and takes one value: choose one of ${value} and ${value}`,
      ]);
    }
  },
);
