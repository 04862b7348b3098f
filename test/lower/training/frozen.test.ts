/** Frozen layers take no part: no gradient, nothing that the optimiser keeps, and batch norm as at inference. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Graph, GraphNode } from '../../../src/graph/graph.ts';
import { fuse } from '../../../src/lower/fuse.ts';
import { kernels } from '../../../src/lower/from-graph.ts';
import { plan, shapesOfInputs } from '../../../src/lower/plan.ts';
import { macsOfStep } from '../../../src/lower/training/macs.ts';
import { sgd } from '../../../src/lower/training/optimisers.ts';
import type { How, Step } from '../../../src/lower/training/step.ts';
import { image, vectorType } from '../../../src/ops/types.ts';
import { macsOf } from '../../../src/typecheck/net/costs.ts';
import { evaluate } from '../../../src/runtime/engines/reference.ts';
import { engine, engineNames, loadProgram } from '../engines.ts';
import { graphOf, inputOf, weightsOf } from '../graphs.ts';
import { randomNet } from '../random-nets.ts';
import { expectGradients, labelsOf, pointOf, stepAt, stepOf } from './steps.ts';

const square = (n: number) => ({ h: n, w: n });

/** The number of the last layer of the body, whose paths are those of its operators and numbers. */
const lastOfBody = 7;

/** Two convolutions with batch norm, an average, and a head of two layers. */
const net = graphOf(image(6, 6, 2), (b) => {
  for (const channels of [3, 4]) {
    b.op('conv', { size: square(3), channels });
    b.op('batchnorm');
    b.op('relu');
  }
  b.op('gap');
  b.op('fc', { units: 5 });
  b.op('relu');
  b.op('fc', { units: 3 });
  return b.op('softmax');
});

const isHead = ({ id }: Pick<GraphNode, 'id'>): boolean => id > lastOfBody;

const moved = ({ program }: Step): readonly string[] =>
  program.state.filter((s) => s.next !== undefined).map((s) => s.path);

describe('a step whose body is frozen', () => {
  const how: Partial<How> = { trains: isHead };

  it('moves the head by the gradients of the head', () => expectGradients(net, [6, 6, 2], how));

  it('moves nothing of the body, not even running statistics', () => {
    const head = net.nodes.filter(isHead).flatMap(({ weights }) => weights.map((w) => w.path));
    expect(moved(stepOf(net, how))).toEqual(head);
  });

  it('computes nothing on the way back but the head', () => {
    const step = stepOf(net, how);
    const loss = step.program.outputs[0]!.id;
    const at = step.program.calls.findIndex(({ outputs }) => outputs.includes(loss));
    const body = new Set(net.nodes.filter((n) => !isHead(n)).map(({ path }) => path));
    expect(step.program.calls.slice(at + 1).filter(({ path }) => body.has(path))).toEqual([]);
  });

  it('is the step of the head alone on the features, bit for bit', () => {
    const head = graphOf(vectorType(4), (b) => {
      b.op('fc', { units: 5 });
      b.op('relu');
      b.op('fc', { units: 3 });
      return b.op('softmax');
    });
    const whole = stepOf(net, how);
    const point = pointOf(net, whole, [6, 6, 2]);
    const after = stepAt(whole, point);
    const body: Graph = { ...net, outputs: [{ name: 'output', id: lastOfBody }] };
    const [features] = evaluate(kernels(body), { input: point.get('input')! }, (path) =>
      point.get(path)!,
    );
    const alone = stepOf(head);
    const theirs = (path: string): string =>
      path.replace(/fc(\d+)/, (_, n: string) => `fc${Number(n) + lastOfBody}`);
    const own = new Map(
      [...pointOf(head, alone, [4]).keys()].map((name) => [name, point.get(theirs(name))!]),
    );
    const result = stepAt(alone, own.set('input', features!));
    for (const [name, value] of result) expect(value, name).toEqual(after.get(theirs(name)));
  });

  it('has the norm of the gradients that there are', () => {
    const step = stepOf(net, how);
    const point = pointOf(net, step, [6, 6, 2]);
    const after = stepAt(step, point);
    const moves = moved(step).flatMap((path) =>
      Array.from(point.get(path)!.data, (before, i) => before - after.get(path)!.data[i]!),
    );
    expect(after.get('norm')!.data[0]).toBeCloseTo(Math.hypot(...moves), 9);
  });

  it('keeps nothing of the body for the optimiser, and no sums of its gradients', () => {
    const optimiser = sgd({ momentum: 0.9, nesterov: false, weightDecay: 1e-2 });
    const step = stepOf(net, { ...how, optimiser, decays: () => true, parts: 2 });
    const head = net.nodes.filter(isHead).flatMap(({ weights }) => weights.map((w) => w.path));
    expect(step.slots).toEqual(head.map((path) => `${path}/velocity`));
    expect(step.sums).toEqual(head.map((path) => `${path}/sum`));
  });
});

