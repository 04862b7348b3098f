/**
 * TensorFlow as one graph, by turns with `tf.layers` on the same library (NETC_TFJS_NODE), onnxruntime
 * (NETC_ONNXRUNTIME), PyTorch, and wasm on one thread: each in a process of its own. Needs
 * `netc doctor --install tensorflow`.
 */
import { median, type Measured } from './measure.ts';
import {
  netc,
  onnxruntime,
  pytorch,
  tfjsNode,
  type Rival,
  type Taken,
  type Task,
} from './rivals.ts';
import { vggA } from './step.ts';

/** Who runs beside netc on TensorFlow, and what is asked of the ratios of times and of memory. */
type Racer = {
  readonly name: string;
  readonly rival: Promise<Rival | undefined>;
  readonly clock?: string;
  readonly memory?: string;
};

/** Each takes a turn in every round, and the first is compared with the others. */
const race = async (title: string, rounds: number, racers: readonly Racer[]) => {
  const here: (Omit<Racer, 'rival'> & { readonly rival: Rival })[] = [];
  for (const { rival, ...racer } of racers) {
    const found = await rival;
    if (found !== undefined) here.push({ ...racer, rival: found });
  }
  const turns: Taken[][] = [];
  for (let round = 0; round < rounds + 2; round++) {
    const turn: Taken[] = [];
    for (const { rival } of here) turn.push(await rival.step());
    if (round >= 2) turns.push(turn); // graphs are made ready first
  }
  for (const { rival } of here) rival.dispose();
  const row = (of: string, value: number, unit: string, target = ''): Measured => ({
    ...{ name: `${title}, ${of}`, value, unit, target },
  });
  const ratio = (i: number, by: keyof Taken): number =>
    median(turns.map((turn) => turn[0]![by] / turn[i]![by]));
  const mean = (i: number, by: keyof Taken): number => median(turns.map((turn) => turn[i]![by]));
  return here.flatMap(({ name, clock = '', memory = '' }, i) => [
    row(name, mean(i, 'clock'), 'ms'),
    row(`${name}, memory`, mean(i, 'memory') / 2 ** 20, 'MiB'),
    ...(i === 0
      ? []
      : [
          row(`/ ${name}`, ratio(i, 'clock'), '', clock),
          row(`/ ${name}, processor time`, ratio(i, 'processor'), ''),
          row(`/ ${name}, memory`, ratio(i, 'memory'), '', memory),
        ]),
  ]);
};

const vggD: Task & { readonly what: 'forward' } = {
  ...{ what: 'forward', net: 'VGG-D', batch: 1 },
  stages: [
    ...[64, 128].map((c) => [c, 2] as const),
    ...[256, 512, 512].map((c) => [c, 3] as const),
  ],
  units: [4096, 4096, 1000],
};

const resNet50: Task & { readonly what: 'forward' } = {
  ...{ what: 'forward', net: 'ResNet-50', batch: 1 },
};

const forward = (task: Task & { readonly what: 'forward' }, layers: string): readonly Racer[] => [
  { name: 'tensorflow', rival: netc('tensorflow', task) },
  { name: 'tf.layers', rival: tfjsNode(task), clock: layers },
  { name: 'onnxruntime', rival: onnxruntime(task), clock: '<= 1.1' },
  { name: 'PyTorch', rival: pytorch(task) },
  { name: 'wasm', rival: netc('wasm', task) },
];

const training = (task: Task, layers: string): readonly Racer[] => [
  { name: 'tensorflow', rival: netc('tensorflow', task) },
  { name: 'tf.layers', rival: tfjsNode(task), clock: layers },
  { name: 'PyTorch', rival: pytorch(task), clock: '<= 1.05' },
  { name: 'wasm', rival: netc('wasm', task) },
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
