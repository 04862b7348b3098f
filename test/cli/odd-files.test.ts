/** Every file that a command takes, exchanged for something that is not such a file: a fault with a place, never a bug. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { flagOf } from '../../src/cli/host/command.ts';
import { writeNpy } from '../../src/runtime/files/arrays.ts';
import { netc, newFolder, removeFolder } from './session.ts';

const deep = process.env['NETC_DEEP'] !== undefined;
const odd = [
  'folder',
  'binary',
  'pipe',
  ...(deep ? ['empty', 'loop', '/dev/zero', '/dev/full'] : []),
];

const isFile = (file: string): boolean => file === 'binary' || file === 'empty';

/** What is right in the place of an argument or an option. */
const right: { readonly [place: string]: string } = {
  '<file>': 'n.net',
  '<file...>': 'n.net',
  '<first>': 'n.net',
  '<second>': 'n.net',
  '<weights>': 'w.st',
  '--weights': 'w.st',
  '--input': 'x.npy',
  '--classes': 'names.txt',
  '--pass': 'n.net:tidy',
  '--output': 'made.npy',
};

let folder: string;
beforeAll(async () => {
  folder = newFolder({
    'n.net':
      'net N : [8, 8, 3] -> [2] { conv3-4; relu; relu; gap; fc-2 }\nrewrite tidy { rule r: (relu; relu) => relu }\n',
    'names.txt': 'cat\ndog\n',
    binary: Uint8Array.from({ length: 5000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24),
    empty: '',
  });
  mkdirSync(join(folder, 'folder'));
  symlinkSync('loop', join(folder, 'loop'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await netc(folder, 'weights', 'init', 'n.net', '-o', 'w.st');
  writeNpy(join(folder, 'x.npy'), { shape: [1, 8, 8, 3], data: new Float32Array(192).fill(0.5) });
}, 60_000);
afterAll(() => removeFolder(folder));

/** A command with its files in the places where they go: arguments by what they are called, options by their flags. */
const places = ({ arguments: args, options }: (typeof commands)[number]): readonly string[] => [
  ...args.filter((name) => right[name] !== undefined),
  ...Object.entries(options).flatMap(([name, option]) => {
    const flag = flagOf(name, option);
    const takesFile = 'value' in option && ['FILE', 'PATH', 'PASS', 'DIR'].includes(option.value);
    return takesFile && right[flag] !== undefined ? [flag] : [];
  }),
];

const written = (all: readonly string[], exchanged: string, by: string): readonly string[] =>
  all.flatMap((place) => {
    const value = place === exchanged ? by : right[place]!;
    return place.startsWith('--') ? [place, value] : [value];
  });

it.each(commands.map((row) => [row.name, row] as const))(
  '%s',
  { timeout: 60_000 },
  async (name, row) => {
    const all = places(row);
    for (const place of all)
      // an output replaces a file
      for (const file of place === '--output' ? odd.filter((f) => !isFile(f)) : odd) {
        const args = [...name.split(' '), ...written(all, place, file)];
        const { code, err } = await netc(folder, ...args);
        expect([0, 1, 2, 3], `netc ${args.join(' ')}: ${err}`).toContain(code);
      }
  },
);
