/**
 * A folder that one process at a time writes to. Whoever wants it puts a file with its number into it, then looks for
 * such files of others, and goes away if one of them still runs: of two that come at once, at least one sees the other,
 * so never both have it.
 */
import * as fs from 'node:fs';
import * as nodePath from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { claim } from './guard.ts';
import { beginningOf, host, isRunning, machine } from './processes.ts';
import { codeOf, reasonOf } from './random-access.ts';

/** A process that holds a folder. */
export type Holder = { readonly pid: number; readonly host: string; readonly file: string };

/** Why a folder cannot be had; the reason continues "it …". */
export type LockFault =
  | { readonly tag: 'held'; readonly by: Holder }
  | { readonly tag: 'unwritable'; readonly reason: string };

/** A folder that this process holds. */
export type Lock = {
  /** a sign of life for other machines; may be called as often as wanted */
  readonly touch: () => void;
  readonly release: () => void;
};

const nameOf = (pid: number): string => `lock-${machine()}-${pid}`;

/** Milliseconds without a sign of life after which a process of another machine is taken for dead. */
const longestSilence = 10 * 60 * 1000;
/** Milliseconds between two signs. */
const betweenSigns = 10 * 1000;

/** What is written in the file. It may be empty, because its writer has just made it. */
type Content = { readonly host: string; readonly beginning: string | undefined };

const contentOf = (path: string): Content => {
  const [name = '', beginning = ''] = ((): readonly string[] => {
    try {
      return fs.readFileSync(path, 'utf8').split('\n');
    } catch {
      return [];
    }
  })();
  return { host: name, beginning: beginning === '' ? undefined : beginning };
};

/** Who put this file there, unless he is gone; `now` is the time of the disk that it lies on. */
const holderIn = (folder: string, file: string, now: number): Holder | undefined => {
  const [, where, number] = /^lock-([0-9a-f]{8})-(\d+)$/.exec(file) ?? [];
  if (where === undefined) return undefined;
  const path = nodePath.join(folder, file);
  const pid = Number(number);
  const content = contentOf(path);
  const holder = { pid, host: content.host, file };
  if (where === machine()) return isRunning(pid, content.beginning) ? holder : undefined;
  const last = fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return last !== undefined && now - last <= longestSilence ? holder : undefined;
};

const locksIn = (folder: string): readonly string[] =>
  fs.readdirSync(folder).filter((name) => name.startsWith('lock-'));

/** The process that holds a folder; undefined if nobody does, or if the folder cannot be read. */
export const holderOf = (folder: string): Holder | undefined => {
  try {
    for (const file of locksIn(folder)) {
      const holder = holderIn(folder, file, Date.now());
      if (holder !== undefined) return holder;
    }
  } catch {
    // what cannot be listed cannot be held
  }
  return undefined;
};

const remove = (path: string): void => {
  try {
    fs.unlinkSync(path);
  } catch {
    // it is gone, or may not be removed; whoever comes next looks at its process again
  }
};

/** Puts the file of this process there, and gives the time of the disk. */
const announce = (path: string): number => {
  const file = fs.openSync(path, 'wx');
  try {
    fs.writeSync(file, `${host()}\n${beginningOf(process.pid) ?? ''}\n`);
    return fs.fstatSync(file).mtimeMs;
  } finally {
    fs.closeSync(file);
  }
};

/** Takes a folder, until it is released or the process ends, however it ends. */
export const takeLock = (folder: string): Either<LockFault, Lock> => {
  const own = nameOf(process.pid);
  const path = nodePath.join(folder, own);
  try {
    const before = holderIn(folder, own, Date.now());
    if (before !== undefined && fs.existsSync(path)) return E.left({ tag: 'held', by: before });
    remove(path); // of a dead process that had the number of this one
    const now = announce(path);
    for (const file of locksIn(folder).filter((name) => name !== own)) {
      const by = holderIn(folder, file, now);
      if (by !== undefined) {
        remove(path);
        return E.left({ tag: 'held', by });
      }
      remove(nodePath.join(folder, file));
    }
  } catch (thrown) {
    if (codeOf(thrown) === '') throw thrown;
    return E.left({ tag: 'unwritable', reason: reasonOf(thrown) });
  }
  const release = claim(fs.realpathSync(folder));
  return E.right({
    touch: signs(path),
    release: () => {
      release();
      remove(path);
    },
  });
};

/** Says now and then that the holder lives. */
const signs = (path: string): (() => void) => {
  let last = Date.now();
  return () => {
    const now = Date.now();
    if (now - last < betweenSigns) return;
    last = now;
    try {
      fs.utimesSync(path, new Date(now), new Date(now));
    } catch {
      // somebody has removed it; what is written is not in danger from that
    }
  };
};
