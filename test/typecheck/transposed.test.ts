/** Transposed convolutions as PyTorch and Keras call them: the fix gives their function, whatever its arguments. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { graphOfNet } from '../../src/build/build.ts';
import { interpret } from '../../src/graph/interpret.ts';
import { noise, weightFor } from '../ops/cases.ts';
import { faults, main, mended, netOf } from './program.ts';

/** Along one axis: window, stride, what is cut off at each side, and how much longer the output is. */
type Axis = { readonly k: number; readonly s: number; readonly p: number; readonly q: number };

const axis = fc
  .record({ k: fc.integer({ min: 1, max: 4 }), s: fc.integer({ min: 1, max: 4 }) })
  .chain(({ k, s }) =>
    fc.record({
      ...{ k: fc.constant(k), s: fc.constant(s) },
      p: fc.integer({ min: 0, max: Math.min(2, k - 1) }),
      q: fc.integer({ min: 0, max: s - 1 }),
    }),
  );
const axes = fc.tuple(axis, axis);

const [c, n, height, width] = [2, 3, 3, 2] as const;
const lengthOf = ({ k, s, p, q }: Axis, length: number): number => s * (length - 1) + k - 2 * p + q;

/** What the fix of a call makes of noise, with the kernel and the bias that it has then. */
const afterFix = (call: string) => {
  const written = `net N : [${height}, ${width}, ${c}] -> _ { ${call} }`;
  const found = faults(written).find(({ code }) => code === 'E0301');
  expect(found?.fixes, call).toHaveLength(1);
  const graph = graphOfNet(netOf(mended(new Map([[main, written]]), found!.fixes[0]!).get(main)!));
  const specs = new Map(graph.nodes.flatMap((node) => node.weights).map((w) => [w.path, w.spec]));
  const weights = graph.nodes.flatMap((node) => node.weights).map(({ spec }) => weightFor(spec));
  const x = noise([1, height, width, c]);
  const y = interpret(graph, x, (path) => weightFor(specs.get(path)!)).get('output')!;
  return { x, y, kernel: weights[0]!, bias: weights[1] };
};

/** The documentation's formula: pixel i adds to pixels s·i − p … s·i − p + k − 1 of an output that is so long. */
const agrees = (call: string, [h, w]: readonly [Axis, Axis]): void => {
  const { x, y, kernel, bias } = afterFix(call);
  const shape = [1, lengthOf(h, height), lengthOf(w, width), n];
  expect(y.shape, call).toEqual(shape);
  const expected = Float64Array.from(y.data, (_, i) => bias?.data[i % n] ?? 0);
  for (let u = 0; u < height * width; u++)
    for (let t = 0; t < h.k * w.k; t++) {
      const row = h.s * Math.floor(u / width) - h.p + Math.floor(t / w.k);
      const column = w.s * (u % width) - w.p + (t % w.k);
      if (row < 0 || row >= shape[1]! || column < 0 || column >= shape[2]!) continue;
      for (let j = 0; j < n; j++)
        for (let i = 0; i < c; i++)
          expected[(row * shape[2]! + column) * n + j]! +=
            x.data[u * c + i]! * kernel.data[(t * n + j) * c + i]!;
    }
  for (const [i, value] of expected.entries()) expect(y.data[i], call).toBeCloseTo(value, 10);
};

const pair = (of: (axis: Axis) => number, [h, w]: readonly [Axis, Axis]): string =>
  `(${of(h)}, ${of(w)})`;
const isOut = (both: readonly [Axis, Axis]): boolean =>
  lengthOf(both[0], height) < 1 || lengthOf(both[1], width) < 1;

it('is that of PyTorch, with any output_padding', () => {
  fc.assert(
    fc.property(axes, fc.boolean(), (both, bias) => {
      fc.pre(!isOut(both));
      const [k, s, p, q] = (['k', 's', 'p', 'q'] as const).map((x) => pair((a) => a[x], both));
      const flag = bias ? 'True' : 'False';
      agrees(
        `nn.ConvTranspose2d(${c}, ${n}, ${k}, ${s}, ${p}, output_padding=${q}, bias=${flag})`,
        both,
      );
    }),
  );
});

it('is that of Keras, whose output is as long as the stride says where the window is smaller', () => {
  fc.assert(
    fc.property(axes, fc.boolean(), (both, given) => {
      const [h, w] = both.map((a) => ({ ...a, p: 0, q: given ? a.q : Math.max(0, a.s - a.k) }));
      const meant = [h!, w!] as const;
      const output = given ? `, output_padding=${pair((a) => a.q, meant)}` : '';
      const [k, s] = [pair((a) => a.k, meant), pair((a) => a.s, meant)];
      agrees(`Conv2DTranspose(${n}, ${k}, strides=${s}${output})`, meant);
    }),
  );
});
