/** How fast the examples are checked in-process, once netc's own code is warm: sources read before, asserts run. */
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import { analyse } from '../src/check.ts';
import { hasErrors, resultOf } from '../src/diagnostic/checked.ts';
import { plural } from '../src/numeric/figures.ts';
import type { Files } from '../src/typecheck/program/modules.ts';
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

/** Milliseconds, on the clock and of the processor: the latter with the threads that V8 has beside the checker. */
type Cost = { readonly clock: number; readonly processor: number };

const cost = (work: () => void): Cost => {
  const [begin, used] = [performance.now(), process.cpuUsage()];
  work();
  const { user, system } = process.cpuUsage(used);
  return { clock: performance.now() - begin, processor: (user + system) / 1000 };
};

const WARM_UP = 10;
const ROUNDS = 31;

export const rows = async (): Promise<readonly Measured[]> => {
  const check = (name: string): number => {
    const checked = analyse(files, name);
    if (hasErrors(checked)) throw new Error(`${name} has errors`);
    return resultOf(checked)?.nets.length ?? 0;
  };
  for (let i = 0; i < WARM_UP; i++) names.forEach(check);
  const rounds = Array.from({ length: ROUNDS }, () => names.map((name) => cost(() => check(name))));
  const each = names.map((name, i): Measured => {
    const nets = check(name);
    const value = median(rounds.map((round) => round[i]!.clock));
    return { name: `${name}, ${plural(nets, 'net')}`, value, unit: 'ms', target: '' };
  });
  const totals = (of: (c: Cost) => number): readonly number[] =>
    rounds.map((round) => round.reduce((sum, c) => sum + of(c), 0));
  const clock = totals((c) => c.clock);
  const processor = median(totals((c) => c.processor));
  return [
    ...each,
    { name: 'all examples, warm', value: median(clock), unit: 'ms', target: '<= 100' },
    // what neighbours on the same cores disturb least
    { name: 'the fastest round', value: Math.min(...clock), unit: 'ms', target: '' },
    { name: 'processor time of a round', value: processor, unit: 'ms CPU', target: '' },
  ];
};
