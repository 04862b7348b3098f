/** What a disk can do to a run: writes that fail, bits that flip, files that are cut off or belong elsewhere. */
import * as fs from 'node:fs';
import { basename, join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Diagnostic } from '../../../src/diagnostic/diagnostic.ts';
import { inMemory } from '../../../src/runtime/data/bytes.ts';
import { createRun, openRun } from '../../../src/runtime/runs/begin.ts';
import { storyOf } from '../../../src/runtime/runs/story.ts';
import { checkpointIn } from '../../../src/runtime/runs/checkpoint.ts';
import { runIn } from '../../../src/runtime/runs/list.ts';
import { doing } from '../../../src/runtime/runs/listed.ts';
import type { Run } from '../../../src/runtime/runs/run.ts';
import { after, describing, faultIn, newRoot, right } from './made.ts';

/** A call of the file system that fails: for files whose names match, with this code. */
type Failing = {
  readonly call: 'openSync' | 'writeSync' | 'fsyncSync' | 'renameSync';
  readonly code: string;
  readonly name?: RegExp;
};
const disk = vi.hoisted(() => ({
  failing: undefined as Failing | undefined,
  short: false,
  names: new Map<number, string>(),
}));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const check = (call: Failing['call'], path: string): void => {
    const { failing } = disk;
    if (failing?.call !== call || failing.name?.test(basename(path)) === false) return;
    throw Object.assign(new Error(failing.code), { code: failing.code });
  };
  return {
    ...real,
    openSync: (path: string, flags: string | number, mode?: number) => {
      if (flags !== 'r' && (typeof flags === 'string' || flags % 4 !== 0)) check('openSync', path);
      const file = real.openSync(path, flags, mode);
      disk.names.set(file, path);
      return file;
    },
    writeSync: (file: number, bytes: Uint8Array, from: number, length: number, at?: number) => {
      if (typeof bytes === 'string') return real.writeSync(file, bytes);
      check('writeSync', disk.names.get(file) ?? '');
      return real.writeSync(file, bytes, from, disk.short ? Math.min(length, 100) : length, at);
    },
    fsyncSync: (file: number) => {
      check('fsyncSync', disk.names.get(file) ?? '');
      real.fsyncSync(file);
    },
    renameSync: (from: string, to: string) => {
      check('renameSync', to);
      real.renameSync(from, to);
    },
  };
});

let root: string;
let run: Run;
let warnings: Diagnostic[];
const warn = (d: Diagnostic): void => void warnings.push(d);
const at = (...names: readonly string[]): string => join(root, 'first-1', ...names);
const stop = (): void => void run.finish({ state: 'stopped', step: 0, epoch: 0 });
const resumed = () => {
  stop();
  const opened = openRun(at(), describing(), false, warn);
  if (E.isRight(opened)) ({ run } = opened.right);
  return opened;
};
const codes = (): readonly string[] => warnings.map(({ code }) => code);

beforeEach(() => {
  root = newRoot();
  warnings = [];
  disk.failing = undefined;
  disk.short = false;
  run = right(createRun(root, 'first', describing(), after(0), warn));
});
afterEach(() => {
  disk.failing = undefined;
  stop();
  fs.rmSync(root, { recursive: true, force: true });
});

test('a log with damaged bytes loses the lines that have them', () => {
  right(run.save(after(1), false));
  stop();
  const log = fs.readFileSync(at('log.jsonl'));
  log[3] = 0xff; // not UTF-8
  fs.writeFileSync(at('log.jsonl'), log);
  expect(right(resumed()).checkpoint).toMatchObject(after(1));
  expect(fs.readFileSync(at('log.jsonl')).subarray(0, 40)).toEqual(log.subarray(0, 40));
  expect(E.isRight(storyOf(at()))).toBe(true);
});

