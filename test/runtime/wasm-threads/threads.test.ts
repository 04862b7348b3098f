/** Programs that compute on wasm with several threads: the same bits as on one, and they end as others do. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHelpers, threadsFor } from '../../../src/runtime/node/wasm/helpers.ts';

const root = join(import.meta.dirname, '../../..');
// beside the scripts of threads
const program = join(root, 'build', `wasm-threads-${process.pid}.mjs`);

beforeAll(async () => {
  await build({
    ...{
      absWorkingDir: root,
      entryPoints: ['test/runtime/wasm-threads/program.ts'],
      outfile: program,
    },
    ...{ bundle: true, packages: 'external', format: 'esm', platform: 'node', logLevel: 'warning' },
  });
});
afterAll(() => rmSync(program, { force: true }));

type Ended = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
};

/** Runs the program; `heard` is told of what it prints. */
const run = (
  mode: string,
  threads: string,
  heard: (kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, NETC_WASM_THREADS: threads };
    const child = spawn(process.execPath, ['--expose-gc', program, mode], { env, timeout: 50_000 });
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => {
      out += text;
      heard((signal) => void child.kill(signal));
    });
    child.stderr.on('data', (text) => (err += text));
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, out, err }));
  });

describe('on several threads', () => {
  it('computes every kernel to the bit as on one', async () => {
    const [one, two] = [await run('rows', '1'), await run('rows', '2')];
    expect(two).toMatchObject({ code: 0, err: '' });
    expect(one.out.split('\n')[0]).toBe('threads 1');
    expect(two.out.split('\n')[0]).toBe('threads 2');
    expect(two.out.split('\n').slice(1)).toEqual(one.out.split('\n').slice(1));
    expect(two.out.split('\n').length).toBeGreaterThan(100);
  });

  it.each([
    ['end', { code: 0, signal: null, err: '' }],
    ['exit', { code: 7, signal: null, err: '' }],
    ['throw', { code: 1, signal: null }],
    ['thread', { code: 0, signal: null, err: '' }],
  ])('%s ends a program', async (mode, expected) => {
    const ended = await run(mode, '3');
    expect(ended).toMatchObject(expected);
    if (mode === 'throw') expect(ended.err).toContain('Error: on purpose');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends a program', async (signal) => {
    const ended = await run('forever', '2', (kill) => kill(signal));
    expect(ended).toMatchObject({ code: null, signal, out: 'running\n', err: '' });
  });

  it('holds nothing after a thousand runs', async () => {
    const { code, out } = await run('many', '2');
    expect(code).toBe(0);
    const [rss, tensors, rssAfter, tensorsAfter] = out.trim().split(' ').map(Number);
    expect(tensorsAfter).toBe(tensors);
    expect(rssAfter! - rss!).toBeLessThan(40 * 2 ** 20);
  });

  it('says why it computes on one', async () => {
    const ended = await run('end', 'two');
    expect(ended.err).toBe(
      'note: wasm computes on one thread, because NETC_WASM_THREADS is `two`, and a number from 1 to 64 is expected\n',
    );
    expect(ended).toMatchObject({ code: 0, out: (await run('end', '1')).out });
  });
});

describe('helpers', () => {
  it.each([
    [undefined, 2, E.right(2)],
    ['', 4, E.right(4)],
    [undefined, 96, E.right(8)],
    ['1', 8, E.right(1)],
    ['16', 2, E.right(16)],
    ['0', 2, E.left('NETC_WASM_THREADS is `0`, and a number from 1 to 64 is expected')],
    ['65', 2, E.left('NETC_WASM_THREADS is `65`, and a number from 1 to 64 is expected')],
    ['2.5', 2, E.left('NETC_WASM_THREADS is `2.5`, and a number from 1 to 64 is expected')],
  ])('are as many as %o says on %i cores', (asked, cores, expected) =>
    expect(threadsFor(asked, cores)).toEqual(expected),
  );

  it('are not waited for when they are late', async () => {
    const helpers = startHelpers(1, 0);
    const board = new Int32Array(new SharedArrayBuffer(64));
    const joined = await helpers.join([]); // it is told nothing, so it never is ready
    expect(joined).toEqual(E.left('its threads were not ready within 0 s'));
    expect(board.every((n) => n === 0)).toBe(true);
  });
});
