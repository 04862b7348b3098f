/**
 * wasm on all cores, by turns with itself on one thread, and with `tf.layers` on wasm (NETC_TF_LAYERS), which cannot train
 * there. A step of one picture is raced with @jax-js/jax (NETC_JAX), which takes minutes for a batch.
 */
import type { Measured } from './measure.ts';
import { nets, race, type Racer } from './race.ts';
import { jax, netc, tfjsWasm, type Forward, type Task } from './rivals.ts';
import { vggA } from './step.ts';

const own = (task: Task): readonly Racer[] => [
  { name: 'wasm', rival: netc('wasm', task) },
  { name: 'one thread', rival: netc('wasm', task, { NETC_WASM_THREADS: '1' }) },
];

const forward = (task: Forward, stock: string): readonly Racer[] => [
  ...own(task),
  { name: 'tf.layers on wasm', rival: tfjsWasm(task), clock: stock },
];

const step: Task = { what: 'step', batch: 32, side: 32, ...vggA };
const one: Task = { ...step, batch: 1 };

export const rows = async (): Promise<readonly Measured[]> => [
  ...(await race('VGG-D, one picture', 7, forward(nets.vggD, '<= 0.55'))),
  ...(await race('ResNet-50, one picture', 9, forward(nets.resNet50, '<= 0.5'))),
  ...(await race('a step of VGG-A 32x32', 9, own(step))),
  ...(await race('the same with one picture', 5, [
    ...own(one),
    { name: '@jax-js/jax', rival: jax(one) },
  ])),
];
