/** The default passes on the deepest nets of the examples: checked, built, and then rewritten by the clock. */
import { readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { compile, rewrite } from '../src/compile.ts';
import { valueOf, type Checked } from '../src/diagnostic/checked.ts';
import { loadPasses, passTable } from '../src/rewrite/registry.ts';

type Row = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: string;
};

const fileOf = (path: string) => ({ path, text: readFileSync(path, 'utf8') });

const sound = <A>(c: Checked<A>): A => {
  const value = valueOf(c);
  if (value === undefined) throw new Error('a fault in what is shipped');
  return value;
};

const median = (xs: readonly number[]): number => xs.toSorted((a, b) => a - b)[xs.length >> 1]!;

const nets = [
  { file: 'densenet.net', net: 'DenseNet264', target: '<= 500' },
  { file: 'resnet.net', net: 'ResNet1202', target: '' },
] as const;

const rounds = 7;

export const rows = (): readonly Row[] => {
  const byDefault = passTable.filter((row) => row.byDefault).map((row) => row.file);
  const files = {
    read: (path: string) => E.right(fileOf(path)),
    resolve: (_: string, written: string) => E.right(written),
  };
  return nets.flatMap(({ file, net: name, target }) => {
    const net = sound(compile(files, `examples/${file}`)).nets.find((n) => n.name === name);
    if (net === undefined) throw new Error(`no ${name}`);
    const times = Array.from({ length: rounds }, () => {
      const start = performance.now();
      // what the command line does: the files are read and compiled each time
      const passes = sound(loadPasses(byDefault.map((path) => fileOf(`passes/${path}`))));
      sound(rewrite(net, passes));
      return performance.now() - start;
    });
    return [
      { name: `${name}, first`, value: times[0]!, unit: 'ms', target },
      { name: `${name}, again`, value: median(times), unit: 'ms', target },
    ];
  });
};
