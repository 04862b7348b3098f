/**
 * No command writes over a file that it reads, under whatever name, or over a source, unless `--force` says so. Every
 * command that has an output is tried; a new one must be added here.
 */
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { writeNpy } from '../../src/runtime/files/arrays.ts';
import { netc, newFolder, removeFolder } from './session.ts';

const files = {
  'main.net': 'import "part.net"\nnet N : [8, 8, 3] -> [2] { conv3-4; part; gap; fc-2 }\n',
  'part.net': 'def part = batchnorm; relu\n',
  'other.net': 'net Other : [3] -> _ = relu\n',
  'UPPER.NET': 'net Upper : [3] -> _ = relu\n',
  'tidy.net': 'rewrite tidy { rule twice: (relu; relu) => relu }\n',
  'names.txt': 'cat\ndog\n',
};

/** What each command reads beside `main.net` and what that imports, and its arguments but the output. */
const writers: { readonly [command: string]: Writer } = {
  run: {
    reads: ['w.st', 'x.npy', 'tidy.net'],
    args: 'main.net --weights w.st --input x.npy --pass tidy.net --engine cpu --output',
    made: 'made.npy',
  },
  diagram: { reads: [], args: 'main.net -o', made: 'made.svg' },
  'weights init': {
    reads: ['names.txt'],
    args: 'main.net --classes names.txt -o',
    made: 'made.st',
  },
  'weights rewrite': {
    reads: ['w.st', 'tidy.net'],
    args: 'main.net --weights w.st --pass tidy.net -o',
    made: 'made.st',
  },
  'weights label': {
    reads: ['w.st', 'names.txt'],
    args: 'main.net w.st --classes names.txt -o',
    made: 'made.st',
  },
};

type Writer = { readonly reads: readonly string[]; readonly args: string; readonly made: string };

/** Those whose reading and writing goes through what the others use; their inputs are of other frameworks, or pictures. */
const alike = ['weights import', 'weights export', 'weights join', 'data check', 'eval'];

/** It writes below a folder, files that only it names. */
const below = ['compile'];

let weights: Buffer;
beforeAll(async () => {
  const first = newFolder(files);
  await netc(first, 'weights', 'init', 'main.net', '-o', 'w.st');
  weights = readFileSync(join(first, 'w.st'));
  removeFolder(first);
}, 60_000);

let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = newFolder({ ...files, 'w.st': weights });
  writeNpy(at('x.npy'), { shape: [1, 8, 8, 3], data: new Float32Array(192).fill(0.5) });
});
afterEach(() => removeFolder(folder));

const content = (): ReadonlyMap<string, string> =>
  new Map(readdirSync(folder).map((name) => [name, readFileSync(at(name), 'latin1')]));

it('knows every command that writes', () => {
  const writing = commands.filter(({ options }) => 'output' in options);
  expect(writing.map(({ name }) => name).toSorted()).toEqual(
    [...Object.keys(writers), ...alike, ...below].toSorted(),
  );
  for (const { options } of writing) expect(Object.keys(options)).toContain('force');
});

describe.each(Object.entries(writers))('%s', (command, { reads, args, made }) => {
  const writingTo = (name: string, ...more: readonly string[]) =>
    netc(folder, ...command.split(' '), ...args.split(' '), name, ...more);
  const endsNumpy = (name: string): boolean => command !== 'run' || /\.npy$/i.test(name);

  /** Refused, with nothing changed; `run` writes a folder where a name does not end with `.npy`. */
  const expectRefused = async (name: string): Promise<void> => {
    const before = content();
    const said = await writingTo(name);
    expect(said.err).toMatch(endsNumpy(name) ? /^error\[E0511\]/m : /^error\[E0509\]/m);
    expect(said.code).toBe(endsNumpy(name) ? 2 : 3);
    expect(content()).toEqual(before);
  };

  const extension = command === 'run' ? '.npy' : '';
  const [soft, softer, hard] = ['soft', 'softer', 'hard'].map((name) => `${name}${extension}`);

  it('does not write over the program, under whatever name', async () => {
    symlinkSync('main.net', at(soft!));
    symlinkSync(soft!, at(softer!));
    linkSync(at('main.net'), at(hard!));
    for (const path of ['main.net', './main.net', at('main.net'), soft!, softer!, hard!])
      await expectRefused(path);
  });

  it.each(['part.net', ...reads])('does not write over %s', async (name) => {
    linkSync(at(name), at(hard!));
    await expectRefused(hard!);
  });

  it.each(['other.net', 'UPPER.NET'])('does not write over %s, a source', async (name) => {
    symlinkSync(name, at(soft!));
    await expectRefused(soft!);
  });

  it('writes there with --force, and elsewhere without', async () => {
    expect((await writingTo(made)).code).toBe(0);
    expect((await writingTo(made)).code).toBe(0); // what it wrote itself
    const over = command === 'run' ? 'x.npy' : 'other.net';
    expect((await writingTo(over, '--force')).code).toBe(0);
    expect(readFileSync(at(over))).toEqual(readFileSync(at(made)));
  });
});

it('compile does not take away what it reads either', async () => {
  mkdirSync(at('out/N'), { recursive: true });
  for (const shard of ['group1-shard1of1.bin', 'group7-shard7of7.bin']) {
    linkSync(at('w.st'), at(`out/N/${shard}`));
    const said = await netc(
      folder,
      'compile',
      'main.net',
      '--weights',
      `out/N/${shard}`,
      '-o',
      'out',
    );
    expect(said.err).toMatch(/^error\[E0511\]/m);
    expect(said.code).toBe(2);
    expect(existsSync(at(`out/N/${shard}`))).toBe(true);
  }
});
