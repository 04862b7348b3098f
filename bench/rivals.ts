/** Steps of training by others, each in a process of its own that takes one for each line it reads. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Stages } from './stages.ts';
import { sure } from './measure.ts';

/** Stages of convolutions, then layers that are fully connected: what every rival can be told. */
export type Layers = {
  readonly stages: Stages;
  readonly units: readonly number[];
  readonly normalised?: boolean; // a batch norm behind each convolution
};

/** Milliseconds of a step on the clock and of the processor, which others on the machine move less. */
export type Taken = { readonly clock: number; readonly processor: number };

export type Rival = { readonly step: () => Promise<Taken>; readonly dispose: () => void };

/** A rival, where it is installed. */
export type Start = (layers: Layers, batch: number) => Promise<Rival | undefined>;

const inProcess = async (
  command: string,
  args: readonly string[],
  cwd?: string,
): Promise<Rival | undefined> => {
  const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface({ input: sure(child.stdout, 'output') })[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => {
    const { value, done } = await lines.next();
    return done === true ? undefined : value;
  };
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  if ((await next()) !== 'ready') return undefined;
  return {
    step: async () => {
      child.stdin.write('\n');
      const [clock = NaN, processor = NaN] = ((await next()) ?? '').split(' ').map(Number);
      return { clock, processor };
    },
    dispose: () => void child.kill(),
  };
};

const python = `
import json, sys, time
import torch, torch.nn as nn, torch.nn.functional as F
shape, batch = json.loads(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(2)
layers, c, size = [], 3, 32
for channels, count in shape["stages"]:
    for _ in range(count):
        layers += [nn.Conv2d(c, channels, 3, padding=1)]
        layers += [nn.BatchNorm2d(channels)] * shape.get("normalised", False)
        layers += [nn.ReLU(inplace=True)]
        c = channels
    layers.append(nn.MaxPool2d(2))
    size //= 2
layers.append(nn.Flatten())
c *= size * size
for i, units in enumerate(shape["units"]):
    layers += [nn.ReLU(inplace=True)] * (i > 0) + [nn.Linear(c, units)]
    c = units
net = nn.Sequential(*layers)
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4)
x, y = torch.randn(batch, 3, 32, 32), torch.arange(batch) % c
print("ready", flush=True)
for _ in sys.stdin:
    begin, busy = time.perf_counter(), time.process_time()
    optimizer.zero_grad()
    F.cross_entropy(net(x), y).backward()
    optimizer.step()
    print(1000 * (time.perf_counter() - begin), 1000 * (time.process_time() - busy), flush=True)
`;

/** What TensorFlow.js is told of a net: VGG-D on one picture, or a step of VGG-A for 32 × 32, perhaps normalised. */
export type OnAddon = 'forward' | 'step' | 'normalised step';

const onAddon = `
const util = require('util');
util.isNullOrUndefined ??= (x) => x == null;
util.isArray ??= Array.isArray;
const tf = require('@tensorflow/tfjs-node-gpu');
const what = process.argv[1];
const side = what === 'forward' ? 224 : 32;
const stages = what === 'forward'
  ? [[64, 2], [128, 2], [256, 3], [512, 3], [512, 3]]
  : [[64, 1], [128, 1], [256, 2], [512, 2], [512, 2]];
const units = what === 'forward' ? [4096, 4096, 1000] : [512, 512, 10];
const isNormalised = what === 'normalised step';
const net = tf.sequential();
stages.forEach(([filters, count], stage) => {
  for (let i = 0; i < count; i++) {
    net.add(tf.layers.conv2d({
      ...(stage + i === 0 ? { inputShape: [side, side, 3] } : {}),
      filters, kernelSize: 3, padding: 'same', biasInitializer: 'randomNormal',
      activation: isNormalised ? undefined : 'relu',
    }));
    if (isNormalised) net.add(tf.layers.batchNormalization());
    if (isNormalised) net.add(tf.layers.activation({ activation: 'relu' }));
  }
  net.add(tf.layers.maxPooling2d({ poolSize: 2 }));
});
net.add(tf.layers.flatten());
units.forEach((n, i) => net.add(tf.layers.dense({
  units: n, activation: i + 1 === units.length ? 'softmax' : 'relu', biasInitializer: 'randomNormal',
})));
const batch = what === 'forward' ? 1 : 32;
const x = tf.randomNormal([batch, side, side, 3]);
const y = tf.oneHot(tf.range(0, batch, 1, 'int32').mod(tf.scalar(10, 'int32')), units.at(-1));
if (what !== 'forward')
  net.compile({ optimizer: tf.train.momentum(0.01, 0.9), loss: 'categoricalCrossentropy' });
(async () => {
  console.log('ready');
  for await (const _ of require('node:readline').createInterface({ input: process.stdin })) {
    const [begin, busy] = [performance.now(), process.cpuUsage()];
    if (what === 'forward') tf.tidy(() => net.predict(x).dataSync());
    else await net.trainOnBatch(x, y);
    const { user, system } = process.cpuUsage(busy);
    console.log(performance.now() - begin, (user + system) / 1e3);
  }
})();
`;

/** \`tf.layers\` on tfjs-node with the addon that netc uses; NETC_TFJS_NODE is a folder where the package has it. */
export const tfjsNode = async (what: OnAddon): Promise<Rival | undefined> => {
  const folder = process.env['NETC_TFJS_NODE'];
  return folder === undefined
    ? undefined
    : inProcess(process.execPath, ['-e', onAddon, what], folder);
};

/** On two cores, by /usr/bin/python3. */
export const pytorch: Start = (layers, batch) =>
  inProcess('/usr/bin/python3', ['-c', python, JSON.stringify(layers), String(batch)]);

const javascript = `
const tf = { ...require('@tensorflow/tfjs-core'), ...require('@tensorflow/tfjs-layers') };
require('@tensorflow/tfjs-backend-cpu');
const [shape, batch] = [JSON.parse(process.argv[1]), Number(process.argv[2])];
const kernelRegularizer = tf.regularizers.l2({ l2: 2.5e-4 });
const net = tf.sequential();
shape.stages.forEach(([filters, count], stage) => {
  for (let i = 0; i < count; i++)
    net.add(tf.layers.conv2d({
      ...(stage + i === 0 ? { inputShape: [32, 32, 3] } : {}),
      filters, kernelSize: 3, padding: 'same', activation: 'relu', kernelRegularizer,
    }));
  net.add(tf.layers.maxPooling2d({ poolSize: 2 }));
});
net.add(tf.layers.flatten());
shape.units.forEach((units, i) => net.add(tf.layers.dense({
  units, kernelRegularizer, activation: i + 1 === shape.units.length ? 'softmax' : 'relu',
})));
(async () => {
  await tf.setBackend('cpu');
  net.compile({ optimizer: tf.train.momentum(0.01, 0.9), loss: 'categoricalCrossentropy' });
  const x = tf.randomNormal([batch, 32, 32, 3]);
  const y = tf.oneHot(tf.range(0, batch, 1, 'int32'), shape.units.at(-1));
  console.log('ready');
  for await (const _ of require('node:readline').createInterface({ input: process.stdin })) {
    const [begin, busy] = [performance.now(), process.cpuUsage()];
    await net.fit(x, y, { batchSize: batch, epochs: 1, verbose: 0 });
    const { user, system } = process.cpuUsage(busy);
    console.log(performance.now() - begin, (user + system) / 1e3);
  }
})();
`;

/** `fit` on the cpu backend; NETC_TF_LAYERS is a folder where @tensorflow/tfjs-layers and its backend are installed. */
export const tfLayers: Start = (layers, batch) =>
  inProcess(
    process.execPath,
    ['-e', javascript, JSON.stringify(layers), String(batch)],
    process.env['NETC_TF_LAYERS'] ?? '.',
  );
