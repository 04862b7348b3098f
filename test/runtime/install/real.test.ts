/**
 * Installs TensorFlow as a user would: 261 MiB from the indexes, 815 MiB in a folder of its own; and trains on it. In the deep
 * tests only, and only where the programs and a network are there; else the reason is shown.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parcelsForTensorflow } from '../../../src/runtime/install/catalogue.ts';
import { install, type Outcome } from '../../../src/runtime/install/install.ts';
import { installedTensorflow } from '../../../src/runtime/install/installed.ts';
import { thisMachine } from '../../../src/runtime/install/machine.ts';
import { tensorflow, tensorflowBuild } from '../../../src/runtime/install/product.ts';
import type { Order } from '../../../src/runtime/install/order.ts';
import { usualPatience } from '../../../src/runtime/install/transfer.ts';
import { findPip } from '../../../src/runtime/install/tools.ts';
import { uninstall } from '../../../src/runtime/install/uninstall.ts';
import { newFolder, removeFolder } from '../../cli/session.ts';

const isDeep = process.env['NETC_DEEP'] !== undefined;
const { signal } = new AbortController();

const program = `net N : [12, 12, 3] -> [2] { conv3-4; batchnorm; relu; maxpool2; gap; fc-2; softmax }
train first : N {
  data   shapes(size = 12, classes = 2, images = 60, validation = 8)
  batch  16
  epochs 2
}
`;

/** The weights that a training on TensorFlow ends with, in a process of its own, which must end well. */
const trained = (cache: string): string => {
  const folder = newFolder({ 'n.net': program });
  const training = [resolve(netcBuilt, 'netc.js'), 'train', 'n.net', '--engine', 'tensorflow'];
  execFileSync(process.execPath, training, {
    ...{ cwd: folder, stdio: 'ignore', env: { ...process.env, NETC_CACHE: cache } },
  });
  const weights = readFileSync(join(folder, 'runs/first-1/weights.safetensors'), 'base64');
  removeFolder(folder);
  return weights;
};

const netcBuilt = join('build', `test-install-${process.pid}`);
beforeAll(() => {
  if (isDeep) execFileSync(process.execPath, ['scripts/build.mjs', netcBuilt], { stdio: 'ignore' });
}, 60_000);
afterAll(() => rmSync(netcBuilt, { recursive: true, force: true }));

const found: string[] = [];

const ways = ['addon', 'koffi'] as const;
it.runIf(isDeep).for(ways)(
  'installs, repairs and removes it, called by %s',
  async (by, { skip }) => {
    const parcels = parcelsForTensorflow(thisMachine(), 'cpu', by);
    if (E.isLeft(parcels)) return skip(parcels.left.message);
    if ((await findPip({ env: process.env, signal })) === undefined) return skip('there is no pip');
    const cache = newFolder({});
    const order: Order = {
      ...{
        build: tensorflowBuild('cpu'),
        by,
        cache,
        parcels: parcels.right,
        index: undefined,
        env: process.env,
      },
      ...{ node: process.execPath, patience: usualPatience, signal, tell: () => {} },
    };
    const made = async (): Promise<Outcome> => {
      const outcome = await install(order);
      if (outcome === undefined) throw new Error('it was interrupted');
      if (E.isRight(outcome)) return outcome.right;
      const { code, message, notes } = outcome.left;
      // no compiler or no network; all else is a fault
      if (code === 'E0712' || code === 'E0713') return skip([message, ...notes].join('; '));
      throw new Error([code, message, ...notes].join('\n'));
    };
    try {
      expect(await made()).toMatchObject({ fresh: true });
      const there = installedTensorflow(cache);
      if (E.isLeft(there)) throw new Error(there.left.reason);
      expect(await made()).toMatchObject({ fresh: false });
      rmSync(there.right.caller.path);
      expect(await made()).toMatchObject({ fresh: true });
      found.push(trained(cache));
      expect(new Set(found).size).toBe(1); // who calls makes no difference
      expect(await uninstall(cache, tensorflow)).toMatchObject({ _tag: 'Right' });
      expect(E.isLeft(installedTensorflow(cache))).toBe(true);
    } finally {
      removeFolder(cache);
    }
  },
);
