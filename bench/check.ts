/** How fast programs are checked: the whole process for a real one, and how time grows with generated ones. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import { analyse } from '../src/check.ts';
import { diagnosticsOf } from '../src/diagnostic/checked.ts';
import type { Files } from '../src/typecheck/program/modules.ts';
import { median, type Measured } from './measure.ts';

const timed = (work: () => void): number => {
  const begin = performance.now();
  work();
  return performance.now() - begin;
};

/** The median time of a process, in milliseconds. */
const processTime = (times: number, ...args: readonly string[]): number =>
  median(
    Array.from({ length: times }, () =>
      timed(() => execFileSync(process.execPath, args, { stdio: 'ignore' })),
    ),
  );

const wholeProcess = (): readonly Measured[] => {
  const netc = 'dist/netc.js';
  const vgg = 'examples/vgg.net';
  execFileSync(process.execPath, [join('scripts', 'build.mjs')], { stdio: 'ignore' });
  if (!existsSync(vgg)) return [];
  const node = processTime(15, '--eval', '0');
  const check = processTime(15, netc, 'check', vgg);
  return [
    { name: 'node itself', value: node, unit: 'ms', target: '' },
    { name: 'netc check examples/vgg.net', value: check, unit: 'ms', target: '<= 350' },
    { name: 'netc --version', value: processTime(15, netc, '--version'), unit: 'ms', target: '' },
  ];
};

/** So many layers, each on a line of its own and unlike its neighbours. */
const generated = (layers: number): string => {
  const body = Array.from({ length: layers / 2 }, (_, i) => `  conv3-${8 + (i % 13)}\n  relu\n`);
  return `net Long : [32, 32, 3] -> _ {\n${body.join('')}}\n`;
};

const checkTime = (text: string): number => {
  const files: Files = {
    read: (path) => Either.right({ path, text }),
    resolve: () => Either.left({ code: 'E0001', message: 'is not there' }),
  };
  return timed(() => {
    const found = diagnosticsOf(analyse(files, 'long.net'));
    if (found.length > 0) throw new Error(`${found.length} faults: ${found[0]?.message}`);
  });
};

const growth = (): readonly Measured[] => {
  checkTime(generated(1_000)); // the first run compiles netc's own code
  const times = [1_000, 10_000, 100_000].map((layers) => ({
    layers,
    time: median(
      Array.from({ length: layers > 10_000 ? 1 : 5 }, () => checkTime(generated(layers))),
    ),
  }));
  const ms = (layers: number): string => `${layers.toLocaleString('en-US')} layers`;
  return [
    ...times.map(({ layers, time }) => ({
      name: ms(layers),
      value: time,
      unit: 'ms',
      target: layers === 10_000 ? '<= 2000' : '',
    })),
    ...times.slice(1).map(({ layers, time }, i) => ({
      name: `${ms(layers)} against ${ms(times[i]!.layers)}`,
      value: time / times[i]!.time,
      unit: 'x',
      target: '<= 14',
    })),
  ];
};

export const rows = async (): Promise<readonly Measured[]> => [...wholeProcess(), ...growth()];
