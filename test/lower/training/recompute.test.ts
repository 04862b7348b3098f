/** Recomputation changes memory, and no bit of a step. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { fuse } from '../../../src/lower/fuse.ts';
import { plan, shapesOfInputs } from '../../../src/lower/plan.ts';
import { keptIn } from '../../../src/lower/training/show-step.ts';
import { sgd } from '../../../src/lower/training/optimisers.ts';
import { trainingStep, type How } from '../../../src/lower/training/step.ts';
import { elements } from '../../../src/numeric/tensor.ts';
import { load } from '../../../src/runtime/engines/session.ts';
import { netNamed } from '../../oracle/oracle.ts';
import { example } from '../../programs.ts';
import { engine } from '../engines.ts';
import { numbers } from '../graphs.ts';

const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

const nets: { readonly [name: string]: string } = {
  'a residual net': `
import "resnet.net"
net N : [16, 16, 3] -> [4] { conv_bn3-4; relu; basics(2, 4, 1); basics(2, 8, 2); gap; fc-4; softmax }`,
  'a chain with dropout': `
def stage(c) = block { 2x (conv3(c); tanh; batchnorm); dropout-0.5; maxpool }
net N : [16, 16, 3] -> [4] { stage(4); stage(6); stage(8); flatten; fc-4; softmax }`,
  'activations that read what came in': `
def part(c) = block { conv3(c); leaky_relu(0.1); conv3(c); gelu; depthwise3; silu; lrn; conv3(c); elu; layernorm }
net N : [16, 16, 3] -> [4] { part(4); part(6); gap; fc-4; softmax }`,
  'blocks that are joined': `
def part(c) = block { conv3(c); relu; conv3(c); relu }
net N : [16, 16, 3] -> [4] { part(4); 2x (part(4) | part(4)); gap; fc-4; softmax }`,
};

const plain: How = {
  optimiser: sgd({ momentum: 0.9, nesterov: false, weightDecay: 0.1 }),
  smoothing: 0.1,
  sideLosses: {},
  decays: (weight) => weight === 'kernel',
  trains: () => true,
};
const batch = 3;

describe.each(Object.entries(nets))('%s', (_, text) => {
  const graph = netNamed({ 'resnet.net': example('resnet.net'), 'n.net': text }, 'n.net', 'N');
  const programOf = (recomputes: boolean) =>
    fuse(right(trainingStep(graph, { ...plain, recomputes })).program);
  const [kept, again] = [programOf(false), programOf(true)];
  const shapes = shapesOfInputs(kept, batch, [16, 16, 3]);

  it('keeps less for the backward pass', () => {
    const bytesOf = (program: typeof kept): number =>
      keptIn(plan(program, shapes)).reduce((sum, { bytes }) => sum + bytes, 0);
    expect(bytesOf(again)).toBeLessThan(0.7 * bytesOf(kept));
    expect(again.calls.length).toBeGreaterThan(kept.calls.length);
    expect(plan(again, shapes).peakBytes).toBeLessThan(plan(kept, shapes).peakBytes);
  });

  it('takes the same steps, bit for bit', async () => {
    const on = await engine('wasm');
    const filled = (shape: readonly number[], seed: number) => ({
      shape,
      data: numbers(elements(shape), seed),
    });
    const end = async (program: typeof kept) => {
      const weights = new Map(
        program.parameters.map(({ path, shape }, i) => [path, filled(shape, i + 1)]),
      );
      const session = right(
        load(on, program, (path) => {
          const { shape, data } = weights.get(path)!;
          return { shape, data: path.endsWith('variance') ? data.map((n) => n * n + 0.5) : data };
        }),
      );
      const inputs = Object.fromEntries(
        Object.entries(shapes).map(([name, shape], i) => [name, filled(shape, 50 + i)]),
      );
      const outputs: unknown[] = [];
      for (let step = 1; step <= 2; step++)
        for (const { name, data } of right(await session.step(inputs)))
          outputs.push([name, [...data]]);
      const states: unknown[] = [];
      for (const { path } of program.state)
        states.push([path, [...(await session.read(path)).data]]);
      session.dispose();
      return { outputs, states };
    };
    expect(await end(again)).toEqual(await end(kept));
  });
});
