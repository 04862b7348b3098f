/** onnxruntime-node. Arguments: the file of a model, the batch, and the height of pictures. The package lies in the folder that this was started in. */
const { createRequire } = require('node:module');
const { told } = require('./told.cjs');

const ort = createRequire(`${process.cwd()}/`)('onnxruntime-node');
const [, , file, batch, side] = process.argv;
const threads = require('node:os').availableParallelism();

(async () => {
  // threads that spin while they wait would take the processor from the others
  const extra = { session: { intra_op: { allow_spinning: '0' } } };
  const session = await ort.InferenceSession.create(file, {
    ...{ graphOptimizationLevel: 'all', intraOpNumThreads: threads, extra },
  });
  const shape = [Number(batch), 3, Number(side), Number(side)];
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i));
  console.log('ready', threads);
  for await (const _ of require('node:readline').createInterface({ input: process.stdin })) {
    const [begin, busy] = [performance.now(), process.cpuUsage()];
    await session.run({ [session.inputNames[0]]: new ort.Tensor('float32', data, shape) });
    told(begin, busy);
  }
})();
