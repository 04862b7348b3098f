/** TensorFlow as one graph, by turns with PyTorch and with wasm on one thread. Needs `netc doctor --install tensorflow`. */
import * as E from 'fp-ts/lib/Either.js';
import type { Engine } from '../src/runtime/engines/engine.ts';
import { load } from '../src/runtime/engines/session.ts';
import { tensorflow } from '../src/runtime/engines/tensorflow.ts';
import { wasm } from '../src/runtime/engines/wasm.ts';
import { node } from '../src/runtime/node/host.ts';
import { median, type Measured } from './measure.ts';
import { pytorch, type Rival, type Taken } from './rivals.ts';
import { graphFor, stepOf, timed, vggA } from './step.ts';

const there = <A>(found: E.Either<unknown, A>): A => {
  if (E.isLeft(found)) throw new Error(JSON.stringify(found.left));
  return found.right;
};

const stepsOn = async (engine: Engine, batch: number): Promise<Rival> => {
  const { program, weightAt, inputs } = stepOf(graphFor(vggA), batch);
  const session = there(load(there(await engine.load(node)), program, weightAt));
  return {
    step: () => timed(async () => there(await session.step(inputs))),
    dispose: session.dispose,
  };
};

export const rows = async (): Promise<readonly Measured[]> => {
  const batch = 32;
  const racers: readonly (readonly [string, Rival | undefined])[] = [
    ['tensorflow', await stepsOn(tensorflow, batch)],
    ['wasm', await stepsOn(wasm, batch)],
    ['PyTorch', await pytorch(vggA, batch)],
  ];
  const taken = racers.map((): Taken[] => []);
  for (let round = 0; round < 11; round++)
    for (const [i, [, rival]] of racers.entries()) {
      const took = await rival?.step();
      if (took !== undefined && round > 1) taken[i]!.push(took);
    }
  for (const [, rival] of racers) rival?.dispose();
  const ratio = (i: number, by: keyof Taken): number =>
    median(taken[i]!.map((other, round) => taken[0]![round]![by] / other[by]));
  const row = (name: string, value: number, unit: string, target = ''): Measured => ({
    ...{ name: `VGG-A 32x32, batch ${batch}, ${name}`, value, unit, target },
  });
  return [
    ...racers.map(([name], i) => row(name, median(taken[i]!.map((t) => t.clock)), 'ms')),
    ...[1, 2].flatMap((i) => [
      row(`/ ${racers[i]![0]}`, ratio(i, 'clock'), '', i === 2 ? '<= 1.05' : ''),
      row(`/ ${racers[i]![0]}, processor time`, ratio(i, 'processor'), ''),
    ]),
  ];
};
