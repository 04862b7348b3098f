/**
 * SIGKILL at random moments: of `netc train` as users start it, killed again and again along a run. After each kill no
 * checkpoint that was said to be saved is lost and none is torn; in the end all is as if nothing had happened, bit for bit.
 * `NETC_DEEP=1` kills 200 times, in twenty runs; else 20 times in two.
 */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { uniform, words } from '../../src/numeric/random.ts';
import { readCheckpoint } from '../../src/runtime/runs/checkpoint.ts';
import { entriesIn } from '../../src/runtime/runs/log.ts';
import { runIn } from '../../src/runtime/runs/list.ts';
import { doing } from '../../src/runtime/runs/listed.ts';
import { right } from '../runtime/runs/made.ts';
import { covering, type Choices } from './factors.ts';
import { cameTo, programOf, putData, run } from './trainings.ts';

const program = join(inject('built'), 'netc.js');

const killsOfOne = 10;
// the number of epochs is known when the last kill is done, so no rate may depend on it
const rows = covering(2).filter(({ schedule }) => !/cosine|plateau/.test(schedule));
const pairs = [rows.filter(({ net }) => net === 'Normed' || net === 'Dropped').slice(0, 2)];
if (process.env['NETC_DEEP'] !== undefined)
  for (let i = 0; i < 18; i += 2) pairs.push(rows.slice(i, i + 2));

let folder = '';
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'netc-kills-')));
  process.chdir(folder);
  await putData(folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A process that trains. */
const start = (args: readonly string[]) => {
  const child = spawn(process.execPath, [program, 'train', ...args], { cwd: folder });
  let err = '';
  child.stderr.on('data', (data) => (err += String(data)));
  const ended = new Promise<number | null>((done) => child.on('close', done));
  const heard = (text: string): Promise<unknown> => {
    const again = (): Promise<unknown> =>
      err.includes(text)
        ? Promise.resolve()
        : Promise.race([ended, new Promise((next) => child.stderr.once('data', next))]).then(() =>
            child.exitCode === null ? again() : undefined,
          );
    return again();
  };
  return { child, ended, heard, said: () => err };
};

const wait = (milliseconds: number): Promise<void> =>
  new Promise((done) => setTimeout(done, milliseconds));

/** Until a checkpoint is being written: its file changes, or the one that takes its place. */
const saving = (at: string): Promise<void> =>
  new Promise((done) => {
    const watcher = watch(at, (_, name) => {
      if (name === null || !/safetensors|tmp/.test(name)) return;
      watcher.close();
      done();
    });
  });

const checkpoints = ['last.safetensors', 'previous.safetensors', 'best.safetensors'];

/** The steps of what is there, after all of it was read and was whole. */
const stepsIn = (at: string): ReadonlyMap<string, number> =>
  new Map(
    checkpoints
      .filter((name) => existsSync(join(at, name)))
      .map((name) => {
        const read = readCheckpoint(join(at, name));
        if (E.isLeft(read)) throw new Error(`${name} ${read.left}`);
        return [name, read.right.progress.step] as const;
      }),
  );

/** What was said to be saved, by the file that has it: the newest steps of each. */
const acknowledgedIn = (at: string): ReadonlyMap<string, number> =>
  new Map(
    entriesIn(readFileSync(join(at, 'log.jsonl'), 'utf8')).flatMap((entry) =>
      entry.event === 'saved' ? [[entry.file, entry.step] as const] : [],
    ),
  );

/** Nothing is lost and nothing is torn. */
const examine = (at: string): void => {
  const steps = stepsIn(at);
  const newest = Math.max(...steps.values());
  for (const [file, step] of acknowledgedIn(at)) {
    expect(newest).toBeGreaterThanOrEqual(step);
    if (file === 'best.safetensors') expect(steps.get(file)).toBeGreaterThanOrEqual(step);
  }
  expect(readdirSync(at).filter((name) => name.endsWith('.bad'))).toEqual([]);
  expect(doing(right(runIn(at)))).toBe('killed');
};

/** The options of a training that does not end by itself, and keeps its run below a folder of this name. */
const endless = (name: string): readonly string[] => {
  const file = `ended-${name}.net`;
  writeFileSync(join(folder, file), programOf(rows[0]!));
  return [file, '--workers', '0', '--runs', name, '--epochs', '100000'];
};

const expectStopped = (name: string): void => {
  const run = right(runIn(join(folder, name, 't-1')));
  expect(doing(run)).toBe('stopped');
  expect(stepsIn(run.folder).get('last.safetensors')).toBe(run.state.step);
};

describe('asked to end', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s it saves, says how to go on, and ends with %d', async (signal, code) => {
    const { child, ended, heard, said } = start(endless(signal));
    await heard('\nepoch ');
    // a closed terminal concerns only who has one, as under `nohup`
    child.kill('SIGHUP');
    await wait(100);
    child.kill(signal);
    expect(await ended, said()).toBe(code);
    expect(said()).toContain('stopping after this step');
    expect(said()).toMatch(/to go on: netc train .* --resume t-1\n/);
    expectStopped(signal);
  });

  it('by a terminal that is closed it saves, and ends with 129', async () => {
    const train = [process.execPath, program, 'train', ...endless('SIGHUP')].join(' ');
    // the inner shell outlives the terminal, to say how netc ended; the outer one ends with it, as a user's does
    const inner = `trap "" HUP; ${train}; echo $? > code.tmp; mv code.tmp code`;
    const shell = `sh -c '${inner}'; true`;
    const terminal = spawn('script', ['-qfec', shell, '/dev/null'], { cwd: folder });
    let said = '';
    terminal.stdout.on('data', (data) => (said += String(data)));
    const until = async (what: () => boolean): Promise<void> => {
      for (let i = 0; !what() && i < 300; i++) await wait(100);
      expect(what(), said).toBe(true);
    };
    await until(() => said.includes('epoch 2/'));
    terminal.kill('SIGKILL');
    await until(() => existsSync(join(folder, 'code')));
    expect(readFileSync(join(folder, 'code'), 'utf8')).toBe('129\n');
    expectStopped('SIGHUP');
  });
});

