/**
 * Modules that somebody wrote in PyTorch (modules.py), and nets of theirs: their state dicts are paired right, so that the
 * net computes what the module computes, and come back byte by byte.
 */
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { interpret } from '../../src/graph/interpret.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { fuse } from '../../src/lower/fuse.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { elements } from '../../src/numeric/tensor.ts';
import { inMemory, type Chunks } from '../../src/runtime/data/bytes.ts';
import { load } from '../../src/runtime/engines/session.ts';
import { exportedFrom } from '../../src/runtime/pytorch/export.ts';
import { importedFrom } from '../../src/runtime/pytorch/import.ts';
import { noTable } from '../../src/runtime/pytorch/table.ts';
import { readWeights } from '../../src/runtime/store/safetensors.ts';
import { engine } from '../lower/engines.ts';
import { float64 } from '../lower/graphs.ts';
import { stateDict, type Tensor } from '../runtime/state-dict.ts';
import {
  decode,
  drawInput,
  moduleFixture,
  moduleNames,
  netNamed,
  repeated,
  torchWeight,
} from './oracle.ts';

/** As somebody would write them who reads the module. */
const nets: { readonly [module: string]: string } = {
  vgg: `
    def cbr(n) = conv3-n; batchnorm; relu
    net N : [12, 8, 3] -> [5] {
      cbr(4); maxpool; 2x cbr(6); maxpool; 2x cbr(6); flatten; 2x (fc-10; relu); fc-5
    }`,
  resnet: `
    def cb(size, n, stride = 1) = conv(size, n, stride, bias = false); batchnorm
    def bottleneck(n, stride, shortcut) =
      (shortcut) + (cb(1, n); relu; cb(3, n, stride); relu; cb(1, 2*n)); relu
    net N : [32, 32, 3] -> [5] {
      cb(7, 4, 2); relu; maxpool3/2(pad = 1)
      bottleneck(4, 1, cb(1, 8)); bottleneck(4, 1, id); bottleneck(4, 1, id)
      bottleneck(8, 2, cb(1, 16, 2)); bottleneck(8, 1, id)
      gap; fc-5
    }`,
  mobilenet: `
    net N : [16, 16, 3] -> [4] {
      conv3-6/2(bias = false); batchnorm; relu6
      3x (depthwise3(bias = false); batchnorm; relu6; conv1-6(bias = false); batchnorm; relu6)
      gap; fc-4
    }`,
  unet: `
    def double(n) = 2x (conv3-n(bias = false); batchnorm; relu)
    def level(n, inner) = double(n) as skip; maxpool; inner; deconv2-n/2; @skip | id; double(n)
    net N : [8*n, 8*m, 3] -> [8*n, 8*m, 2] = level(4, level(6, level(8, double(10)))); conv1-2`,
  densenet: `
    def dense =
      id | (batchnorm; relu; conv1-8(bias = false); batchnorm; relu; conv3-4(bias = false))
    net N : [8, 8, 3] -> [3] {
      conv3-8(bias = false); 2x dense; batchnorm; relu; conv1-8(bias = false); avgpool2; 2x dense
      batchnorm; relu; gap; fc-3
    }`,
  towers: `
    net N : [4, 4, 2] -> [6] {
      (conv3-3; prelu; flatten)
        | (conv3-4/2; prelu; deconv3-6/2(pad = [1, 0], groups = 2); conv3-4(groups = 2); flatten)
      batchnorm; fc-6; layernorm; fc-6
    }`,
};

const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

const joined = (chunks: Chunks): Uint8Array =>
  Buffer.concat(Array.from(chunks, (chunk) => right(chunk)));

const same = <A>(a: A): A => a;

/** The tensor of a name, as the module in modules.py has it. */
const drawn = (name: string, shape: readonly number[]): Tensor =>
  name.endsWith('num_batches_tracked')
    ? { name, shape, dtype: 'I64', bytes: new Uint8Array(8) }
    : {
        ...{ name, shape, dtype: 'F32' },
        bytes: new Uint8Array(repeated(torchWeight(name, shape), elements(shape)).buffer),
      };

const graphOf = (name: string) => netNamed({ 'n.net': nets[name]! }, 'n.net', 'N');

it('covers every module', () => {
  expect(Object.keys(nets).sort()).toEqual([...moduleNames].sort());
});

it.each(moduleNames)('%s', { timeout: 60_000 }, async (name) => {
  const { input, state, output } = moduleFixture(name);
  const graph = graphOf(name);
  const tensors = state.map(([key, shape]) => drawn(key, shape));
  const file = stateDict(tensors);
  const made = right(
    importedFrom(inMemory('w.safetensors', file), graph, noTable, same, new Map()),
  );
  expect(made.pairs.filter((pair) => pair.by === 'guess')).toEqual([]);
  const weights = right(readWeights(inMemory('n.safetensors', joined(made.chunks))));
  const back = right(exportedFrom(weights, graph, undefined, same));
  expect(Buffer.from(joined(back.chunks)).equals(file)).toBe(true);

  const weight = (path: string): HostTensor => ({
    shape: weights.tensors.get(path)!.shape,
    data: right(weights.read(path)),
  });
  const expected = decode(output.values);
  const largest = expected.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  const off = (found: ArrayLike<number>): number =>
    expected.reduce((worst, v, i) => Math.max(worst, Math.abs(found[i]! - v)), 0) / largest;
  const x = drawInput(input);
  const main = graph.outputs[0]!;
  const reference = interpret(graph, float64(x), (path) => float64(weight(path)));
  expect(off(reference.get(main.name)!.data)).toBeLessThan(1e-9);
  const wasm = right(load(await engine('wasm'), fuse(kernels(graph)), weight));
  const outputs = right(await wasm.step({ input: x }));
  wasm.dispose();
  expect(outputs[0]!.shape).toEqual(output.shape);
  expect(off(outputs[0]!.data)).toBeLessThan(1e-4);
});
