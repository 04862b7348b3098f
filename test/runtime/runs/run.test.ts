/** Runs are made, go on, and are refused, as a training does it. */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../../src/diagnostic/diagnostic.ts';
import { holderOf } from '../../../src/runtime/disk/lock.ts';
import { createRun, openRun } from '../../../src/runtime/runs/begin.ts';
import { entriesIn } from '../../../src/runtime/runs/log.ts';
import type { Run } from '../../../src/runtime/runs/run.ts';
import { readRecord, readState } from '../../../src/runtime/runs/record.ts';
import { openWeights } from '../../../src/runtime/files/weights.ts';
import { after, describing, faultIn, newRoot, right, source } from './made.ts';

let root: string;
let warnings: Diagnostic[];
let open: Run[];
const warn = (d: Diagnostic): void => void warnings.push(d);
const at = (...names: readonly string[]): string => join(root, ...names);

beforeEach(() => {
  root = newRoot();
  warnings = [];
  open = [];
});
afterEach(() => {
  for (const run of open) run.finish({ state: 'stopped', step: 0, epoch: 0 });
  fs.rmSync(root, { recursive: true, force: true });
});

const begin = (description = describing()): Run => {
  const run = right(createRun(root, 'first', description, after(0), warn));
  open.push(run);
  return run;
};
const stop = (run: Run, step: number): void => {
  right(run.finish({ state: 'stopped', step, epoch: 1 }));
  open = open.filter((other) => other !== run);
};
const goOn = (description = describing(), force = false) => {
  const opened = openRun(at('first-1'), description, force, warn);
  if (E.isRight(opened)) open.push(opened.right.run);
  return opened;
};

describe('a new run', () => {
  test('has everything that tells what it is', () => {
    const { folder, record } = begin();
    expect(folder).toBe(at('first-1'));
    expect(fs.readdirSync(folder).filter((name) => !/^(lock-|events\.)/.test(name))).toEqual([
      'configuration.txt',
      'last.safetensors',
      'log.jsonl',
      'memory.json',
      'plan.txt',
      'recipe.json',
      'run.json',
      'source.net',
      'state.json',
    ]);
    expect(right(readRecord(folder))).toEqual(record);
    expect(right(readState(folder))).toMatchObject({ state: 'running', step: 0, epochs: 3 });
  });

  test('has the next number, and never the folder of another', () => {
    begin();
    fs.mkdirSync(at('first-7'));
    fs.mkdirSync(at('first-x9'));
    fs.mkdirSync(at('other-12'));
    expect(begin().folder).toBe(at('first-8'));
    expect(fs.readdirSync(at('first-7'))).toEqual([]);
  });

  test('keeps the files that its program imports', () => {
    const text = 'import "lib/parts.net"\n';
    begin(
      describing({
        sources: [
          { path: 'nets/first.net', text },
          { path: 'nets/lib/parts.net', text: 'def p = relu\n' },
        ],
      }),
    );
    expect(fs.readFileSync(at('first-1/source.net'), 'utf8')).toBe(text);
    expect(fs.readFileSync(at('first-1/source/nets/lib/parts.net'), 'utf8')).toBe('def p = relu\n');
    expect(fs.readFileSync(at('first-1/source/nets/first.net'), 'utf8')).toBe(text);
  });

  test('is not begun where nothing can be written', () => {
    fs.writeFileSync(at('file'), '');
    expect(faultIn(createRun(at('file'), 'first', describing(), after(0), warn))).toMatch(
      /^E0509.*lies below something that is not a folder|^E0509.*is not a folder/,
    );
  });
});

