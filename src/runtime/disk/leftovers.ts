/**
 * Temporary files of writes that were interrupted. Their names say who writes them, so that a later write to the same
 * folder can remove them and leaves those of a process that is still writing.
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as nodePath from 'node:path';
import { isAlive, machine } from './processes.ts';

/** Names of files that this process is writing. */
const own = new Set<string>();

/** A name for a temporary file of this process, until it is dropped. */
export const newTemporary = (): string => {
  const name = `.netc-${machine()}-${process.pid}-${randomBytes(8).toString('hex')}.tmp`;
  own.add(name);
  return name;
};

/** Says that a temporary file is gone: renamed or removed. */
export const dropTemporary = (name: string): void => void own.delete(name);

/** Milliseconds after which a file that nothing was added to is not being written, on whatever machine. */
const longest = 24 * 60 * 60 * 1000;

/** Whether nobody writes this file any more; `now` is the time of the disk that it lies on. */
const isLeft = (folder: string, name: string, now: number): boolean => {
  const [, where, pid] = /^\.netc-([0-9a-f]{8})-(\d+)-[0-9a-f]+\.tmp$/.exec(name) ?? [];
  if (pid === undefined) return /^\.netc-.*\.tmp$/.test(name); // whose writer cannot be known
  if (where !== machine()) return now - fs.lstatSync(nodePath.join(folder, name)).mtimeMs > longest;
  return Number(pid) === process.pid ? !own.has(name) : !isAlive(Number(pid));
};

/** Removes what interrupted writes have left in a folder. What cannot be removed stays. */
export const removeLeftovers = (folder: string, now: number): void => {
  try {
    for (const name of fs.readdirSync(folder))
      if (name.startsWith('.netc-') && isLeft(folder, name, now))
        fs.unlinkSync(nodePath.join(folder, name));
  } catch {
    // another process was quicker, or the folder may not be listed: the next write tries again
  }
};
