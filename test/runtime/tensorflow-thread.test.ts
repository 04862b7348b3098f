/** What is sent to the thread of TensorFlow, where the library is installed. */
import { Worker } from 'node:worker_threads';
import { expect, it, vi } from 'vitest';
import { kernel } from '../../src/kernel/kernel.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { engine, engineNames, loadProgram, outputsOf } from '../lower/engines.ts';
import { programWith } from '../lower/programs.ts';

const program = programWith({ inputs: { input: [3] } }, ({ input }) => ({
  outputs: { y: kernel({ op: 'Square' }, input!) },
}));

/** The bytes of all buffers that numbers lie in, in what is sent. */
const bytesIn = (sent: unknown): number => {
  if (ArrayBuffer.isView(sent)) return sent.buffer.byteLength;
  const parts = typeof sent === 'object' && sent !== null ? Object.values(sent) : [];
  return parts.reduce((n: number, part) => n + bytesIn(part), 0);
};

it.runIf(engineNames.includes('tensorflow'))('sends a view without its buffer', async () => {
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
