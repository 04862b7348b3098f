/** Which programs of test/cases/check are sound, and that every fix of the others mends something. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Diagnostic, Fix } from '../../src/diagnostic/diagnostic.ts';
import type { Tensor } from '../../src/numeric/tensor.ts';
import { leavesOpen, ofWholes } from '../../src/typecheck/program/unfinished.ts';
import { onNoise } from './functions.ts';
import {
  faults,
  isSound,
  main,
  mended,
  netsOf,
  rendered,
  splitFiles,
  type Texts,
} from './program.ts';

const folder = join(import.meta.dirname, '../cases/check');
const names = readdirSync(folder)
  .filter((f) => f.endsWith('.net'))
  .map((f) => f.replace(/\.net$/, ''));

test.each(names)('%s: only `fine-…` and `lint-…` have no errors', (name) => {
  const files = splitFiles(readFileSync(join(folder, `${name}.net`), 'utf8'));
  expect(isSound(files)).toBe(/^(fine|lint)-/.test(name));
});

/** `E0204 write `…` for `…``: a fix without what is particular to its place. */
const kindOf = (fault: Diagnostic, { title }: Fix): string =>
  `${fault.code} ${title.replaceAll(/`[^`]*`/g, '`…`')}`;

/** Those that were applied, and left fewer faults and no new error. */
const kinds = new Set<string>();

test.each(names)('%s: every fix mends something, and breaks nothing', (name) => {
  const files = splitFiles(readFileSync(join(folder, `${name}.net`), 'utf8'));
  const before = faults(files);
  for (const fault of before)
    for (const fix of fault.fixes) {
      const alike = (d: Diagnostic): boolean => d.severity === fault.severity;
      const text = mended(files, fix);
      const after = faults(text);
      const shown = `${fault.code}: ${fix.title}\n${rendered(text)}`;
      // what a declaration gives is compared only once its last bracket is closed
      const isHidden = (d: Diagnostic): boolean =>
        leavesOpen.has(fault.code) && ofWholes.has(d.code);
      const left = after.filter((d) => alike(d) && !isHidden(d));
      expect(left.length, shown).toBeLessThan(before.filter(alike).length);
      const sameKind = (d: Diagnostic): boolean => d.code === fault.code;
      expect(after.filter(sameKind).length, shown).toBeLessThan(before.filter(sameKind).length);
      const fresh = after.filter(
        (d) =>
          d.severity === 'error' &&
          !isHidden(d) &&
          !before.some((b) => b.code === d.code && b.message === d.message),
      );
      expect(fresh, shown).toEqual([]);
      kinds.add(kindOf(fault, fix));
    }
});

/** Titles that say what becomes another function. */
const says = /^add |, with |, which has | instead of /;

/** Whether two programs have the same nets, and those compute the same of noise, as far as that takes a moment. */
const differs = (files: Texts, changed: Texts): boolean => {
  const after = netsOf(changed);
  return netsOf(files).some((net) => {
    const other = after.find(({ name }) => name === net.name);
    const [a, b] = [onNoise(net), other && onNoise(other)];
    return a !== undefined && (b === undefined || !sameNumbers(a, b));
  });
};

const sameNumbers = (a: Tensor, b: Tensor): boolean =>
  a.data.length === b.data.length && a.data.every((x, i) => Math.abs(x - b.data[i]!) <= 1e-9);

test.each(names)('%s: no fix of a warning changes a function unawares', (name) => {
  const files = splitFiles(readFileSync(join(folder, `${name}.net`), 'utf8'));
  if (!isSound(files)) return; // what has errors computes nothing
  for (const fault of faults(files))
    for (const fix of fault.fixes) {
      const changed = mended(files, fix);
      if (!says.test(fix.title)) expect(differs(files, changed), fix.title).toBe(false);
      else kinds.add(`changes: ${kindOf(fault, fix)}`);
    }
});

test('the titles that say so are needed', () => {
  const text = 'net N : [8, 8, 3] -> _ { conv3-8-2 }';
  const files = new Map([[main, text]]);
  const [meant, kept] = faults(files).flatMap(({ fixes }) => fixes);
  expect(differs(files, mended(files, meant!))).toBe(true);
  expect(differs(files, mended(files, kept!))).toBe(false);
});

test('there are fixes of many kinds, all of which were applied', () => {
  expect(kinds.size, [...kinds].join('\n')).toBeGreaterThanOrEqual(15);
  expect(new Set([...kinds].map((kind) => kind.slice(0, 5))).size).toBeGreaterThanOrEqual(15);
});
