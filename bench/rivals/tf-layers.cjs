/** `fit` of tf.layers on the cpu backend: arguments are the layers as JSON, and the batch. */
const { createRequire } = require('node:module');
const { told } = require('./told.cjs');

// the packages lie in the folder that this was started in
const own = createRequire(`${process.cwd()}/`);
const tf = { ...own('@tensorflow/tfjs-core'), ...own('@tensorflow/tfjs-layers') };
own('@tensorflow/tfjs-backend-cpu');
const [shape, batch] = [JSON.parse(process.argv[2]), Number(process.argv[3])];
const kernelRegularizer = tf.regularizers.l2({ l2: 2.5e-4 });
const net = tf.sequential();
shape.stages.forEach(([filters, count], stage) => {
  for (let i = 0; i < count; i++)
    net.add(
      tf.layers.conv2d({
        ...(stage + i === 0 ? { inputShape: [32, 32, 3] } : {}),
        filters,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelRegularizer,
      }),
    );
  net.add(tf.layers.maxPooling2d({ poolSize: 2 }));
});
net.add(tf.layers.flatten());
shape.units.forEach((units, i) =>
  net.add(
    tf.layers.dense({
      units,
      kernelRegularizer,
      activation: i + 1 === shape.units.length ? 'softmax' : 'relu',
    }),
  ),
);
(async () => {
  await tf.setBackend('cpu');
  net.compile({ optimizer: tf.train.momentum(0.01, 0.9), loss: 'categoricalCrossentropy' });
  const x = tf.randomNormal([batch, 32, 32, 3]);
  const y = tf.oneHot(tf.range(0, batch, 1, 'int32'), shape.units.at(-1));
  console.log('ready', 1);
  for await (const _ of require('node:readline').createInterface({ input: process.stdin })) {
    const [begin, busy] = [performance.now(), process.cpuUsage()];
    await net.fit(x, y, { batchSize: batch, epochs: 1, verbose: 0 });
    told(begin, busy);
  }
})();
