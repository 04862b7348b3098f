/**
 * Programs of test/cases/check and what a user is told of them. `UPDATE=1 npx vitest run
 * test/typecheck/cases` writes the texts again; read the difference.
 *
 * A case of several files holds them one after the other, each but the first behind a line `-- ==> name`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import { faults, isSound, mended, rendered, splitFiles } from './program.ts';

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
  expect(isSound(files)).toBe(/^(fine|lint)-/.test(name));
});

/** Fixes that leave a fault, each with its reason. */
const unfinished: { readonly [name: string]: string } = {
  cascade: 'what comes behind an unknown name is only then looked at',
  'import-picked-missing': 'the name is used under its wrong spelling, too',
};

test.each(names)('%s: every fix mends something', (name) => {
  const files = splitFiles(readFileSync(join(folder, `${name}.net`), 'utf8'));
  const before = faults(files);
  for (const fault of before)
    for (const fix of fault.fixes) {
      const alike = (d: Diagnostic): boolean => d.severity === fault.severity;
      const after = faults(mended(files, fix)).filter(alike);
      const shown = `${fault.code}: ${fix.title}\n${rendered(mended(files, fix))}`;
      if (!(name in unfinished))
        expect(after.length, shown).toBeLessThan(before.filter(alike).length);
    }
});
