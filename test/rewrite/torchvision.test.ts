/**
 * Weights in torchvision's layout through a pass: imported for the net, and then those of the net that
 * `fc_to_conv` makes of it. PyTorch flattens channels first, netc last; the pass reshapes what the import permuted.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphOf } from '../../src/compile.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { fuse } from '../../src/lower/fuse.ts';
import { interpret } from '../../src/graph/interpret.ts';
import { tensor, type Tensor } from '../../src/numeric/tensor.ts';
import { hostWeights } from '../../src/rewrite/match/host-weights.ts';
import { graphOfNet } from '../../src/build/build.ts';
import { rewrittenWeights } from '../../src/rewrite/match/weight-values.ts';
import { load } from '../../src/runtime/engines/session.ts';
import { openWeights, writeWeights } from '../../src/runtime/files/weights.ts';
import { importTorchvision } from '../../src/runtime/files/torchvision.ts';
import { startOf } from '../../src/syntax/source.ts';
import { newFolder, removeFolder } from '../cli/session.ts';
import { netsOf } from '../typecheck/program.ts';
import { engine } from '../lower/engines.ts';
import { decode, prepared } from '../oracle/oracle.ts';
import { applied, difference, fileText, randomTensor, shipped } from './nets.ts';

/** VGG-A, torchvision's vgg11, with few channels and without its softmax. */
const program = new Map([
  [
    'main.net',
    `
import "fc-to-conv.net"
net V(classes = 5) : [224, 224, 3] -> [classes] {
  conv3-2; relu; maxpool
  conv3-3; relu; maxpool
  2x (conv3-4; relu); maxpool
  2x (conv3-4; relu); maxpool
  2x (conv3-3; relu); maxpool
  flatten
  2x (fc-6; relu; dropout)
  fc-classes
}
net Dense = fc_to_conv(V)
net Map = fc_to_map(V)
`,
  ],
  ['fc-to-conv.net', fileText('passes/fc-to-conv.net')],
]);

/** In PyTorch's order: [outputs, inputs, height, width], and [outputs, inputs] with channels before places. */
const modules: readonly (readonly [key: string, shape: readonly number[]])[] = [
  ['features.0', [2, 3, 3, 3]],
  ['features.3', [3, 2, 3, 3]],
  ['features.6', [4, 3, 3, 3]],
  ['features.8', [4, 4, 3, 3]],
  ['features.11', [4, 4, 3, 3]],
  ['features.13', [4, 4, 3, 3]],
  ['features.16', [3, 4, 3, 3]],
  ['features.18', [3, 3, 3, 3]],
  ['classifier.0', [6, 3 * 7 * 7]],
  ['classifier.3', [6, 6]],
  ['classifier.6', [5, 6]],
];

const state = new Map(
  modules.flatMap(([key, shape]): [string, Tensor][] => {
    const fan = shape.slice(1).reduce((a, b) => a * b);
    return [
      [`${key}.weight`, randomTensor(shape, `${key}.weight`, Math.sqrt(2 / fan))],
      [`${key}.bias`, randomTensor(shape.slice(0, 1), `${key}.bias`, 0.1)],
    ];
  }),
);

let folder = '';
beforeAll(() => {
  folder = newFolder({});
});
afterAll(() => removeFolder(folder));

const right = <A>(e: E.Either<unknown, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

/** `nn.Linear` of PyTorch on one image. */
const linear = (key: string, x: readonly number[]): readonly number[] => {
  const [weight, bias] = [state.get(`${key}.weight`)!, state.get(`${key}.bias`)!];
  return Array.from(bias.data, (b, i) =>
    x.reduce((sum, v, j) => sum + v * weight.data[i * x.length + j]!, b),
  );
};

/** `torch.flatten` of a map that netc holds with channels last. */
const channelsFirst = ({ shape, data }: Tensor): readonly number[] => {
  const [, h, w, c] = shape as [number, number, number, number];
  return Array.from({ length: c * h * w }, (_, i) => {
    const [k, place] = [Math.floor(i / (h * w)), i % (h * w)];
    return data[place * c + k]!;
  });
};

const relu = (x: readonly number[]): readonly number[] => x.map((v) => Math.max(0, v));

test('fc_to_conv on imported weights gives the logits of PyTorch', () => {
  const [source, dense, map] = netsOf(program);
  const graph = graphOfNet(source!);
  const [theirs, ours] = [join(folder, 'vgg11.safetensors'), join(folder, 'V.safetensors')];
  const outgoing = [...state].map(([name, { shape }]) => ({ name, shape }));
  right(writeWeights(theirs, outgoing, (key) => E.right(Float32Array.from(state.get(key)!.data))));
  const imported = right(
    importTorchvision(
      theirs,
      graph,
      ours,
      { transform: undefined, version: undefined },
      (read) => read,
    ),
  );
  const file = right(openWeights(ours));
  expect([imported.model, file.tensors.size]).toEqual(['vgg11', 22]);
  const shapes = new Map(graph.nodes.flatMap((n) => n.weights).map((w) => [w.path, w.spec.shape]));
  const read = (path: string): Tensor =>
    tensor(shapes.get(path)!, Float64Array.from(right(file.read(path))));

  const input = randomTensor([1, 224, 224, 3], 'picture');
  const pool = graph.nodes.find((n) => n.op === 'flatten')!.inputs[0]!;
  const outputs = [...graph.outputs, { name: 'pool', id: pool }];
  const values = interpret({ ...graph, outputs }, input, read);
  const hidden = relu(linear('classifier.0', channelsFirst(values.get('pool')!)));
  const logits = linear('classifier.6', relu(linear('classifier.3', hidden)));
  const expected = tensor([1, 5], Float64Array.from(logits));
  expect(Math.max(...logits.map(Math.abs))).toBeGreaterThan(1e-3);
  expect(difference(values.get('output')!, expected)).toBeLessThan(1e-12);

  for (const net of [dense!, map!]) {
    const sized = right(graphOf(net, { h: 224, w: 224, asked: startOf('test') }));
    const found = interpret(sized, input, rewrittenWeights(sized, read)).get('output')!;
    expect(found.data.length).toBe(5);
    expect(difference({ ...found, shape: [1, 5] }, expected)).toBeLessThan(1e-12);
  }
  file.close();
});

test.runIf(process.env['NETC_DEEP'] !== undefined)(
  'the whole vgg11, its classifier as convolutions, on wasm',
  { timeout: 600_000 },
  async () => {
    const { expected, graph, byPath, input } = prepared('vgg11');
    const dense = applied(graph, shipped('fc-to-conv.net', 'fc_to_conv')).graph;
    expect(dense.nodes.filter((n) => n.op === 'fc')).toEqual([]);
    const weight = hostWeights(dense, (path) => byPath.get(path)!);
    const loaded = right(load(await engine('wasm'), fuse(kernels(dense)), weight));
    const [output] = right(await loaded.step({ input }));
    loaded.dispose();
    const found = tensor([1, 1000], Float64Array.from(output!.data));
    expect(difference(found, tensor([1, 1000], decode(expected.output.values)))).toBeLessThan(1e-4);
  },
);
