/** Runs other programs: pip, npm, a compiler. They are asked for nothing that needs an answer. */
import { spawn } from 'node:child_process';
import type { Environment } from '../disk/cache.ts';

/** A program and the arguments that it always gets. */
export type Command = readonly [program: string, ...args: readonly string[]];

/** How a program ended, and what it said. One that cannot be started is not ok, and said nothing. */
export type Ran = { readonly ok: boolean; readonly out: string; readonly err: string };

/** The environment of a program, and the signal that ends it. */
export type Surroundings = { readonly env: Environment; readonly signal: AbortSignal };

/** The most that is kept of what a program says: its end. */
const mostText = 2 ** 20;

const kept = (text: string, more: string): string => (text + more).slice(-mostText);

/** Milliseconds that a program has to end when it is asked to. */
const lastWish = 3_000;

/** Sends a signal to a program and all that it has started: pip, for one, may be a script that starts another program. */
const send = (group: number | undefined, signal: NodeJS.Signals): void => {
  try {
    if (group !== undefined) process.kill(-group, signal);
  } catch {
    // all of it has ended
  }
};

/** Runs a program to its end. If the signal comes, the program is asked to end, and the result is not ok. */
export const run = (
  [program, ...always]: Command,
  args: readonly string[],
  { env, signal }: Surroundings,
): Promise<Ran> =>
  new Promise((done) => {
    let [out, err] = ['', ''];
    if (signal.aborted) return done({ ok: false, out, err });
    const child = spawn(program, [...always, ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // in a group of its own, which can be ended as a whole
    });
    let last: NodeJS.Timeout | undefined;
    const stop = (): void => {
      send(child.pid, 'SIGTERM');
      last = setTimeout(() => send(child.pid, 'SIGKILL'), lastWish);
    };
    signal.addEventListener('abort', stop, { once: true });
    const ended = (ok: boolean): void => {
      signal.removeEventListener('abort', stop);
      clearTimeout(last);
      done({ ok, out, err });
    };
    child.stdout.setEncoding('utf8').on('data', (more: string) => (out = kept(out, more)));
    child.stderr.setEncoding('utf8').on('data', (more: string) => (err = kept(err, more)));
    child.on('error', () => ended(false)); // there is no such program, or it may not be run
    child.on('close', (code) => ended(code === 0 && !signal.aborted));
  });

/** The last lines that say something, without colours. */
export const lastLines = (text: string, most: number): readonly string[] =>
  text
    .replaceAll(/\u001b\[[\d;]*m/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-most);
