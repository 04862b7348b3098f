/** What `--engine auto` takes, on machines of all kinds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { automatic, automaticText } from '../../src/cli/program/automatic.ts';
import type { Engine, EngineName } from '../../src/runtime/engines/engine.ts';
import { engineNames } from '../../src/runtime/engines/names.ts';
import type { Gpu, Hardware } from '../../src/runtime/engines/hardware.ts';
import { engine } from '../lower/engines.ts';
import { netc, newFolder, removeFolder } from './session.ts';

const gpu: Gpu = {
  ...{ tag: 'gpu', name: 'h200', vendor: 'nvidia', architecture: 'hopper', api: 'Vulkan' },
  ...{ software: false, features: [] },
};
const software: Gpu = { ...gpu, name: 'SwiftShader', software: true };
const cpu = (threads: number): Hardware => ({ tag: 'cpu', threads });

type Machine = { readonly [Name in EngineName]?: Hardware };

/** The engines of a machine, and which were loaded. */
const enginesOf = async (machine: Machine) => {
  const own = await engine('cpu');
  const loaded: EngineName[] = [];
  const all = engineNames.map((name): Engine => {
    const hardware = machine[name];
    const load: Engine['load'] = async () => {
      loaded.push(name);
      return hardware === undefined
        ? Either.left({ reason: `${name} is not installed`, remedy: '' })
        : Either.right({ ...own, name, hardware });
    };
    return { name, doc: '', load };
  });
  return { all, loaded };
};

describe('--engine auto', () => {
  it.each<readonly [what: string, machine: Machine, says: string]>([
    [
      'tensorflow on a GPU',
      { tensorflow: { ...gpu, api: 'CUDA' }, webgpu: gpu, wasm: cpu(1) },
      'tensorflow, h200 by CUDA',
    ],
    [
      'webgpu on a GPU',
      { tensorflow: cpu(2), webgpu: gpu, wasm: cpu(1) },
      'webgpu, h200 by Vulkan; not tensorflow: it finds no GPU',
    ],
    [
      'tensorflow on the processor',
      { tensorflow: cpu(2), webgpu: software, wasm: cpu(1) },
      'tensorflow, 2 threads; not webgpu: SwiftShader is software',
    ],
    [
      'wasm, and never software',
      { webgpu: software, wasm: cpu(1) },
      'wasm, 1 thread; not tensorflow: tensorflow is not installed; not webgpu: SwiftShader is software',
    ],
    [
      'wasm',
      { wasm: cpu(2), cpu: cpu(1) },
      'wasm, 2 threads; not tensorflow: tensorflow is not installed; not webgpu: webgpu is not installed',
    ],
  ])('takes %s', async (_what, machine, says) => {
    const found = await automatic((await enginesOf(machine)).all);
    expect(found && automaticText(found)).toBe(says);
  });

  it('loads no more than it needs', async () => {
    const { all, loaded } = await enginesOf({ tensorflow: gpu, webgpu: gpu, wasm: cpu(1) });
    await automatic(all);
    expect(loaded).toEqual(['tensorflow']);
  });

  it('is kept by a run as what it took, which a resumed run takes again', async () => {
    const train = 'train t : N { data shapes(size = 8, classes = 2, images = 8, validation = 2) }';
    const net = 'net N : [8, 8, 3] -> [2] { conv3-2; relu; gap; fc-2; softmax }';
    const folder = newFolder({ 'n.net': `${net}\n${train}\n` });
    const cache = process.env['NETC_CACHE'];
    process.env['NETC_CACHE'] = join(folder, 'cache'); // nothing is installed there
    const { code, err } = await netc(folder, 'train', 'n.net', '--epochs', '1', '--engine', 'auto');
    expect(code).toBe(0);
    const [, taken] = /^`--engine auto` takes (\w+),/m.exec(err) ?? [];
    const run = JSON.parse(readFileSync(join(folder, 'runs/t-1/run.json'), 'utf8'));
    expect([run.engine, run.options.engine]).toEqual([taken, taken]);
    expect(run.command).toContain(`--engine ${taken}`);
    const again = await netc(folder, 'train', 'n.net', '--epochs', '2', '--resume', 't-1');
    expect(again.code).toBe(0);
    expect(again.err).toContain(`on ${taken}\n`);
    expect(again.err).not.toContain('auto');
    if (cache === undefined) delete process.env['NETC_CACHE'];
    else process.env['NETC_CACHE'] = cache;
    removeFolder(folder);
  });

  it('takes nothing where nothing is', async () => {
    expect(await automatic((await enginesOf({})).all)).toBeUndefined();
  });
});
