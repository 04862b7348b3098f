/** Which programs of test/cases/check are sound, and that every fix of the others mends something. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Diagnostic, Fix } from '../../src/diagnostic/diagnostic.ts';
import { faults, isSound, mended, rendered, splitFiles } from './program.ts';

const folder = join(import.meta.dirname, '../cases/check');
const names = readdirSync(folder)
  .filter((f) => f.endsWith('.net'))
  .map((f) => f.replace(/\.net$/, ''));

test.each(names)('%s: only `fine-…` and `lint-…` have no errors', (name) => {
  const files = splitFiles(readFileSync(join(folder, `${name}.net`), 'utf8'));
  expect(isSound(files)).toBe(/^(fine|lint)-/.test(name));
});

/** Fixes that leave a fault, each with its reason. */
const unfinished: { readonly [name: string]: string } = {
  cascade: 'what comes behind an unknown name is only then looked at',
  'import-picked-missing': 'the name is used under its wrong spelling, too',
};

/** `E0204 write `…` for `…``: a fix without what is particular to its place. */
const kindOf = (fault: Diagnostic, { title }: Fix): string =>
  `${fault.code} ${title.replaceAll(/`[^`]*`/g, '`…`')}`;

/** Those that were applied, and left fewer faults and no new error. */
const kinds = new Set<string>();

test.each(names)('%s: every fix mends something', (name) => {
  const files = splitFiles(readFileSync(join(folder, `${name}.net`), 'utf8'));
  const before = faults(files);
  for (const fault of before)
    for (const fix of fault.fixes) {
      if (name in unfinished) continue;
      const alike = (d: Diagnostic): boolean => d.severity === fault.severity;
      const text = mended(files, fix);
      const after = faults(text);
      const shown = `${fault.code}: ${fix.title}\n${rendered(text)}`;
      expect(after.filter(alike).length, shown).toBeLessThan(before.filter(alike).length);
      const fresh = after.filter(
        (d) => d.severity === 'error' && !before.some((b) => b.code === d.code),
      );
      expect(fresh, shown).toEqual([]);
      kinds.add(kindOf(fault, fix));
    }
});

test('there are fixes of many kinds, all of which were applied', () => {
  expect(kinds.size, [...kinds].join('\n')).toBeGreaterThanOrEqual(15);
  expect(new Set([...kinds].map((kind) => kind.slice(0, 5))).size).toBeGreaterThanOrEqual(15);
});
