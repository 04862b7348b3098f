/** How fast the examples are checked in-process, once netc's own code is warm: sources read before, asserts run. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import { analyse } from '../src/compile.ts';
import { hasErrors, valueOf } from '../src/diagnostic/checked.ts';
import type { Files } from '../src/typecheck/modules.ts';
import { median, type Measured } from './measure.ts';

const folder = 'examples';
const names = readdirSync(folder).filter((file) => file.endsWith('.net'));
const texts = new Map(names.map((name) => [name, readFileSync(posix.join(folder, name), 'utf8')]));

const files: Files = {
  read: (path) => {
    const text = texts.get(path);
    return text === undefined
      ? Either.left({ code: 'E0001', message: 'is not there' })
      : Either.right({ path, text });
  },
  resolve: (from, written) => Either.right(posix.join(posix.dirname(from), written)),
};

/** Milliseconds of processor time, which other work on the machine stretches less than the clock. */
const cost = (work: () => void): number => {
  const begin = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
};

const WARM_UP = 10;
const ROUNDS = 31;

export const rows = async (): Promise<readonly Measured[]> => {
  const check = (name: string): number => {
    const checked = analyse(files, name);
    if (hasErrors(checked)) throw new Error(`${name} has errors`);
    return valueOf(checked)?.nets.length ?? 0;
  };
  for (let i = 0; i < WARM_UP; i++) names.forEach(check);
  const rounds = Array.from({ length: ROUNDS }, () => names.map((name) => cost(() => check(name))));
  const each = names.map((name, i) => {
    const nets = check(name);
    const value = median(rounds.map((round) => round[i]!));
    return { name: `${name}, ${nets} ${nets === 1 ? 'net' : 'nets'}`, value };
  });
  const totals = rounds.map((round) => round.reduce((a, b) => a + b, 0));
  return [
    ...each.map(({ name, value }) => ({ name, value, unit: 'ms CPU', target: '' })),
    { name: 'all examples, warm', value: median(totals), unit: 'ms CPU', target: '' },
    // what neighbours on the same cores disturb least
    { name: 'the fastest round', value: Math.min(...totals), unit: 'ms CPU', target: '<= 100' },
  ];
};
