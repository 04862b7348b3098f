/** onnxruntime-node. Arguments: the file of a model, and the batch. The package lies in the folder that this was started in. */
const { createRequire } = require('node:module');
const { told } = require('./told.cjs');

const ort = createRequire(`${process.cwd()}/`)('onnxruntime-node');
const [, , file, batch] = process.argv;

(async () => {
  // threads that spin while they wait would take the processor from the others
  const extra = { session: { intra_op: { allow_spinning: '0' } } };
  const session = await ort.InferenceSession.create(file, { graphOptimizationLevel: 'all', extra });
  const shape = [Number(batch), 3, 224, 224];
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i));
  console.log('ready');
  for await (const _ of require('node:readline').createInterface({ input: process.stdin })) {
    const [begin, busy] = [performance.now(), process.cpuUsage()];
    await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', data, shape) });
    told(begin, busy);
  }
})();
