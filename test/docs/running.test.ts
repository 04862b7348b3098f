/**
 * What is shown of commands is what they print. In docs/running.md a block `text` stands below the command it is
 * the output of; in CHANGELOG.md one that begins with `$ netc` has some of the lines.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { netc } from '../cli/session.ts';

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
