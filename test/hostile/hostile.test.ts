/**
 * Every hostile program is answered with an error at a place, soon and in little memory. The heaviest are
 * checked by the bundle in a process of their own, which measures itself; `NETC_DEEP=1` does so with all.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { netc, type Said } from '../cli/session.ts';
import { endless, hostile, lay, type Hostile } from './programs.ts';

const deep = process.env['NETC_DEEP'] !== undefined;

// milliseconds of processor time, the start of Node included; beside the other tests, which slow it through the caches,
// twice as much
const MOST_TIME = deep ? 1000 : 2000;
const MOST_MEMORY = 256; // MiB of resident memory, at its highest
const HEAP = 160; // MiB that leave room for the rest of Node

/** Those that took most time or memory when all were measured. */
const heaviest: ReadonlySet<string> = new Set([
  '100,000 closing parentheses',
  '50,000 conditions',
  'types of types',
  'definitions through definitions',
  'a call with one argument 50,000 times',
  '10,000 branches that do not fit',
  '50,000 names, one nearly meant',
  'words of the language',
  'strange characters',
  'imports of 18 MiB',
]);

/** Those that take longer, within the ten seconds of SAFETY: checked with `NETC_DEEP=1` alone. */
const longest: ReadonlySet<string> = new Set([
  '50,000 mistakes',
  'sizes of a long period in 10,000 layers',
  '10,000 heads that are joined',
  '20,000 values recalled that are not remembered',
]);
const [LONGEST_TIME, LONGEST_MEMORY] = [10_000, 384];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netc-hostile-'));
  const usage =
    'const u = process.resourceUsage(); const n = [u.maxRSS, u.userCPUTime + u.systemCPUTime];';
  writeFileSync(
    join(folder, 'measure.cjs'),
    `process.on('exit', () => { ${usage} require('fs').writeFileSync(process.env.NETC_USAGE, JSON.stringify(n)); });`,
  );
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const within = <A>(h: Hostile, use: (here: string) => A): A => {
  const here = mkdtempSync(join(folder, 'program-'));
  lay(h, here);
  return use(here);
};

type Reported = {
  readonly code: string;
  readonly severity: string;
  readonly file: string;
  readonly range: { readonly start: { readonly line: number } };
};

/** Errors with places, among them the one that is meant; no bug, no exception. */
const expectAnswer = (h: Hostile, { code, out, err }: Said): void => {
  expect(code, err).toBe(1);
  const { diagnostics }: { diagnostics: readonly Reported[] } = JSON.parse(out);
  const errors = diagnostics.filter((d) => d.severity === 'error');
  expect(errors.map((d) => d.code)).toContain(h.code);
  for (const { file, range } of errors.slice(0, 100)) {
    expect(file).toMatch(/\.net$/);
    expect(range.start.line).toBeGreaterThanOrEqual(0);
  }
};

test('there are at least 60, each with a name of its own', () => {
  expect(new Set(hostile.map((h) => h.name)).size).toBe(hostile.length);
  expect(hostile.length).toBeGreaterThanOrEqual(60);
  for (const name of [...heaviest, ...longest]) expect(hostile.map((h) => h.name)).toContain(name);
});

/** Neighbours on the same cores stretch processor time through the caches: what is too long is taken again. */
const least = async (measure: () => Promise<number>): Promise<number> => {
  let best = await measure();
  for (let i = 0; i < 4 && best >= MOST_TIME; i++) best = Math.min(best, await measure());
  return best;
};

const checkAlone = (
  cwd: string,
  flags: readonly string[] = [`--max-old-space-size=${HEAP}`],
): { readonly said: Said; readonly kibibytes: number; readonly microseconds: number } => {
  const usage = join(folder, 'usage.json');
  const own = [...flags, '-r', join(folder, 'measure.cjs')];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...own, join(inject('built'), 'netc.js'), 'check', '--json', 'main.net'],
    { cwd, env: { ...process.env, NETC_USAGE: usage }, encoding: 'utf8', maxBuffer: 2 ** 30 },
  );
  const said = { code: status ?? -1, out: stdout, err: stderr };
  const [kibibytes = 0, microseconds = 0]: readonly number[] = JSON.parse(
    readFileSync(usage, 'utf8'),
  );
  return { said, kibibytes, microseconds };
};

describe.skipIf(deep)('in this process', () => {
  const light = hostile.filter(({ name }) => !heaviest.has(name) && !longest.has(name));
  test.each(light.map((h) => [h.name, h] as const))('%s', async (_, h) => {
    const here = within(h, (at) => at);
    const time = await least(async () => {
      const begin = process.cpuUsage();
      expectAnswer(h, await netc(here, 'check', '--json', 'main.net'));
      const { user, system } = process.cpuUsage(begin);
      return (user + system) / 1000;
    });
    expect(time).toBeLessThan(MOST_TIME);
  });
});

describe('in a process of its own', () => {
  const alone = hostile.filter((h) => deep || heaviest.has(h.name));
  const measured: { readonly name: string; readonly memory: number; readonly time: number }[] = [];

  test.each(alone.map((h) => [h.name, h] as const))('%s', async (name, h) => {
    const here = within(h, (at) => at);
    let memory = 0;
    const time = await least(async () => {
      const { said, kibibytes, microseconds } = checkAlone(here);
      expectAnswer(h, said);
      memory = kibibytes / 1024;
      return microseconds / 1000;
    });
    measured.push({ name, memory, time });
    const long = longest.has(name);
    expect(memory).toBeLessThan(long ? LONGEST_MEMORY : MOST_MEMORY);
    expect(time).toBeLessThan(long ? LONGEST_TIME : MOST_TIME);
  });

  afterAll(() => {
    if (!deep) return;
    const worst = measured.toSorted((a, b) => b.time - a.time).slice(0, 10);
    console.log(
      [
        `${measured.length} hostile programs; the slowest:`,
        ...worst.map((m) => `${m.time.toFixed(0)} ms ${m.memory.toFixed(0)} MiB ${m.name}`),
      ].join('\n'),
    );
    console.log(`most memory: ${Math.max(...measured.map((m) => m.memory)).toFixed(0)} MiB`);
  });
});

describe('given up after so many steps', () => {
  const chosen = deep ? endless : endless.slice(0, 1);

  test.each(chosen.map((h) => [h.name, h] as const))('%s', (_, h) => {
    // as users have it: Node decides how large the heap grows
    const { said, kibibytes } = checkAlone(
      within(h, (at) => at),
      [],
    );
    expectAnswer(h, said);
    expect(kibibytes / 1024).toBeLessThan(MOST_MEMORY);
  });
});
