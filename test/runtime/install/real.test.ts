/**
 * Installs TensorFlow as a user would: 261 MiB from the indexes, 815 MiB in a folder of its own, one build. In the deep
 * tests only, and only where the programs and a network are there; else the reason is shown.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
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

/** What an addon gives out, asked in a thread of a process of its own, which must end well. */
const ask = (addon: string): string => {
  const question = `
    const { Worker } = require('node:worker_threads');
    const inside = \`
      const { createRequire } = require('node:module');
      const { workerData } = require('node:worker_threads');
      const addon = createRequire(workerData)(workerData);
      console.log(typeof addon.loadSavedModel, typeof addon.runSavedModel, addon.isUsingGpuDevice());\`;
    new Worker(inside, { eval: true, workerData: process.argv[1] });`;
  return execFileSync(process.execPath, ['-e', question, addon], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
};

it.runIf(isDeep)('installs TensorFlow, repairs and removes it', async ({ skip }) => {
  const parcels = parcelsForTensorflow(thisMachine(), 'cpu');
  if (E.isLeft(parcels)) return skip(parcels.left.message);
  if ((await findPip({ env: process.env, signal })) === undefined) return skip('there is no pip');
  const cache = newFolder({});
  const build = tensorflowBuild('cpu');
  const order: Order = {
    ...{ build, cache, parcels: parcels.right, index: undefined, env: process.env },
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
    const found = installedTensorflow(cache);
    if (E.isLeft(found)) throw new Error(found.left.reason);
    expect(ask(found.right.addon)).toBe('function function false\n');
    expect(await made()).toMatchObject({ fresh: false });
    rmSync(found.right.addon);
    expect(await made()).toMatchObject({ fresh: true });
    expect(ask(found.right.addon)).toBe('function function false\n');
    expect(await uninstall(cache, tensorflow)).toMatchObject({ _tag: 'Right' });
    expect(E.isLeft(installedTensorflow(cache))).toBe(true);
  } finally {
    removeFolder(cache);
  }
});
