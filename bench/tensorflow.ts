/**
 * TensorFlow as one graph, by turns with `tf.layers` on the same library (NETC_TFJS_NODE), onnxruntime
 * (NETC_ONNXRUNTIME), PyTorch, and wasm on one thread: each in a process of its own. Needs
 * `netc doctor --install tensorflow`.
 */
import type { Measured } from './measure.ts';
import { nets, race, type Racer } from './race.ts';
import { netc, onnxruntime, pytorch, tfjsNode, type Forward, type Task } from './rivals.ts';
import { vggA } from './step.ts';

const forward = (task: Forward, layers = '', onnx = ''): readonly Racer[] => [
  { name: 'tensorflow', rival: netc('tensorflow', task) },
  { name: 'tf.layers', rival: tfjsNode(task), clock: layers },
  { name: 'onnxruntime', rival: onnxruntime(task), clock: onnx },
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
  const { vggD, resNet50, denseNet121, resNet20 } = nets;
  const eight = (net: Forward): readonly Racer[] => forward({ ...net, batch: 8 });
  const step: Task = { what: 'step', batch: 32, side: 32, ...vggA };
  const normalised: Task = { ...step, normalised: true };
  const large: Task = { ...normalised, batch: 256 };
  return [
    ...(await race('VGG-D, one picture', 7, forward(vggD, '<= 0.70', '<= 1.1'))),
    ...(await race('ResNet-50, one picture', 9, forward(resNet50, '<= 0.60', '<= 1.1'))),
    ...(await race('DenseNet-121, one picture', 9, forward(denseNet121))),
    ...(await race('ResNet-20, one picture', 25, forward(resNet20))),
    ...(await race('VGG-D, eight pictures', 3, eight(vggD))),
    ...(await race('ResNet-50, eight pictures', 3, eight(resNet50))),
    ...(await race('DenseNet-121, eight pictures', 3, eight(denseNet121))),
    ...(await race('ResNet-20, eight pictures', 9, eight(resNet20))),
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
