/** Which process writes to a folder, in a form that another process can check, also after a crash or a reboot. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import { codeOf } from './random-access.ts';

/** Numbers of processes mean something on one machine, and in one container of it; eight digits. */
export const machine = (): string => {
  let namespace = '';
  try {
    namespace = fs.readlinkSync('/proc/self/ns/pid');
  } catch {
    // a system without namespaces
  }
  return createHash('sha256').update(`${os.hostname()} ${namespace}`).digest('hex').slice(0, 8);
};

/** The name of this machine, for people. */
export const host = (): string => os.hostname();

/** Whether a process of this machine has this number. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0); // sends nothing
    return true;
  } catch (thrown) {
    return codeOf(thrown) !== 'ESRCH';
  }
};

/** What Linux says of a process: its state, and when it began, in ticks since the machine was started. */
const ofLinux = (
  pid: number,
): { readonly state: string; readonly beginning: string } | undefined => {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // the name of the program stands in parentheses, and may contain some
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return { state: fields[0] ?? '', beginning: `${boot} ${fields[19] ?? ''}` };
  } catch {
    return undefined;
  }
};

/** What `ps` says of when a process began, to the second. */
const ofPs = (pid: number): string | undefined => {
  try {
    const options = { encoding: 'utf8', timeout: 5_000, stdio: 'pipe' } as const;
    const text = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], options).trim();
    return text === '' ? undefined : text;
  } catch {
    return undefined; // Windows, for one
  }
};

/** When a process began: no later process of the same number has this. Undefined where the system does not say. */
export const beginningOf = (pid: number): string | undefined =>
  ofLinux(pid)?.beginning ?? ofPs(pid);

/**
 * Whether the process of this number still runs, and is the one that began then, if that is known. One that has ended
 * and whose parent did not ask for its result (a zombie) does not run.
 */
export const isRunning = (pid: number, beginning: string | undefined): boolean => {
  if (!isAlive(pid)) return false;
  if (['Z', 'X'].includes(ofLinux(pid)?.state ?? '')) return false;
  const now = beginning === undefined ? undefined : beginningOf(pid);
  return now === undefined || now === beginning;
};