describe('a checkpoint that cannot be written', () => {
  const temporary = /\.tmp$/;
  test.each<Failing>([
    { call: 'openSync', code: 'EACCES', name: temporary },
    { call: 'openSync', code: 'EMFILE', name: temporary },
    { call: 'openSync', code: 'ENOSPC', name: temporary },
    { call: 'writeSync', code: 'ENOSPC', name: temporary },
    { call: 'writeSync', code: 'EFBIG', name: temporary },
    { call: 'writeSync', code: 'EIO', name: temporary },
    { call: 'fsyncSync', code: 'EIO', name: temporary },
    { call: 'renameSync', code: 'EIO' },
    { call: 'renameSync', code: 'ENOSPC' },
  ])('leaves those before it: $code of $call', (failing) => {
    right(run.save(after(1), false));
    right(run.save(after(2), true));
    const before = ['last', 'previous', 'best'].map((n) => fs.readFileSync(at(`${n}.safetensors`)));
    disk.failing = failing;
    expect(run.save(after(3), true)).toEqual(E.right(false));
    expect(codes().filter((code) => code !== 'W0948')).toEqual(['W0941']);
    const second = run.save(after(4), true);
    expect(faultIn(second)).toMatch(/^E0942 two checkpoints in a row could not be saved: .* it /);
    disk.failing = undefined;
    const now = ['last', 'previous', 'best'].map((n) => fs.readFileSync(at(`${n}.safetensors`)));
    expect(now).toEqual(before);
    expect(fs.readdirSync(at()).filter((n) => n.endsWith('.tmp'))).toEqual([]);
    expect(right(resumed()).checkpoint).toMatchObject(after(2));
  });

  test('leaves the best of them, though the last cannot be', () => {
    right(run.save(after(1), true));
    disk.failing = { call: 'renameSync', code: 'EIO', name: /^last/ };
    expect(run.save(after(2), true)).toEqual(E.right(false));
    disk.failing = undefined;
    expect(right(resumed()).checkpoint).toMatchObject(after(2));
  });

  test('is forgotten when the next one can be', () => {
    const failing: Failing = { call: 'writeSync', code: 'ENOSPC', name: temporary };
    for (const step of [1, 3]) {
      disk.failing = failing;
      expect(run.save(after(step), false)).toEqual(E.right(false));
      disk.failing = undefined;
      expect(run.save(after(step + 1), false)).toEqual(E.right(true));
    }
    expect(codes().filter((code) => code === 'W0941')).toHaveLength(2);
    expect(right(resumed()).checkpoint).toMatchObject(after(4));
  });

  test('is whole though the system takes a hundred bytes at a time', () => {
    disk.short = true;
    right(run.save(after(1), false));
    expect(right(resumed()).checkpoint).toMatchObject(after(1));
  });
});

test('a run whose first checkpoint cannot be written is not begun', () => {
  disk.failing = { call: 'writeSync', code: 'ENOSPC', name: /\.tmp$/ };
  const other = createRun(root, 'first', describing(), after(0), warn);
  expect(faultIn(other)).toMatch(/^E0509 .* does not fit on the disk$/);
  expect(fs.readdirSync(root)).toEqual(['first-1']);
});

test('a run that ends on a full disk says in its folder that it failed, and why', () => {
  disk.failing = { call: 'writeSync', code: 'ENOSPC', name: /\.tmp$|\.jsonl$|tfevents/ };
  run.save(after(1), false);
  const second = run.save(after(2), false);
  expect(faultIn(second)).toMatch(/^E0942/);
  run.finish({ state: 'failed', reason: faultIn(second), step: 2, epoch: 1 });
  const listed = right(runIn(at()));
  expect(doing(listed)).toBe('failed');
  expect(listed.state.reason).toMatch(/two checkpoints in a row .* does not fit on the disk/);
});

test('a run whose last weights cannot be written has failed, and is finished when it is resumed', () => {
  right(run.save(after(12), false));
  disk.failing = { call: 'renameSync', code: 'EIO', name: /^weights/ };
  const { weights } = after(12);
  const ended = run.finish({ state: 'finished', step: 12, epoch: 3, weights });
  expect(faultIn(ended)).toMatch(/^E0509/);
  expect(right(runIn(at())).state).toMatchObject({ state: 'failed', step: 12 });
  disk.failing = undefined;
  expect(right(resumed()).checkpoint).toMatchObject(after(12));
  right(run.finish({ state: 'finished', step: 12, epoch: 3, weights }));
  expect(doing(right(runIn(at())))).toBe('finished');
});

