/** The first layer whose numbers are not finite is found, forward, on the way back, and in what comes in. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { sgd } from '../../../src/lower/training/optimisers.ts';
import type { How } from '../../../src/lower/training/step.ts';
import { elements } from '../../../src/numeric/tensor.ts';
import type { Batch } from '../../../src/runtime/batches/loader.ts';
import { programsFor, trainerFor } from '../../../src/runtime/train/trainer.ts';
import type { Unsound } from '../../../src/runtime/train/unsound.ts';
import { engine } from '../../lower/engines.ts';
import { numbers } from '../../lower/graphs.ts';
import { netNamed } from '../../oracle/oracle.ts';

const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

const how: How = {
  optimiser: sgd({ momentum: 0, nesterov: false, weightDecay: 0 }),
  smoothing: 0,
  sideLosses: {},
  decays: () => false,
  trains: () => true,
};

const size = [6, 6, 3];
const batchOf = (images: number): Batch => ({
  position: 0,
  shape: [images, ...size],
  data: numbers(images * elements(size), 1),
  labels: Uint32Array.from({ length: images }, (_, i) => i % 2),
  indices: Uint32Array.from({ length: images }, (_, i) => i),
});

type Planted = {
  readonly body: string;
  /** replaces a weight, by the end of its path */
  readonly weight?: readonly [path: string, number];
  readonly picture?: number; // that has NaN in it
};

const found = async (name: string, parts: number, planted: Planted) => {
  const text = `net N : [6, 6, 3] -> [2] { ${planted.body} }`;
  const graph = netNamed({ 'n.net': text }, 'n.net', 'N');
  const programs = right(programsFor(graph, { ...how, parts }));
  const weights = new Map(
    programs.step.program.parameters.map(({ path, shape }, i) => {
      const [end, value] = planted.weight ?? ['', 0];
      const data = numbers(elements(shape), i + 1);
      return [path, { shape, data: end !== '' && path.endsWith(end) ? data.fill(value) : data }];
    }),
  );
  const trainer = right(
    trainerFor({
      engine: await engine(name),
      programs,
      begin: (path) => weights.get(path),
      seed: 1,
    }),
  );
  const batch = batchOf(4);
  if (planted.picture !== undefined) batch.data[planted.picture * elements(size) + 5] = NaN;
  const at = { rate: 0.1, step: 1 };
  const before = await trainer.parameters();
  const { loss, norm } = right(await trainer.step({ ...batch, data: batch.data.slice() }, at));
  const unsound = right(await trainer.unsound(batch, at));
  expect(await trainer.parameters()).toEqual(
    unsound === undefined ? await trainer.parameters() : before,
  );
  trainer.dispose();
  expect(Number.isFinite(loss) && Number.isFinite(norm)).toBe(unsound === undefined);
  return unsound;
};

const rest = 'gap; fc-2; softmax';

const cases: { readonly [what: string]: readonly [Planted, Partial<Unsound> | undefined] } = {
  'nothing that is wrong': [{ body: `conv3-4; relu; ${rest}` }, undefined],
  'an overflow in a middle layer': [
    { body: `conv3-4; relu; 3x scale(1e9); conv3-4; 3x scale(1e9); conv3-4; ${rest}` },
    { tag: 'call', path: 'N/scale5', isForward: true, fault: '∞' },
  ],
  'an overflow on the way back': [
    { body: `conv3-4; relu; 5x scale(1e-9); 5x scale(1e9); ${rest}` },
    { tag: 'call', path: 'N/scale6', isForward: false, fault: '∞' },
  ],
  'squares of gradients that overflow': [
    { body: `conv3-4; relu; 2x scale(1e9); scale(1e4); ${rest}` },
    { tag: 'call', path: 'N', isForward: false, fault: '∞' },
  ],
  'a power that overflows and comes to nothing, and another that does not': [
    { body: `conv3-4; scale(1e6); silu; scale(1e-6); 5x scale(1e9); ${rest}` },
    { tag: 'call', path: 'N/scale7', isForward: true, fault: '∞' },
  ],
  'a weight that was infinite before': [
    { body: `conv3-4; relu; ${rest}`, weight: ['fc1/bias', Infinity] },
    { tag: 'state', path: 'N/fc1/bias', fault: '∞' },
  ],
  'large weights': [
    { body: `conv3-4; relu; conv3-4; ${rest}`, weight: ['conv2/kernel', 3e38] },
    { tag: 'call', path: 'N/conv2', isForward: true },
  ],
  'a picture that is not finite': [
    { body: `conv3-4; relu; ${rest}`, picture: 3 },
    { tag: 'input', name: 'input', place: 3, fault: 'NaN' },
  ],
};

describe.each(['wasm', 'cpu'])('on %s', (name) =>
  describe.each([1, 2])('in %i parts', (parts) =>
    it.each(Object.entries(cases))('finds %s', async (_, [planted, expected]) => {
      const unsound = await found(name, parts, planted);
      if (expected === undefined) expect(unsound).toBeUndefined();
      else expect(unsound).toMatchObject(expected);
      if (unsound?.tag === 'call') {
        expect(unsound.values + unsound.weights).toBeGreaterThan(0);
        expect(Number.isFinite(unsound.values + unsound.weights)).toBe(true);
      }
    }),
  ),
);
