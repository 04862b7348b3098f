/**
 * tf.layers on tfjs-node, or on wasm. Arguments: `node` or `wasm`, and the JSON of a task: what is done, with which net, and
 * the batch. The packages lie in the folder that this was started in.
 */
const util = require('node:util');
util.isNullOrUndefined ??= (x) => x == null; // that are missing in newer Nodes
util.isArray ??= Array.isArray;
const { createRequire } = require('node:module');
const { told } = require('./told.cjs');

const own = createRequire(`${process.cwd()}/`);
const [, , backend, task] = process.argv;
const tf =
  backend === 'node'
    ? own('@tensorflow/tfjs-node-gpu')
    : { ...own('@tensorflow/tfjs-core'), ...own('@tensorflow/tfjs-layers') };
if (backend === 'wasm') own('@tensorflow/tfjs-backend-wasm');
const { what, net, batch, side, normalised, stages, units } = JSON.parse(task);
const { layers } = tf;
// biases of zeros would be folded away, and with them what a bias costs
const biased = { biasInitializer: 'randomNormal' };

const vgg = () => {
  const all = tf.sequential();
  const inputShape = [side, side, 3];
  stages.forEach(([filters, count], stage) => {
    for (let i = 0; i < count; i++) {
      all.add(
        layers.conv2d({
          ...(stage + i === 0 ? { inputShape } : {}),
          ...{ filters, kernelSize: 3, padding: 'same', ...biased },
          activation: normalised ? undefined : 'relu',
        }),
      );
      if (normalised) all.add(layers.batchNormalization());
      if (normalised) all.add(layers.activation({ activation: 'relu' }));
    }
    all.add(layers.maxPooling2d({ poolSize: 2 }));
  });
  all.add(layers.flatten());
  units.forEach((n, i) => {
    const activation = i + 1 === units.length ? 'softmax' : 'relu';
    all.add(layers.dense({ units: n, activation, ...biased }));
  });
  return all;
};

/** ResNet-50 whose batch norms are folded into the convolutions. */
const resNet50 = () => {
  const conv = (x, filters, kernelSize, strides, activation) => {
    const pad = (kernelSize - 1) / 2;
    const padded = strides > 1 && pad > 0 ? layers.zeroPadding2d({ padding: pad }).apply(x) : x;
    const padding = padded === x ? 'same' : 'valid';
    return layers
      .conv2d({ filters, kernelSize, strides, padding, activation, ...biased })
      .apply(padded);
  };
  const input = tf.input({ shape: [224, 224, 3] });
  let x = layers.zeroPadding2d({ padding: 1 }).apply(conv(input, 64, 7, 2, 'relu'));
  x = layers.maxPooling2d({ poolSize: 3, strides: 2 }).apply(x);
  [3, 4, 6, 3].forEach((count, stage) => {
    for (let i = 0; i < count; i++) {
      const [width, strides] = [64 << stage, i === 0 && stage > 0 ? 2 : 1];
      const narrow = conv(x, width, 1, 1, 'relu');
      const wide = conv(conv(narrow, width, 3, strides, 'relu'), 4 * width, 1, 1, undefined);
      const shortcut = i === 0 ? conv(x, 4 * width, 1, strides, undefined) : x;
      const sum = layers.add().apply([wide, shortcut]);
      x = relu(sum);
    }
  });
  return classified(input, x, 1000);
};

const relu = (x) => layers.activation({ activation: 'relu' }).apply(x);
const norm = (x) => layers.batchNormalization().apply(x);
const plain = (x, filters, kernelSize, strides = 1) =>
  layers.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false }).apply(x);

const classified = (input, x, units) => {
  const pooled = layers.globalAveragePooling2d({}).apply(x);
  const outputs = layers.dense({ units, activation: 'softmax', ...biased }).apply(pooled);
  return tf.model({ inputs: input, outputs });
};

const denseNet121 = () => {
  const input = tf.input({ shape: [224, 224, 3] });
  let x = relu(norm(plain(input, 64, 7, 2)));
  x = layers.zeroPadding2d({ padding: 1 }).apply(x);
  x = layers.maxPooling2d({ poolSize: 3, strides: 2 }).apply(x);
  [6, 12, 24, 16].forEach((count, block) => {
    if (block > 0) {
      const half = plain(relu(norm(x)), x.shape[3] / 2, 1);
      x = layers.averagePooling2d({ poolSize: 2 }).apply(half);
    }
    for (let i = 0; i < count; i++) {
      const more = plain(relu(norm(plain(relu(norm(x)), 128, 1))), 32, 3);
      x = layers.concatenate().apply([x, more]);
    }
  });
  return classified(input, relu(norm(x)), 1000);
};

/** ResNet-20 for 32 × 32 pixels; its shortcuts have no parameters. */
const resNet20 = () => {
  const input = tf.input({ shape: [32, 32, 3] });
  let x = relu(norm(plain(input, 16, 3)));
  for (const width of [16, 32, 64])
    for (let i = 0; i < 3; i++) {
      const widens = width > x.shape[3];
      const y = norm(plain(relu(norm(plain(x, width, 3, widens ? 2 : 1))), width, 3));
      let shortcut = x;
      if (widens) {
        const fewer = layers.maxPooling2d({ poolSize: 1, strides: 2 }).apply(x);
        // read as if channels came first, the last axis is a width
        shortcut = layers
          .zeroPadding2d({
            padding: [
              [0, 0],
              [0, width / 2],
            ],
            dataFormat: 'channelsFirst',
          })
          .apply(fewer);
      }
      x = relu(layers.add().apply([shortcut, y]));
    }
  return classified(input, x, 10);
};

const nets = { 'ResNet-50': resNet50, 'DenseNet-121': denseNet121, 'ResNet-20': resNet20 };

(async () => {
  if (backend === 'wasm') await tf.setBackend('wasm');
  const model = (nets[net] ?? vgg)();
  const x = tf.randomNormal([batch, side, side, 3]);
  const labels = (classes) =>
    tf.oneHot(tf.range(0, batch, 1, 'int32').mod(tf.scalar(classes, 'int32')), classes);
  const y = what === 'step' ? labels(units.at(-1)) : undefined;
  if (what === 'step')
    model.compile({ optimizer: tf.train.momentum(0.01, 0.9), loss: 'categoricalCrossentropy' });
  // stock TensorFlow.js has one thread on wasm in Node
  console.log('ready', backend === 'wasm' ? 1 : require('node:os').availableParallelism());
  for await (const _ of require('node:readline').createInterface({ input: process.stdin })) {
    const [begin, busy] = [performance.now(), process.cpuUsage()];
    if (what === 'step') await model.trainOnBatch(x, y);
    else tf.tidy(() => model.predict(x).dataSync());
    told(begin, busy);
  }
})();
