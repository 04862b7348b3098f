/** Patterns of `.gitignore`, and that git agrees with each of them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ignoring } from '../../src/format/ignored.ts';

const files = [
  ...['a.net', 'b.net', 'ab.net', 'a1.net', 'x.y/a.net', 'deep/a.net', 'deep/er/a.net'],
  ...['deep/er/b.net', 'test/cases/a.net', 'test/a.net', '#.net', '!.net', 'a b.net', '[.net'],
];

/** What `git` leaves out. */
const byGit = (patterns: string): readonly string[] => {
  const folder = mkdtempSync(join(tmpdir(), 'netc-ignored-'));
  try {
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    writeFileSync(join(folder, '.gitignore'), patterns);
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', 'core.quotepath=off', ...args], { cwd: folder, encoding: 'utf8' });
    git('init', '--quiet');
    const kept = git('ls-files', '--others', '--exclude-standard', '-z').split('\0');
    return files.filter((file) => !kept.includes(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test.each([
  ...['', '# a.net', 'a.net', '/a.net', 'deep', 'deep/', 'a.net/', 'deep/*', 'deep/**', '**/er'],
  ...['*.net\n!a.net', 'deep/\n!deep/a.net', 'a?.net', 'a[0-9].net', 'a[!0-9].net', 'x.y', 'x?y/'],
  ...[
    'test/cases',
    'cases',
    '**/cases/',
    'deep/**/b.net',
    '\\#.net',
    '\\!.net',
    'a b.net',
    'a.net  ',
  ],
  ...['\\[.net', '[z-a].net', '*', 'er/a.net', '/deep/er', '*er*', '**'],
  ...['a**.net', '*e*r*/*b*', '**/**/a.net', '**/e?/**', '[.net', '\\*.net', '***', 'deep/**/'],
])('%j', (patterns) => {
  const isIgnored = ignoring(patterns);
  expect(files.filter(isIgnored)).toEqual(byGit(patterns));
});

test('stars do not multiply their time', () => {
  const isIgnored = ignoring(`${'*a'.repeat(30)}*b\n${'**/a/'.repeat(30)}b\n${'['.repeat(50_000)}`);
  const start = performance.now();
  expect(isIgnored(`${'a'.repeat(200)}.net`)).toBe(false);
  expect(isIgnored(`${'a/'.repeat(200)}c.net`)).toBe(false);
  expect(performance.now() - start).toBeLessThan(2000);
});
