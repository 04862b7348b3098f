/** Runs are found by their names, and told by what they are doing now. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRun } from '../../../src/runtime/runs/begin.ts';
import { newestFinished, runFolder, runIn, weightsOfRun } from '../../../src/runtime/runs/list.ts';
import { doing } from '../../../src/runtime/runs/listed.ts';
import type { Outcome, Run } from '../../../src/runtime/runs/run.ts';
import { after, describing, newRoot, right } from './made.ts';

let root: string;
beforeEach(() => {
  root = newRoot();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const begin = (name: string): Run => right(createRun(root, name, describing(), after(0), () => {}));
const end = (run: Run, state: 'finished' | 'stopped'): void => {
  const place = { step: 12, epoch: 3 };
  const outcome: Outcome =
    state === 'finished' ? { ...place, state, weights: after(12).weights } : { ...place, state };
  right(run.finish(outcome));
};

test('a run is running while its process is, and has its number', () => {
  const run = begin('first');
  const now = right(runIn(run.folder));
  expect(doing(now)).toBe('running');
  expect(now.holder?.pid).toBe(process.pid);
  end(run, 'stopped');
  expect(doing(right(runIn(run.folder)))).toBe('stopped');
});

test('the weights of a run are its best, else its last', () => {
  const run = begin('first');
  right(run.save(after(1), false));
  const [best, last] = [`${root}/first-1/best.safetensors`, `${root}/first-1/last.safetensors`];
  expect(weightsOfRun(run.folder)).toEqual({ file: last, lost: [] });
  right(run.save(after(4), true));
  expect(weightsOfRun(run.folder)).toEqual({ file: best, lost: [] });
  end(run, 'stopped');
  const bytes = readFileSync(best);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(best, bytes);
  expect(weightsOfRun(run.folder)).toEqual({
    file: last,
    lost: [{ file: best, reason: 'is damaged: its sum is another than it states' }],
  });
  rmSync(best);
  expect(weightsOfRun(run.folder)).toEqual({
    file: last,
    lost: [{ file: best, reason: 'is not there' }],
  });
});

test('a run is found by its name and by its path', () => {
  end(begin('first'), 'stopped');
  for (const named of ['first-1', `${root}/first-1`, `${root}/first-1/`, 'first-1/'])
    expect(runFolder(root, named)).toMatch(/\/first-1$/);
  expect(runFolder(root, 'first')).toBe(undefined);
  expect(runFolder(root, root)).toBe(undefined);
});

test('the newest finished run of a name is found, and no other', () => {
  expect(newestFinished(join(root, 'absent'), 'first')).toBe(undefined);
  end(begin('first'), 'finished');
  end(begin('first'), 'finished');
  end(begin('first'), 'stopped');
  end(begin('first-2'), 'finished');
  expect(newestFinished(root, 'first')?.record.run).toBe('first-2');
  expect(newestFinished(root, 'second')).toBe(undefined);
});
