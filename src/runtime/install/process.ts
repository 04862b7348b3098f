/** Runs other programs: pip, npm, a compiler. They are asked for nothing that needs an answer. */
import { spawn } from 'node:child_process';
import type { Environment } from '../disk/cache.ts';
import { codeOf } from '../disk/random-access.ts';

/** A program and the arguments that it always gets. */
export type Command = readonly [program: string, ...args: readonly string[]];

/** How a program ended, and what it said. `missing` says that it could not be started at all. */
export type Ran = {
  readonly missing: boolean;
  readonly ok: boolean;
  readonly out: string;
  readonly err: string;
};

export type Surroundings = { readonly env: Environment; readonly signal: AbortSignal };

/** The most that is kept of what a program says: its end. */
const mostText = 2 ** 20;

const kept = (text: string, more: string): string => (text + more).slice(-mostText);

/** Runs a program to its end. If the signal comes, the program is asked to end, and the result is not ok. */
export const run = (
  [program, ...always]: Command,
  args: readonly string[],
  { env, signal }: Surroundings,
): Promise<Ran> =>
  new Promise((done) => {
    let [out, err] = ['', ''];
    const child = spawn(program, [...always, ...args], {
      env,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.setEncoding('utf8').on('data', (more: string) => (out = kept(out, more)));
    child.stderr.setEncoding('utf8').on('data', (more: string) => (err = kept(err, more)));
    child.on('error', (thrown) => {
      const missing = ['ENOENT', 'EACCES', 'ENOTDIR'].includes(codeOf(thrown));
      if (missing) done({ missing, ok: false, out, err });
    });
    child.on('close', (code) => done({ missing: false, ok: code === 0, out, err }));
  });

/** The last lines that say something, without colours. */
export const lastLines = (text: string, most: number): readonly string[] =>
  text
    .replaceAll(/\u001b\[[\d;]*m/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-most);
