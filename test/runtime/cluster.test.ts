/** Workers that train together, as far as no library is needed: who is there, and what they report of their shares. */
import * as net from 'node:net';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { graphOf as nodesOf } from '../../src/runtime/engines/tensorflow/graph.ts';
import { plan } from '../../src/lower/plan.ts';
import { call, refusalOf } from '../../src/runtime/node/cluster/ports.ts';
import { missingAfter, watchOver } from '../../src/runtime/node/cluster/watch.ts';
import { addScores, type Scores } from '../../src/runtime/train/scores.ts';
import { readReport, reportLength, written } from '../../src/runtime/train/report.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { programWith } from '../lower/programs.ts';

/** A server on a port of this machine, which is free where none is given. */
const listening = async (port = 0): Promise<{ address: string; close: () => Promise<void> }> => {
  const server = net.createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const at = server.address();
  if (typeof at !== 'object' || at === null) throw new Error('a server has no port');
  return {
    address: `127.0.0.1:${at.port}`,
    close: () => new Promise((done) => server.close(() => done())),
  };
};

const patience = { arrival: 300, between: 20, call: 500 };

it('calls a port', async () => {
  const server = await listening();
  expect(await call(server.address, 500)).toBe('answers');
  expect(await refusalOf(server.address)).toBe('EADDRINUSE');
  await server.close();
  expect(await call(server.address, 500)).toBe('refuses');
  expect(await refusalOf(server.address)).toBeUndefined();
});

it('waits for workers that come late, and names those that do not', async () => {
  const [early, late, never] = [await listening(), await listening(), await listening()];
  await late.close();
  await never.close();
  const addresses = ['this:1', early.address, late.address, never.address];
  const waiting = missingAfter({ addresses, rank: 0 }, patience);
  const again = await listening(Number(late.address.split(':')[1]));
  expect(await waiting).toEqual([3]);
  await Promise.all([early.close(), again.close()]);
});

it('says once which worker is lost', async () => {
  const [stays, goes] = [await listening(), await listening()];
  const told: (readonly number[])[] = [];
  const addresses = [stays.address, 'this:1', goes.address];
  const watch = watchOver({ addresses, rank: 1 }, patience, (lost) => told.push(lost));
  expect(await watch.lostWithin(100)).toEqual([]);
  await goes.close();
  expect(await watch.lostWithin(2000)).toEqual([2]);
  await new Promise((done) => setTimeout(done, 100));
  expect(told).toEqual([[2]]);
  await stays.close();
});

it('says nothing of workers that end when all do', async () => {
  const other = await listening();
  const told: (readonly number[])[] = [];
  const watch = watchOver({ addresses: [other.address, 'this:1'], rank: 1 }, patience, (lost) =>
    told.push(lost),
  );
  watch.end();
  await other.close();
  await new Promise((done) => setTimeout(done, 150));
  expect(told).toEqual([]);
});

it('adds up what workers report to what one would report of all', () => {
  const count = fc.nat(1000);
  const scores = fc.record({
    pictures: count,
    loss: fc.nat(99).map((n) => n / 4),
    top1: count,
    top5: count,
  });
  const report = fc.record({
    loss: fc.nat(99).map((n) => n / 8),
    scores: fc.tuple(scores, scores),
    endAsked: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(report, { minLength: 1, maxLength: 4 }), (all) => {
      const sum = new Float32Array(reportLength(2));
      for (const one of all) written(one).data.forEach((x, i) => (sum[i]! += x));
      const [first, ...others] = all;
      expect(readReport({ shape: [sum.length], data: sum })).toEqual({
        loss: all.reduce((n, { loss }) => n + loss, 0),
        endAsked: all.some(({ endAsked }) => endAsked),
        scores: first!.scores.map((of, i) =>
          others.reduce((s: Scores, other) => addScores(s, other.scores[i]!), of),
        ),
      });
    }),
  );
});

it('adds up in the graph what a program says, and nothing where it is alone', () => {
  const program = programWith({ inputs: { input: [3] } }, ({ input }) => ({
    outputs: { y: kernel({ op: 'Square' }, input!) },
  }));
  const reduced = { ...program, allReduced: program.inputs.map(({ id }) => id) };
  const collectives = (workers: number) =>
    nodesOf([], [{ plan: plan(reduced, { input: [1, 3] }), keepsNaN: true }], workers)
      .filter(({ op }) => op === 'CollectiveReduceV2')
      .map(({ name }) => name);
  expect(collectives(1)).toEqual([]);
  expect(collectives(2)).toEqual(['plan0/sum0']);
});
