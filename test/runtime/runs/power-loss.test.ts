/**
 * The power goes at any moment of a save: the checkpoint before or the new one loads, and nothing else. `NETC_DEEP=1` tries
 * every state of the disk, npm test every fifth.
 */
import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Diagnostic } from '../../../src/diagnostic/diagnostic.ts';
import type { Identity, Tensor } from '../../../src/runtime/runs/checkpoint.ts';
import { loadCheckpoint, saverIn } from '../../../src/runtime/runs/saving.ts';
import { after, newRoot, right } from './made.ts';
import { statesAfter, type Call, type Files } from './recorded-disk.ts';

const deep = process.env['NETC_DEEP'] !== undefined;

/** The calls on the folder that is recorded. */
const recorder = vi.hoisted(() => ({
  folder: '',
  calls: [] as Call[],
  files: new Map<number, number>(), // open files, by their numbers
  names: new Map<string, number>(),
  next: 0,
}));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const { calls, files, names } = recorder;
  const isHere = (path: string): boolean => dirname(path) === recorder.folder;
  const named = (path: string): number => names.get(basename(path))!;
  return {
    ...real,
    openSync: (path: string, flags: string | number, mode?: number) => {
      const isNew = isHere(path) && !real.existsSync(path);
      const file = real.openSync(path, flags, mode);
      if (path === recorder.folder) files.set(file, -1);
      if (!isHere(path)) return file;
      if (isNew) {
        names.set(basename(path), recorder.next++);
        calls.push({ tag: 'names', set: [[basename(path), named(path)]], gone: [] });
      }
      files.set(file, named(path));
      return file;
    },
    closeSync: (file: number) => {
      files.delete(file);
      real.closeSync(file);
    },
    writeSync: (file: number, bytes: Uint8Array, from: number, length: number) => {
      const inode = files.get(file);
      const at = real.fstatSync(file).size;
      const taken = Math.min(length, 700); // so that a file takes several writes
      const copy = bytes.slice(from, from + taken);
      if (inode !== undefined)
        calls.push({ tag: 'data', inode, call: { tag: 'write', at, bytes: copy } });
      return real.writeSync(file, bytes, from, taken);
    },
    fsyncSync: (file: number) => {
      const inode = files.get(file);
      if (inode === -1) calls.push({ tag: 'flush folder' });
      else if (inode !== undefined) calls.push({ tag: 'flush', inode });
      // nothing is flushed in truth: that takes long, and the power stays
    },
    renameSync: (from: string, to: string) => {
      real.renameSync(from, to);
      if (!isHere(from) || named(from) === named(to)) return;
      names.set(basename(to), named(from));
      names.delete(basename(from));
      const set = [[basename(to), named(to)]] as const;
      calls.push({ tag: 'names', set, gone: [basename(from)] });
    },
    linkSync: (from: string, to: string) => {
      real.linkSync(from, to);
      names.set(basename(to), named(from));
      calls.push({ tag: 'names', set: [[basename(to), named(to)]], gone: [] });
    },
    unlinkSync: (path: string) => {
      real.unlinkSync(path);
      if (isHere(path)) calls.push({ tag: 'names', set: [], gone: [basename(path)] });
    },
  };
});

const identity: Identity = {
  ...{ run: 'r1', net: 'N', seed: 7, source: 's', recipe: 'p', data: 'd', versions: {} },
};
const marks = { identity, metadata: new Map<string, string>() };

let root: string;
beforeAll(() => {
  root = newRoot();
  recorder.folder = join(root, 'recorded');
  fs.mkdirSync(recorder.folder);
  const saver = saverIn(recorder.folder, marks, '', fail);
  for (const [step, isBest] of [
    ...([
      [1, false],
      [2, true],
      [3, false],
      [4, true],
      [5, false],
    ] as const),
  ]) {
    recorder.calls.push({ tag: 'begun', step });
    expect(right(saver.save(after(step), isBest))).toBe(true);
    recorder.calls.push({ tag: 'saved', step });
  }
});
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const fail = (d: Diagnostic): void => {
  throw new Error(d.message);
};

let made = 0;

/** What is loaded of a folder with these files: a number of steps, or `none`; a fault is anything else. */
const loadedFrom = (files: Files): string => {
  const folder = join(root, `state-${made++}`);
  fs.mkdirSync(folder);
  for (const [name, bytes] of files) fs.writeFileSync(join(folder, name), bytes);
  const warnings: Diagnostic[] = [];
  const loaded = loadCheckpoint(folder, 'r1', (d) => warnings.push(d));
  if (warnings.length > 0) return warnings[0]!.message;
  if (E.isLeft(loaded))
    return loaded.left.message.includes('no checkpoint,') ? 'none' : loaded.left.message;
  const { progress, weights, slots } = loaded.right;
  const whole = after(progress.step);
  const bits = (tensors: readonly Tensor[]): string =>
    tensors.map(({ path, data }) => `${path} ${data.join()}`).join();
  expect(bits([...weights, ...slots])).toBe(bits([...whole.weights, ...whole.slots]));
  // a run that goes on from here can save again
  const saver = saverIn(folder, marks, '', fail);
  expect(right(saver.save(after(progress.step + 1), false))).toBe(true);
  fs.rmSync(folder, { recursive: true });
  return String(progress.step);
};

/** A state that the calls can leave, and what may be loaded of it. */
type State = { readonly files: Files; readonly allowed: readonly string[] };

function* statesOf(calls: readonly Call[]): Generator<State> {
  for (const i of calls.keys()) {
    const before = calls.slice(0, i + 1);
    const last = (tag: 'saved' | 'begun'): string =>
      before.flatMap((c) => (c.tag === tag ? [String(c.step)] : [])).at(-1) ?? 'none';
    for (const files of statesAfter(before))
      yield { files, allowed: [last('saved'), last('begun')] };
  }
}

/** What is loaded of a state though it may not be; undefined if all is well. */
const wrongIn = ({ files, allowed }: State): string | undefined => {
  const loaded = loadedFrom(files);
  return allowed.includes(loaded) ? undefined : `${loaded} instead of ${allowed.join(' or ')}`;
};

test('the power may go at any moment of a save', () => {
  const states = [...statesOf(recorder.calls)];
  expect(states.length).toBeGreaterThan(500);
  const tried = states.filter((_, i) => deep || i % 5 === 0);
  expect(tried.flatMap((state) => wrongIn(state) ?? [])).toEqual([]);
}, 120_000);

test.each([
  ['a file', (call: Call) => call.tag !== 'flush'],
  ['the folder', (call: Call) => call.tag !== 'flush folder'],
])(
  'without flushing %s a checkpoint would be lost',
  (_, keep) => {
    let wrong: string | undefined;
    for (const state of statesOf(recorder.calls.filter(keep))) {
      wrong = wrongIn(state);
      if (wrong !== undefined) break;
    }
    expect(wrong).not.toBe(undefined);
  },
  120_000,
);
