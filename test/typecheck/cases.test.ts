/**
 * Programs of test/cases/check and what a user is told of them. `UPDATE=1 npx vitest run
 * test/typecheck/cases` writes the texts again; read the difference.
 *
 * A case of several files holds them one after the other, each but the first behind a line `-- ==> name`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isSound, rendered, splitFiles } from './program.ts';

const folder = join(import.meta.dirname, '../cases/check');
const names = readdirSync(folder)
  .filter((f) => f.endsWith('.net'))
  .map((f) => f.replace(/\.net$/, ''));

test.each(names)('%s', (name) => {
  const files = splitFiles(readFileSync(join(folder, `${name}.net`), 'utf8'));
  const text = rendered(files) || 'no faults\n';
  const expected = join(folder, `${name}.txt`);
  if (process.env['UPDATE'] !== undefined) writeFileSync(expected, text);
  expect(text).toBe(readFileSync(expected, 'utf8'));
  expect(isSound(files)).toBe(name.startsWith('fine-'));
});
