/**
 * TensorFlow as one graph, by turns with `tf.layers` on the same library (NETC_TFJS_NODE), PyTorch, and wasm on one
 * thread. Needs `netc doctor --install tensorflow`.
 */
import * as E from 'fp-ts/lib/Either.js';
import { accept } from '../src/check.ts';
import { forNet, kernelsOf } from '../src/compile.ts';
import { resultOf } from '../src/diagnostic/checked.ts';
import type { Graph } from '../src/graph/graph.ts';
import type { Engine } from '../src/runtime/engines/engine.ts';
import { load } from '../src/runtime/engines/session.ts';
import { tensorflow } from '../src/runtime/engines/tensorflow.ts';
import { wasm } from '../src/runtime/engines/wasm.ts';
import { node } from '../src/runtime/node/host.ts';
import { initialValues } from '../src/runtime/store/initialise.ts';
import { inputOf } from '../test/lower/graphs.ts';
import { files, median, sure, type Measured } from './measure.ts';
import { pytorch, tfjsNode, type Rival, type Taken } from './rivals.ts';
import { graphFor, stepOf, timed, vggA } from './step.ts';

const there = <A>(found: E.Either<unknown, A>): A => {
  if (E.isLeft(found)) throw new Error(JSON.stringify(found.left));
  return found.right;
};

const stepsOn = async (engine: Engine, graph: Graph): Promise<Rival> => {
  const { program, weightAt, inputs } = stepOf(graph, 32);
  const session = there(load(there(await engine.load(node)), program, weightAt));
  return {
    step: () => timed(async () => there(await session.step(inputs))),
    dispose: session.dispose,
  };
};

/** VGG-D of the examples on one picture. */
const forwardOn = async (engine: Engine): Promise<Rival> => {
  const { nets } = sure(resultOf(accept(files, 'examples/vgg.net')), 'program');
  const net = sure(
    nets.find(({ name }) => name === 'D'),
    'D',
  );
  const { graph } = sure(resultOf(forNet({ passes: [] }).rewrite(net)), 'graph');
  const weights = new Map(graph.nodes.flatMap((n) => n.weights).map((w) => [w.path, w]));
  const weightAt = (path: string) => {
    const weight = sure(weights.get(path), path);
    return { shape: weight.spec.shape, data: initialValues(weight, 1) };
  };
  const session = there(load(there(await engine.load(node)), kernelsOf(graph), weightAt));
  const input = inputOf([1, 224, 224, 3]);
  return {
    step: () => timed(async () => there(await session.step({ input }))),
    dispose: session.dispose,
  };
};

type Racer = readonly [name: string, rival: Rival | undefined, target: string];

/** Each takes a turn in every round, and the first is compared with the others. */
const race = async (name: string, rounds: number, racers: readonly Racer[]) => {
  const here = racers.flatMap(([who, rival, target]) => (rival ? [{ who, rival, target }] : []));
  const turns: Taken[][] = [];
  for (let round = 0; round < rounds + 2; round++) {
    const turn: Taken[] = [];
    for (const { rival } of here) turn.push(await rival.step());
    if (round >= 2) turns.push(turn); // graphs are made ready first
  }
  for (const { rival } of here) rival.dispose();
  const row = (of: string, value: number, unit: string, target = ''): Measured => ({
    ...{ name: `${name}, ${of}`, value, unit, target },
  });
  const ratio = (i: number, by: keyof Taken): number =>
    median(turns.map((turn) => turn[0]![by] / turn[i]![by]));
  return here.flatMap(({ who, target }, i) => [
    row(who, median(turns.map((turn) => turn[i]!.clock)), 'ms'),
    ...(i === 0
      ? []
      : [
          row(`/ ${who}`, ratio(i, 'clock'), '', target),
          row(`/ ${who}, processor time`, ratio(i, 'processor'), ''),
        ]),
  ]);
};

export const rows = async (): Promise<readonly Measured[]> => {
  const normalised = { ...vggA, normalised: true };
  return [
    ...(await race('VGG-D, one picture', 7, [
      ['tensorflow', await forwardOn(tensorflow), ''],
      ['tf.layers', await tfjsNode('forward'), '<= 0.70'],
      ['wasm', await forwardOn(wasm), ''],
    ])),
    ...(await race('a step of VGG-A 32x32, batch 32', 9, [
      ['tensorflow', await stepsOn(tensorflow, graphFor(vggA)), ''],
      ['tf.layers', await tfjsNode('step'), ''],
      ['PyTorch', await pytorch(vggA, 32), '<= 1.05'],
      ['wasm', await stepsOn(wasm, graphFor(vggA)), ''],
    ])),
    ...(await race('the same with batch norm', 9, [
      ['tensorflow', await stepsOn(tensorflow, graphFor(normalised)), ''],
      ['tf.layers', await tfjsNode('normalised step'), '<= 0.65'],
      ['PyTorch', await pytorch(normalised, 32), '<= 1.05'],
    ])),
  ];
};