describe('a run that goes on', () => {
  test('has its checkpoint again, bit for bit', () => {
    const run = begin();
    right(run.save(after(5), false));
    right(run.save(after(6), false));
    stop(run, 6);
    const { checkpoint } = right(goOn());
    expect(checkpoint).toMatchObject(after(6));
    expect(checkpoint.identity).toMatchObject({ net: 'N', seed: 7, run: run.record.id });
    expect(warnings).toEqual([]);
  });

  test('continues its log where the checkpoint was, whatever came after it', () => {
    const run = begin();
    run.log({ step: 1, epoch: 1 }, { loss: 3 });
    run.epoch({ step: 4, epoch: 1 }, { loss: 2, validation_top1: 0.5 });
    right(run.save(after(4), true));
    run.log({ step: 5, epoch: 2 }, { loss: NaN });
    run.epoch({ step: 8, epoch: 2 }, { loss: 1 });
    stop(run, 8);
    fs.appendFileSync(at('first-1/log.jsonl'), '{"event":"step","st');
    const { run: again } = right(goOn());
    again.epoch({ step: 8, epoch: 2 }, { loss: 1.5 });
    const events = entriesIn(fs.readFileSync(at('first-1/log.jsonl'), 'utf8'));
    expect(events.map((e) => `${e.event} ${e.step}`)).toEqual([
      ...['began 0', 'step 1', 'epoch 4', 'saved 4', 'resumed 4', 'epoch 8'],
    ]);
    const table = fs.readFileSync(at('first-1/metrics.csv'), 'utf8');
    expect(table.replaceAll(/^(\d+,\d+),[\d.]+/gm, '$1,S')).toBe(
      'epoch,step,seconds,loss,validation_top1\n1,4,S,2,0.5\n2,8,S,1.5,\n',
    );
  });

  test('has a checkpoint before its first step', () => {
    stop(begin(), 0);
    expect(right(goOn()).checkpoint).toMatchObject(after(0));
  });

  test('is refused without a checkpoint, and is not made anew', () => {
    stop(begin(), 0);
    fs.rmSync(at('first-1/last.safetensors'));
    expect(faultIn(goOn())).toMatch(/^E0947.*has no checkpoint/);
  });

  test('is refused while another training is in its folder', () => {
    const run = begin();
    right(run.save(after(1), false));
    expect(faultIn(goOn())).toMatch(
      new RegExp(`^E0943 process ${process.pid} on .* is training in`),
    );
    stop(run, 1);
    expect(faultIn(goOn())).toBe('no fault');
  });

  test('is refused with a changed program, unless it is forced to take it', () => {
    const run = begin();
    right(run.save(after(1), false));
    stop(run, 1);
    const text = describing().sources[0].text.replace('fc-2', 'fc-3');
    const changed = describing({ sources: [{ path: 'first.net', text }] });
    const refused = goOn(changed);
    expect(faultIn(refused)).toMatch(/^E0945/);
    expect(E.isLeft(refused) && refused.left.notes).toEqual([
      '- net N : [8, 8, 3] -> [2] { conv3-4; gap; fc-2; softmax }',
      '+ net N : [8, 8, 3] -> [2] { conv3-4; gap; fc-3; softmax }',
      expect.stringContaining('--force'),
    ]);
    right(goOn(changed, true));
    expect(fs.readFileSync(at('first-1/source.net'), 'utf8')).toBe(text);
    expect(fs.readFileSync(at('first-1/source-until-step-1.net'), 'utf8')).toBe(source);
    stop(open[0]!, 1);
    expect(faultIn(goOn(changed))).toBe('no fault');
  });

  test('is refused with another recipe or other data, but may be longer', () => {
    const run = begin();
    right(run.save(after(1), false));
    stop(run, 1);
    const refused = goOn(describing({ recipe: { batch: 32 } }));
    expect(faultIn(refused)).toMatch(/^E0945 the recipe has changed since/);
    expect(E.isLeft(refused) && refused.left.notes).toEqual([
      '`batch` was `16`, and is now `32`',
      'to go on as it began: `netc train first.net --resume first-1`',
      expect.stringContaining('--force'),
    ]);
    const clipped = goOn(
      describing({
        recipe: { clip: 2, initFrom: { source: { tag: 'train', name: 'a' }, selections: [] } },
      }),
    );
    expect(E.isLeft(clipped) && clipped.left.notes.slice(0, 2)).toEqual([
      '`clip` was `none`, and is now `2`',
      '`init from` was not there, and is now `a`',
    ]);
    expect(faultIn(goOn(describing({ facts: { dataDigest: 'e'.repeat(64) } })))).toMatch(/^E0949/);
    expect(faultIn(goOn(describing({ recipe: { epochs: 9 }, facts: { epochs: 9 } })))).toBe(
      'no fault',
    );
    expect(right(readState(at('first-1')))).toMatchObject({ state: 'running', epochs: 9 });
  });

  test('says where another engine goes on', () => {
    stop(begin(), 1);
    right(goOn(describing({ facts: { device: '2 threads' } })));
    expect(warnings.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      `W0957: \`${at('first-1')}\` began with 1 thread, and goes on with 2 threads`,
    ]);
  });

  test('is not a folder of something else', () => {
    fs.mkdirSync(at('first-1'));
    expect(faultIn(goOn())).toMatch(/^E0944.*it has no `run.json`/);
    fs.writeFileSync(at('first-1/run.json'), '{"net": 3}');
    expect(faultIn(goOn())).toMatch(/^E0944.*its `run.json` has a `id` that is not a text/);
  });
});

