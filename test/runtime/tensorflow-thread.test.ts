/** What is sent to the thread of TensorFlow, where the library is installed. */
import { Worker } from 'node:worker_threads';
import { expect, it, vi } from 'vitest';
import { kernelsOf } from '../../src/compile.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { initialValues } from '../../src/runtime/store/initialise.ts';
import { engine, engineNames, loadProgram, outputsOf } from '../lower/engines.ts';
import { inputOf } from '../lower/graphs.ts';
import { programWith } from '../lower/programs.ts';
import { netOf } from '../rewrite/nets.ts';

const program = programWith({ inputs: { input: [3] } }, ({ input }) => ({
  outputs: { y: kernel({ op: 'Square' }, input!) },
}));

/** The bytes of all buffers that numbers lie in, in what is sent. */
const bytesIn = (sent: unknown): number => {
  if (ArrayBuffer.isView(sent)) return sent.buffer.byteLength;
  const parts = typeof sent === 'object' && sent !== null ? Object.values(sent) : [];
  return parts.reduce((n: number, part) => n + bytesIn(part), 0);
};

const isHere = engineNames.includes('tensorflow');

it
  .runIf(isHere)
  .each([
    'conv7-8/2; relu; maxpool3/2(pad = 1); 6x (conv3-8; relu); gap; fc-3; softmax',
    '4x ((id + (conv1-3; relu; conv3-3; relu; conv1-3)); relu); gap; fc-3; softmax',
    '12x (conv3-16; batchnorm; relu); gap; fc-3; softmax',
  ])('computes %s once: a version that keeps NaN is another model', async (layers) => {
  const graph = netOf('[32, 32, 3]', '[3]', layers);
  const weights = new Map(graph.nodes.flatMap((n) => n.weights).map((w) => [w.path, w]));
  const session = loadProgram(await engine('tensorflow'), kernelsOf(graph), (path) => ({
    ...{ shape: weights.get(path)!.spec.shape, data: initialValues(weights.get(path)!, 1) },
  }));
  const post = vi.spyOn(Worker.prototype, 'postMessage');
  await outputsOf(session, inputOf([1, 32, 32, 3]));
  const opened = post.mock.calls.filter(([asked]) => asked.tag === 'open').length;
  post.mockRestore();
  session.dispose();
  expect(opened).toBe(1);
});

it.runIf(isHere)('sends a view without its buffer', async () => {
  const session = loadProgram(await engine('tensorflow'), program);
  const all = new Float32Array(1000).fill(2);
  const x: HostTensor = { shape: [1, 3], data: all.subarray(10, 13) };
  await outputsOf(session, x);
  const post = vi.spyOn(Worker.prototype, 'postMessage');
  const sizes: number[] = [];
  post.mockImplementation(function (this: Worker, ...message) {
    sizes.push(bytesIn(message[0]));
    post.mockRestore();
    this.postMessage(...message);
  });
  const [y] = await outputsOf(session, x);
  expect(sizes).toEqual([3 * 4]);
  expect(y!.data).toEqual(Float32Array.of(4, 4, 4));
  expect(all.length).toBe(1000); // and it is still there
  session.dispose();
});
