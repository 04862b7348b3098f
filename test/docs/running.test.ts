/** docs/running.md shows what the commands print: a block `text` stands below the command it is the output of. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { netc } from '../cli/session.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const manual = readFileSync(new URL('../../docs/running.md', import.meta.url), 'utf8');

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
