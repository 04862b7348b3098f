/** What is told of a command that was not written as it should be. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { netc, newFolder, removeFolder } from './session.ts';

let folder: string;
beforeAll(() => {
  folder = newFolder({ 'small.net': 'net N : [8, 8, 3] -> [8, 8, 3] = relu\n' });
});
afterAll(() => removeFolder(folder));

it('blames a misspelt option and not one that is lacking', async () => {
  const { code, err } = await netc(folder, 'run', 'small.net', '--weigths', 'x');
  expect(code).toBe(2);
  expect(err).toContain("unknown option '--weigths'");
  expect(err).toContain('--weights');
});

it('says what an option that is lacking is for', async () => {
  const { code, err } = await netc(folder, 'compile', 'small.net');
  expect([code, err]).toEqual([
    2,
    'error: `compile` needs --output <DIR>: the folder to write to: DIR/NET/model.json\n',
  ]);
});

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

it.each([
  ['compile small.net --trace', "'--trace <WHAT>' argument missing: rewrite\n"],
  ['check small.net --format', "'--format <FORMAT>' argument missing: json or sarif or github\n"],
  ['summary small.net --net', "'--net <NET>' argument missing\n"],
])('says what %s may be', async (command, said) => {
  const { code, err } = await netc(folder, ...command.split(' '));
  expect(code).toBe(2);
  expect(err).toContain(said);
});

it('says that one number is a size too', async () => {
  const { out } = await netc(folder, 'help', 'compile');
  expect(out.replaceAll(/\s+/g, ' ')).toContain('256 is 256x256');
});

it('says that a file has no rules to verify', async () => {
  expect(await netc(folder, 'verify', 'small.net')).toEqual({
    code: 0,
    out: '',
    err: 'no rules in small.net\n',
  });
});

it('ends where no folder can be made', async () => {
  const { code, err } = await netc(folder, 'compile', 'small.net', '-o', '/proc/netc');
  expect(code).toBe(3);
  expect(err).toContain('E0509');
});