test('a log that cannot be written is warned of once, and loses nothing', () => {
  run.log({ step: 1, epoch: 1 }, { loss: 1 });
  disk.failing = { call: 'writeSync', code: 'ENOSPC', name: /^log\.jsonl$/ };
  run.log({ step: 2, epoch: 1 }, { loss: 2 });
  run.log({ step: 3, epoch: 1 }, { loss: 3 });
  expect(codes()).toEqual(['W0948']);
  disk.failing = undefined;
  run.log({ step: 4, epoch: 1 }, { loss: 4 });
  const steps = fs.readFileSync(at('log.jsonl'), 'utf8').trimEnd().split('\n');
  expect(steps.map((line) => JSON.parse(line).step)).toEqual([0, 1, 2, 3, 4]);
});

describe('a damaged checkpoint', () => {
  const path = (): string => at('last.safetensors');

  const isWhole = (bytes: Uint8Array): boolean =>
    E.isRight(checkpointIn(inMemory('last.safetensors', bytes)));

  test('is noticed by any bit of it', () => {
    right(run.save(after(1, 1), false));
    const bytes = fs.readFileSync(path());
    const unnoticed: string[] = [];
    for (let i = 0; i < bytes.length; i++)
      for (let bit = 0; bit < 8; bit++) {
        bytes[i]! ^= 1 << bit;
        if (isWhole(bytes)) unnoticed.push(`bit ${bit} of byte ${i}`);
        bytes[i]! ^= 1 << bit;
      }
    expect(unnoticed).toEqual([]);
    expect(isWhole(bytes)).toBe(true);
  });

  test('is noticed wherever it is cut off, and if something is added', () => {
    right(run.save(after(1, 1), false));
    const bytes = fs.readFileSync(path());
    const lengths = [...bytes.keys()];
    expect(lengths.filter((length) => isWhole(bytes.subarray(0, length)))).toEqual([]);
    expect(isWhole(Buffer.concat([bytes, Buffer.alloc(1)]))).toBe(false);
  });

  test('is set aside, and the next newest is taken', () => {
    right(run.save(after(4), true));
    right(run.save(after(5), false));
    right(run.save(after(6), false));
    const flip = (name: string): void => {
      const bytes = fs.readFileSync(at(name));
      bytes[bytes.length - 3]! ^= 4;
      fs.writeFileSync(at(name), bytes);
    };
    flip('last.safetensors');
    expect(right(resumed()).checkpoint).toMatchObject(after(5));
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/set aside as .*last.safetensors.bad`: it is damaged: its sum/),
    ]);
    flip('previous.safetensors');
    expect(right(resumed()).checkpoint).toMatchObject(after(4));
    fs.truncateSync(at('best.safetensors'), 500);
    expect(faultIn(resumed())).toMatch(/^E0947.*has no checkpoint that is whole/);
    expect(codes()).toEqual(['W0946', 'W0946', 'W0946']);
    expect(fs.readdirSync(at()).filter((name) => name.includes('safetensors'))).toEqual([
      ...['best.safetensors.bad', 'last.safetensors.bad', 'previous.safetensors.bad'],
    ]);
  });

  test('of another run is set aside too', () => {
    right(run.save(after(1), false));
    right(run.save(after(2), false));
    const other = right(createRun(root, 'first', describing(), after(0), warn));
    right(other.save(after(9), false));
    right(other.finish({ state: 'stopped', step: 9, epoch: 2 }));
    fs.copyFileSync(join(root, 'first-2/last.safetensors'), at('last.safetensors'));
    expect(right(resumed()).checkpoint).toMatchObject(after(1));
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/: it belongs to another run$/),
    ]);
  });
});
