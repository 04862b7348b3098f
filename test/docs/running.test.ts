/**
 * What is shown of commands is what they print. In docs/running.md a block `text` stands below the command it is
 * the output of; in CHANGELOG.md one that begins with `$ netc` has some of the lines.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { netc, newFolder, removeFolder } from '../cli/session.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = (path: string): string => readFileSync(new URL(path, `file://${root}`), 'utf8');
const manual = page('docs/running.md');

const shown = Array.from(
  manual.matchAll(/^```sh\nnpx netc ([^\n]*)\n```\n\n```text\n([^]*?)^```$/gm),
  ([, command, output]) => [command!, output!] as const,
);

test('shows the output of commands', () => {
  expect(shown.length).toBeGreaterThan(0);
});

test.each(shown)('netc %s', async (command, output) => {
  const { code, out } = await netc(root, ...command.split(' '));
  expect([code, out]).toEqual([0, output]);
});

describe('CHANGELOG.md', () => {
  const changes = page('CHANGELOG.md');
  /** In a list, a block is indented. */
  const excerpts = Array.from(
    changes.matchAll(/^( *)```\n *\$ netc ([^\n]*)\n([^]*?)^ *```$/gm),
    ([, indent, command, lines]) => {
      const own = lines!.trimEnd().split('\n');
      return [command!, own.map((line) => line.slice(indent!.length))] as const;
    },
  );

  test('has no other command with its output', () => {
    expect(excerpts.length).toBeGreaterThan(0);
    expect(changes.match(/^ *\$ /gm)).toHaveLength(excerpts.length);
  });

  test.each(excerpts)('netc %s', async (command, lines) => {
    const { out } = await netc(root, ...command.split(' '));
    expect(out.split('\n')).toEqual(expect.arrayContaining([...lines]));
  });
});

test('docs/running.md and the page of E0504 convert weights of PyTorch with the same lines', () => {
  const [lines] = /^```python\n[^]*?^```$/m.exec(manual) ?? [];
  expect(lines).toContain('save_file');
  expect(page('docs/errors/E0504.md')).toContain(lines);
});

test('docs/running.md opens a model in Node with nothing but what is installed', async () => {
  const [, lines = ''] = /^```js\n(import [^]*?)^```$/m.exec(manual) ?? [];
  const folder = newFolder({
    'd.net': 'net D : [224, 224, 3] -> [3] { maxpool(32, 32); gap; fc-3 }\n',
  });
  const weights = ['--weights', 'D.safetensors'];
  await netc(folder, 'weights', 'init', 'd.net', '-o', 'D.safetensors');
  await netc(folder, 'compile', 'd.net', ...weights, '-o', 'build');
  const opened = lines.replace("'build/D'", JSON.stringify(join(folder, 'build/D')));
  expect(opened).not.toBe(lines);
  const args = ['--input-type=module', '--eval', opened];
  const { stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  removeFolder(folder);
  expect(stdout).toContain('[ 1, 3 ] Float32Array(3) [ 0, 0, 0 ]\n');
});