describe('the folder of a process that was killed', () => {
  test('is free again, and so is one whose number another process has now', async () => {
    const run = begin();
    right(run.save(after(1), false));
    stop(run, 1);
    // another machine's would be `lock-…` with another first number
    const own = (): string => fs.readdirSync(at('first-1')).find((n) => n.startsWith('lock-'))!;
    const { run: again } = right(goOn());
    const [, machine] = /^lock-([0-9a-f]{8})-/.exec(own())!;
    stop(again, 1);
    const child = spawn('sleep', ['60']);
    fs.writeFileSync(at(`first-1/lock-${machine}-${child.pid}`), 'here\nlong ago\n');
    stop(right(goOn()).run, 1);
    fs.writeFileSync(at(`first-1/lock-${machine}-${child.pid}`), 'here\n');
    expect(faultIn(goOn())).toMatch(/^E0943/);
    expect(holderOf(at('first-1'))).toMatchObject({ pid: child.pid, host: 'here' });
    const ended = new Promise((done) => child.on('exit', done));
    child.kill('SIGKILL');
    await ended;
    expect(faultIn(goOn())).toBe('no fault');
  });

  test('of another machine is free after ten minutes without a sign of life', () => {
    const run = begin();
    right(run.save(after(1), false));
    stop(run, 1);
    const foreign = at('first-1/lock-00000000-1');
    fs.writeFileSync(foreign, 'elsewhere\n');
    expect(faultIn(goOn())).toMatch(/^E0943 process 1 on `elsewhere`/);
    const then = new Date(Date.now() - 11 * 60 * 1000);
    fs.utimesSync(foreign, then, then);
    expect(faultIn(goOn())).toBe('no fault');
    expect(fs.existsSync(foreign)).toBe(false);
  });
});

test('a checkpoint opens as weights, with what pictures need', () => {
  const run = begin();
  right(run.save(after(1), true));
  const file = right(openWeights(at('first-1/best.safetensors')));
  expect([...file.tensors.keys()]).toEqual([
    ...['N/conv1/kernel', 'N/fc1/kernel', 'training:N/conv1/kernel/velocity'],
  ]);
  expect([...file.metadata.keys()]).toEqual([
    ...['netc.sha256', 'netc.training', 'netc.input', 'netc.classes'],
  ]);
  file.close();
});

test('a finished run has its weights alone', () => {
  const run = begin();
  right(run.finish({ state: 'finished', step: 12, epoch: 3, weights: after(12).weights }));
  open = [];
  const file = right(openWeights(at('first-1/weights.safetensors')));
  expect([...file.tensors.keys()]).toEqual(['N/conv1/kernel', 'N/fc1/kernel']);
  file.close();
  expect(right(readState(at('first-1')))).toMatchObject({ state: 'finished', step: 12, epoch: 3 });
  expect(fs.readdirSync(at('first-1')).filter((n) => n.startsWith('lock-'))).toEqual([]);
});