describe('where something is trained below what is frozen', () => {
  const frozen = new Set([4, 5, 10]); // a convolution with its batch norm, and the last layer
  const trains = ({ id }: GraphNode): boolean => !frozen.has(id);

  it('gradients go through it', () => expectGradients(net, [6, 6, 2], { trains }));

  it.each([{ recomputes: true }, { parts: 2 }, { clip: 0.1 }])('and so with %o', (more) => {
    const step = stepOf(net, { trains, ...more });
    const all = [
      ...moved(step),
      ...(step.move === undefined ? [] : moved({ ...step, program: step.move })),
    ];
    const stay = net.nodes.filter((n) => !trains(n)).flatMap(({ weights }) => weights);
    expect(all.length).toBeGreaterThan(0);
    for (const { path } of stay) expect(all).not.toContain(path);
  });

  it('gradients of what is trained are those of a net that is trained as a whole', () => {
    const plain = graphOf(image(6, 6, 2), (b) => {
      b.op('conv', { size: square(3), channels: 3 });
      b.op('relu');
      b.op('conv', { size: square(3), channels: 4 });
      b.op('relu');
      b.op('gap');
      b.op('fc', { units: 3 });
      return b.op('softmax');
    });
    const [some, all] = [stepOf(plain, { trains: ({ id }) => id !== 3 }), stepOf(plain)];
    const point = pointOf(plain, all, [6, 6, 2]);
    const [after, expected] = [stepAt(some, point), stepAt(all, point)];
    expect(moved(some)).toHaveLength(4);
    for (const path of moved(some)) expect(after.get(path), path).toEqual(expected.get(path));
  });
});

describe('the multiply–adds of a step', () => {
  /** Forward all; of a trained layer the gradient by its weights, and by what it reads where something below is trained. */
  const formula = ({ nodes }: Graph, trains: How['trains'], pictures: number) => {
    const moving = new Set<number>();
    let [forward, backward] = [0, 0];
    for (const node of nodes) {
      const macs = pictures * macsOf(node)!;
      const below = node.inputs.some((id) => moving.has(id));
      const own = node.weights.length > 0 && trains(node);
      if (below || own) moving.add(node.id);
      forward += macs;
      backward += macs * (Number(below) + Number(own));
    }
    return { forward, backward };
  };

  const counted = (graph: Graph, how: Partial<How>, pictures: number, picture: number[]) => {
    const { program } = stepOf(graph, how);
    return macsOfStep(plan(fuse(program), shapesOfInputs(program, pictures, picture)));
  };

  it('are those of the formula, in whatever part of the net is frozen', () => {
    const seeds = Array.from({ length: 20 }, (_, i) => 2 * i + 1); // odd ones end in softmax
    for (const seed of seeds) {
      const graph = randomNet(seed);
      for (const trains of [
        () => true,
        ({ id }: GraphNode) => id >= graph.nodes.length - 1,
        ({ id }: GraphNode) => id % 2 === (seed % 4) % 2,
        ({ id }: GraphNode) => id > graph.nodes.length / 2,
      ])
        expect(counted(graph, { trains }, 3, [11, 9, 3]), `net ${seed}`).toEqual(
          formula(graph, trains, 3),
        );
    }
  });

  it('are those of the head alone, where the body is frozen', () => {
    const { backward } = counted(net, { trains: isHead }, 2, [6, 6, 2]);
    expect(backward).toBe(2 * (4 * 5 + 2 * 5 * 3));
  });
});

it.each(engineNames)(
  'leaves the bytes of what is frozen as they are after 20 steps: %s',
  async (name) => {
    const step = stepOf(net, {
      trains: isHead,
      optimiser: sgd({ momentum: 0.9, nesterov: false, weightDecay: 1e-2 }),
      decays: () => true,
    });
    const weights = weightsOf(net);
    const own = new Set(net.nodes.flatMap((n) => n.weights.map((w) => w.path)));
    const session = loadProgram(await engine(name), fuse(step.program), (path) =>
      own.has(path)
        ? weights(path)
        : {
            shape: weights(path.replace(/\/velocity$/, '')).shape,
            data: weights(path.replace(/\/velocity$/, '')).data.map(() => 0),
          },
    );
    const frozen = net.nodes.filter((n) => !isHead(n)).flatMap((n) => n.weights.map((w) => w.path));
    const head = net.nodes.filter(isHead).flatMap((n) => n.weights.map((w) => w.path));
    const read = async (paths: readonly string[]) =>
      Promise.all(paths.map(async (path) => (await session.read(path)).data.slice()));
    const [before, head0] = [await read(frozen), await read(head)];
    const labels = labelsOf(3, 3);
    for (let i = 0; i < 20; i++) {
      const input = inputOf([3, 6, 6, 2], i + 1);
      const rate = { shape: [], data: Float32Array.of(0.01) };
      const given = {
        input,
        labels: { shape: labels.shape, data: Float32Array.from(labels.data) },
        rate,
      };
      expect(E.isRight(await session.step(given))).toBe(true);
    }
    expect(await read(frozen)).toEqual(before);
    expect(await read(head)).not.toEqual(head0);
    session.dispose();
  },
);
