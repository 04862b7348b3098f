/** What is no number reaches the output on every engine, as in the reference: no kernel makes a number of NaN. */
import { describe, expect, it } from 'vitest';
import { graphOfNet } from '../../src/build/build.ts';
import { kernelsOf } from '../../src/compile.ts';
import { interpret } from '../../src/graph/interpret.ts';
import type { Kernel } from '../../src/kernel/kernel.ts';
import { isForInference, kernelTable, operandOf } from '../../src/kernel/table.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { tensor, type Tensor } from '../../src/numeric/tensor.ts';
import { engine, engineNames, loadProgram, outputsOf } from '../lower/engines.ts';
import { float64, inputOf, weightsOf } from '../lower/graphs.ts';
import { resultsOn } from '../kernel/on-engine.ts';
import { kernelCases, kernelNames, referenceOf, type KernelCase } from '../kernel/samples.ts';
import { check } from '../programs.ts';

/** A neighbour of no weight is not read by one engine, and multiplied by 0 by another. */
const mayPassOver: readonly Kernel['op'][] = ['ResizeBilinear'];

/** The case with NaN in one operand; at every seventh place, so that it does not fall on one channel only. */
const spoilt = (c: KernelCase): readonly KernelCase[] =>
  c.operands.flatMap((t, k) => {
    if (operandOf(c.kernel, k).of === 'shape') return [];
    return Array.from({ length: Math.ceil(t.data.length / 7) }, (_, i): KernelCase => {
      const data = t.data.map((x, j) => (j === 7 * i ? NaN : x));
      const operands = c.operands.map((other, o) => (o === k ? tensor(t.shape, data) : other));
      return { ...c, title: `${c.title}, operand ${k} at ${7 * i}`, operands };
    });
  });

/** The places where the reference has NaN, and the engine a number. */
const lost = (found: Float32Array, { data }: Tensor): number =>
  data.reduce((n, x, i) => n + (Number.isNaN(x) && !Number.isNaN(found[i]) ? 1 : 0), 0);

/** Behind a convolution that overflows, ∞ − ∞ comes before each kind of clamp. */
const nets = [
  'conv1-2; relu; gap; fc-3; softmax',
  'conv1-2; relu6; conv3-4; relu; gap; fc-3; softmax',
  'depthwise3; relu6; conv1-2; maxpool2; gap; fc-3; softmax',
  'depthwise3; relu; gap; fc-4; relu; fc-3; softmax',
  'conv3-2; maxpool3/2; avgpool2/1; gap; fc-2; relu6; fc-3; softmax',
  'avgpool2; relu6; gap; fc-3; softmax',
  'conv1-2; (relu6 + relu); hardswish; gap; fc-3; softmax',
  'gap; fc-4; relu; fc-3; softmax',
] as const;

/** What comes before the clamps lies between −1 and 1, whatever its operand is: but NaN stays NaN. */
const bounded = [
  'tanh; maxpool2; gap; fc-3; softmax',
  'sigmoid; relu; gap; fc-3; softmax',
  'avgpool2; tanh; relu; gap; fc-3; softmax',
  '(tanh | conv1-2); relu; gap; fc-3; softmax',
] as const;

const graphFor = (layers: string) =>
  graphOfNet(check(`net N : [8, 8, 2] -> [3] { conv1-4; ${layers} }`).net('N'));

const spoiledAt = (place: number, x: HostTensor): HostTensor => ({
  ...x,
  data: x.data.map((n, i) => (i === place ? NaN : n)),
});

describe.each(engineNames)('%s', (name) => {
  it.each(kernelNames.filter((op) => kernelTable[op].training !== true))(
    'keeps NaN in %s',
    async (op) => {
      const on = await engine(name);
      const before = on.memory();
      for (const c of kernelCases(op).flatMap(spoilt)) {
        if (!isForInference(c.kernel)) throw new Error(`${op} is for training`);
        const found = await resultsOn(on, c);
        for (const [i, expected] of referenceOf(c).entries()) {
          const most = mayPassOver.includes(op) ? expected.data.filter(Number.isNaN).length - 1 : 0;
          expect(lost(found[i]!, expected), c.title).toBeLessThanOrEqual(Math.max(0, most));
        }
      }
      expect(on.memory()).toEqual(before);
    },
  );

  it.each(nets)('gives NaN where %s overflows, or takes NaN', async (layers) => {
    const graph = graphFor(layers);
    const small = weightsOf(graph);
    const huge = (path: string) => {
      const { shape, data } = small(path);
      const isFirst = path === graph.nodes.find((n) => n.weights.length > 0)!.weights[0]!.path;
      return isFirst ? { shape, data: data.map((x) => (x < 0 ? -3e38 : 3e38)) } : { shape, data };
    };
    const x = inputOf([2, 8, 8, 2]);
    const loud = { ...x, data: x.data.map((n, i) => (i % 2 === 0 ? 100 : -100) * (1 + n)) };
    const spoiled = spoiledAt(70, x);
    const on = await engine(name);
    for (const [weights, given] of [
      [small, x],
      [small, spoiled],
      [huge, loud],
    ] as const) {
      const running = loadProgram(on, kernelsOf(graph), weights);
      const [output] = await outputsOf(running, given);
      running.dispose();
      const odd = output!.data.some(Number.isNaN);
      if (weights === huge) expect(odd).toBe(true);
      else {
        const expected = interpret(graph, float64(given), (path) => float64(weights(path)));
        expect(odd).toBe(expected.get('output')!.data.some(Number.isNaN));
        expect(odd).toBe(given === spoiled);
      }
    }
  });

  it.each(bounded)('gives NaN where %s takes NaN', async (layers) => {
    const graph = graphFor(layers);
    const running = loadProgram(await engine(name), kernelsOf(graph), weightsOf(graph));
    const x = inputOf([2, 8, 8, 2]);
    for (const place of [0, 1, 70, 127]) {
      const [output] = await outputsOf(running, spoiledAt(place, x));
      expect(output!.data.some(Number.isNaN), `at ${place}`).toBe(true);
    }
    running.dispose();
  });
});