/** Kills one run as often, and lets it end; gives its folder and its epochs. */
const killed = async (row: Choices, i: number) => {
  const draw = words({ seed: 4, purpose: 'kills', epoch: 0, index: i });
  const [file, runs] = [`killed-${i}.net`, `runs-${i}`];
  writeFileSync(join(folder, file), programOf(row));
  const always = [file, '--workers', '0', '--engine', 'wasm', '--runs', runs, '--epochs'];
  let name: string | undefined;
  let startUp = 0;
  for (let kill = 0; kill < killsOfOne; kill++) {
    const begin = performance.now();
    const resume = name === undefined ? [] : ['--resume', name];
    const { child, ended, heard, said } = start([...always, '100000', ...resume]);
    // some while it starts, some in the first steps, some while epochs are trained, and some in the midst of a save
    const moment = uniform(draw);
    if (startUp > 0 && moment < 0.2) await wait(startUp * uniform(draw));
    else {
      await heard('keeps the run');
      startUp = performance.now() - begin;
      if (moment > 0.5) await heard('\nepoch ');
      if (name !== undefined && moment > 0.7)
        await Promise.race([saving(join(folder, runs, name)), ended]);
      else await wait((performance.now() - begin - startUp) * uniform(draw));
    }
    child.kill('SIGKILL');
    await ended;
    expect(child.signalCode, said()).toBe('SIGKILL');
    // a folder that was not a run yet is nobody's
    name ??= existsSync(join(folder, runs))
      ? readdirSync(join(folder, runs)).find((n) => existsSync(join(folder, runs, n, 'run.json')))
      : undefined;
    if (name !== undefined) examine(join(folder, runs, name));
  }
  const at = join(folder, runs, name!);
  const { epoch } = right(runIn(at)).state;
  expect(epoch).toBeGreaterThan(1);
  const epochs = epoch + 2; // the newest checkpoint may be one epoch ahead
  const last = start([...always, String(epochs), '--resume', name!]);
  expect(await last.ended, last.said()).toBe(0);
  return { at, file, epochs };
};

describe('killed at random moments', () => {
  it.each(
    pairs.map(
      (pair, i) => [pair.map(({ data, net }) => `${data} ${net}`).join(', '), pair, i] as const,
    ),
  )(
    '%s',
    async (_, pair, i) => {
      // two at a time, as most of the time they start
      const all = await Promise.all(pair.map((row, k) => killed(row, 2 * i + k)));
      for (const { at, file, epochs } of all) {
        const whole = await run(folder, file, { workers: 0, epochs });
        expect(cameTo(at)).toEqual(cameTo(join(folder, whole.folder)));
      }
    },
    600_000,
  );
});
