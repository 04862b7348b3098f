/**
 * TensorFlow as one graph, by turns with `tf.layers` on the same library (NETC_TFJS_NODE), onnxruntime
 * (NETC_ONNXRUNTIME), PyTorch, and wasm on one thread: each in a process of its own. Needs
 * `netc doctor --install tensorflow`.
 */
import type { Measured } from './measure.ts';
import { race, resNet50, vggD, type Racer } from './race.ts';
import { netc, onnxruntime, pytorch, tfjsNode, type Task } from './rivals.ts';
import { vggA } from './step.ts';

const forward = (task: Task & { readonly what: 'forward' }, layers: string): readonly Racer[] => [
  { name: 'tensorflow', rival: netc('tensorflow', task) },
  { name: 'tf.layers', rival: tfjsNode(task), clock: layers },
  { name: 'onnxruntime', rival: onnxruntime(task), clock: '<= 1.1' },
  { name: 'PyTorch', rival: pytorch(task) },
  { name: 'wasm, one thread', rival: netc('wasm', task, { NETC_WASM_THREADS: '1' }) },
];

const training = (task: Task, layers: string): readonly Racer[] => [
  { name: 'tensorflow', rival: netc('tensorflow', task) },
  { name: 'tf.layers', rival: tfjsNode(task), clock: layers },
  { name: 'PyTorch', rival: pytorch(task), clock: '<= 1.05' },
  { name: 'wasm, one thread', rival: netc('wasm', task, { NETC_WASM_THREADS: '1' }) },
];

export const rows = async (): Promise<readonly Measured[]> => {
  const step: Task = { what: 'step', batch: 32, ...vggA };
  const normalised: Task = { ...step, normalised: true };
  const large: Task = { ...normalised, batch: 256 };
  return [
    ...(await race('VGG-D, one picture', 7, forward(vggD, '<= 0.70'))),
    ...(await race('ResNet-50, one picture', 9, forward(resNet50, '<= 0.60'))),
    ...(await race('a step of VGG-A 32x32, batch 32', 9, training(step, ''))),
    ...(await race('the same with batch norm', 9, training(normalised, '<= 0.65'))),
    // so large that the library itself is a small part of it
    ...(await race('with batch norm, batch 256', 2, [
      { name: 'tensorflow', rival: netc('tensorflow', large) },
      { name: 'tf.layers', rival: tfjsNode(large), memory: '<= 0.4' },
      { name: 'PyTorch', rival: pytorch(large) },
    ])),
  ];
};
