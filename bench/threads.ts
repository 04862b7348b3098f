/** wasm on all cores, by turns with itself on one thread and with `tf.layers` on wasm (NETC_TF_LAYERS). */
import type { Measured } from './measure.ts';
import { nets, race, type Racer } from './race.ts';
import { netc, tfjsWasm, type Task } from './rivals.ts';
import { vggA } from './step.ts';

const racers = (task: Task, stock: string): readonly Racer[] => [
  { name: 'wasm', rival: netc('wasm', task) },
  { name: 'one thread', rival: netc('wasm', task, { NETC_WASM_THREADS: '1' }) },
  ...(task.what === 'step'
    ? [] // which stock TensorFlow.js cannot take on wasm
    : [{ name: 'tf.layers on wasm', rival: tfjsWasm(task), clock: stock }]),
];

export const rows = async (): Promise<readonly Measured[]> => [
  ...(await race('VGG-D, one picture', 7, racers(nets.vggD, '<= 0.55'))),
  ...(await race('ResNet-50, one picture', 9, racers(nets.resNet50, '<= 0.5'))),
  ...(await race(
    'a step of VGG-A 32x32',
    9,
    racers({ what: 'step', batch: 32, side: 32, ...vggA }, ''),
  )),
];
