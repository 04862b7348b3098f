/** Calls that an engine does as one give what they give one by one, wherever a chain of them ends. */
import { describe, expect, it } from 'vitest';
import { graphOfNet } from '../../src/build/build.ts';
import { kernelsOf } from '../../src/compile.ts';
import { withPlans } from '../../src/runtime/engines/by-calls.ts';
import type { CalledEngine } from '../../src/runtime/engines/engine.ts';
import { tensor } from '../../src/numeric/tensor.ts';
import { calledNames, loadProgram, outputsOf, withCalls } from '../lower/engines.ts';
import { distance, inputOf, weightsOf } from '../lower/graphs.ts';
import { check } from '../programs.ts';

/** Nets, and how many of their calls wasm and WebGPU join. */
const nets: readonly (readonly [layers: string, wasm: number, webgpu: number])[] = [
  ['conv3-6; batchnorm; relu', 3, 0],
  ['conv3-6(bias = false); batchnorm; relu6', 3, 0],
  ['conv3-6; relu; conv3-6/2(pad = 1)', 2, 2],
  ['conv3-6/2; batchnorm', 3, 2],
  ['conv5-6(bias = false, pad = 0); batchnorm', 2, 0],
  ['conv3-7; (conv3-7) + id; relu', 3, 2],
  ['conv3-7; id + (conv1-7; batchnorm); relu', 4, 2],
  ['conv3-7; (conv3-7(bias = false); batchnorm) + id; relu6', 4, 2],
  ['conv3-7; (relu | id); relu; conv1-5; batchnorm; relu', 3, 0],
  ['relu; batchnorm; relu; conv3-9', 2, 0],
  ['relu + id; relu', 2, 2],
  ['conv3-7; (sigmoid) + (tanh); relu6', 2, 2],
  ['conv3-5; maxpool3/2(pad = 1); relu', 0, 2],
  // what is read twice is there
  ['conv3-7; (batchnorm) + id; relu', 3, 2],
  ['conv3-7; batchnorm; relu + id', 2, 0],
  ['depthwise3; batchnorm; relu', 2, 0],
  ['conv3-7; leaky_relu; batchnorm; sigmoid', 0, 0],
];

/** The engine, and how many calls it has joined. */
const counted = <V>(on: CalledEngine<V>) => {
  let joined = 0;
  const counting: CalledEngine<V> = {
    ...on,
    ...(on.join && {
      join: (calls) => {
        const found = on.join!(calls);
        return (
          found && {
            ...found,
            call: (operands) => {
              joined += found.count;
              return found.call(operands);
            },
          }
        );
      },
    }),
  };
  return { engine: withPlans(counting), joined: () => joined };
};

describe.each(calledNames)('%s', (name) => {
  it.each(nets)('computes %s', (layers, onWasm, onWebgpu) =>
    withCalls(name, async (calls) => {
      const graph = graphOfNet(check(`net N : [8, 6, 5] -> [_] { ${layers}; gap }`).net('N'));
      const { engine, joined } = counted(calls);
      const session = loadProgram(engine, kernelsOf(graph), weightsOf(graph));
      const before = engine.memory();
      for (const batch of [1, 2, 4]) {
        const x = inputOf([batch, 8, 6, 5]);
        const [found] = await outputsOf(session, x);
        const singly: Float32Array[] = [];
        await session.show({ input: x }, (_, [made]) => singly.push(made!.slice()) > 0);
        const last = singly.at(-1)!;
        expect(distance(found!.data, tensor(found!.shape, last))).toBeLessThan(1);
      }
      const expected = name === 'wasm' ? onWasm : name === 'webgpu' ? onWebgpu : 0;
      expect(joined()).toBe(3 * expected);
      expect(engine.memory()).toEqual(before);
      session.dispose();
    }),
  );
});
