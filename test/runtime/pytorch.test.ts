/** State dicts of PyTorch's, in and out again: number formats, orders of files, names that mislead. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../src/graph/graph.ts';
import { elements } from '../../src/numeric/tensor.ts';
import { inMemory, type Chunks } from '../../src/runtime/data/bytes.ts';
import { arrange } from '../../src/runtime/pytorch/arrange.ts';
import { exportedFrom } from '../../src/runtime/pytorch/export.ts';
import { importedFrom } from '../../src/runtime/pytorch/import.ts';
import { keptKey } from '../../src/runtime/pytorch/kept.ts';
import { isChosenOrder, prefixOf } from '../../src/runtime/pytorch/modules.ts';
import { noTable } from '../../src/runtime/pytorch/table.ts';
import { readWeights, type Weights } from '../../src/runtime/store/safetensors.ts';
import { netNamed } from '../oracle/oracle.ts';
import { inThisOrder, stateDict, type Tensor } from './state-dict.ts';

const sizes: { readonly [dtype: string]: number } = {
  F64: 8,
  I64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  U8: 1,
};

const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};
const same = <A>(a: A): A => a;
const joined = (chunks: Chunks): Buffer => Buffer.concat(Array.from(chunks, (c) => right(c)));
const graphOf = (text: string): Graph => netNamed({ 'n.net': `net N : ${text}` }, 'n.net', 'N');

/** Some numbers, none of them infinite in any format. */
const tensor = (name: string, shape: readonly number[], dtype = 'F32'): Tensor => {
  const bytes = new Uint8Array(elements(shape) * sizes[dtype]!);
  bytes.forEach((_, i) => (bytes[i] = (i * 37 + name.length * 11) % 97));
  return { name, dtype, shape, bytes };
};

const imported = (file: Uint8Array, graph: Graph) =>
  right(importedFrom(inMemory('f.safetensors', file), graph, noTable, same, new Map()));
const opened = (file: Uint8Array): Weights => right(readWeights(inMemory('n.safetensors', file)));
const pairsOf = (file: Uint8Array, graph: Graph): readonly string[] =>
  imported(file, graph).pairs.map(({ slot, module }) => `${slot.layer} ${module}`);

const small = graphOf('[4, 4, 3] -> [2] { conv3-4; batchnorm; gap; fc-2 }');
const norm = (name: string, n: number, dtype = 'F32'): readonly Tensor[] =>
  ['weight', 'bias', 'running_mean', 'running_var'].map((w) => tensor(`${name}.${w}`, [n], dtype));
const smallTensors = (dtype: string): readonly Tensor[] => [
  tensor('conv.weight', [4, 3, 3, 3], dtype),
  tensor('conv.bias', [4], dtype),
  ...norm('norm', 4, dtype),
  tensor('fc.weight', [2, 4], dtype),
  tensor('fc.bias', [2], dtype),
];

describe('import and export give the same bytes', () => {
  const back = (file: Uint8Array): Buffer =>
    joined(
      right(exportedFrom(opened(joined(imported(file, small).chunks)), small, undefined, same))
        .chunks,
    );

  it.each(['F32', 'F16', 'BF16'])('of %s', (dtype) => {
    const file = stateDict([...smallTensors(dtype), tensor('norm.num_batches_tracked', [], 'I64')]);
    expect(back(file).equals(file)).toBe(true);
  });

  it('of any order, and with counters and other tensors of any type', () => {
    for (const dtype of ['I64', 'F32', 'U8', 'F16']) {
      const others = [tensor('norm.num_batches_tracked', [1], dtype), tensor('ids', [5], 'U8')];
      const file = inThisOrder([...others, ...smallTensors('F32')].reverse());
      expect(back(file).equals(file)).toBe(true);
    }
  });

  it('of numbers that are not numbers', () => {
    const bits = smallTensors('F32').map((t) => ({
      ...t,
      bytes: new Uint8Array(
        Uint32Array.from({ length: t.bytes.length / 4 }, (_, i) => 0x7f800001 + i).buffer,
      ),
    }));
    const file = stateDict(bits);
    expect(back(file).equals(file)).toBe(true);
  });

  it('but for float64, which is rounded, and said so', () => {
    const file = stateDict(smallTensors('F64'));
    expect(imported(file, small).rounded).toBe(8);
    expect(back(file).length).toBe(file.length);
    const again = back(file);
    expect(back(again).equals(again)).toBe(true);
  });

  it('and nothing is taken from metadata that others wrote', () => {
    const whole = opened(joined(imported(stateDict(smallTensors('F32')), small).chunks));
    const kept = whole.metadata.get(keptKey)!;
    const changed = [
      '{}',
      kept.replace('norm.bias', 'norm.weight'),
      kept.replace('"bytes":', '"bytes":1'),
      kept.replace('"others":{}', '"others":{"fc.bias":"00"}'),
      kept.replace('"others":{}', '"others":{"no.such":""}'),
    ];
    for (const json of changed) {
      const weights = { ...whole, metadata: new Map([[keptKey, json]]) };
      const done = exportedFrom(weights, small, undefined, same);
      expect(E.isLeft(done) && done.left.map((d) => d.code)).toEqual(['E0504']);
    }
  });
});

describe('pairs', () => {
  const chain = graphOf('[4, 4, 4] -> [4, 4, 4] { 12x conv3-4 }');
  const conv = (name: string): readonly Tensor[] => [
    tensor(`${name}.weight`, [4, 4, 3, 3]),
    tensor(`${name}.bias`, [4]),
  ];
  const places = Array.from({ length: 12 }, (_, i) => i);

  it('count in numbers, not in digits', () => {
    const file = stateDict(places.flatMap((i) => conv(`features.${i}`)));
    expect(pairsOf(file, chain)).toEqual(places.map((i) => `N/conv${i + 1} features.${i}`));
  });

  it('follow the order of a file that is not the order of its names', () => {
    const names = [
      'zeta',
      'eta',
      'alpha',
      'mu',
      'nu',
      'xi',
      'omega',
      'psi',
      'chi',
      'phi',
      'pi',
      'rho',
    ];
    expect(pairsOf(inThisOrder(names.flatMap(conv)), chain)).toEqual(
      names.map((name, i) => `N/conv${i + 1} ${name}`),
    );
  });

  it('take branches that count down where only that fits', () => {
    const graph = graphOf(`[4, 4, 2] -> [2] {
      conv3-8; conv3-6; conv3-6; conv3-4; conv3-6; conv3-6; gap; fc-2
    }`);
    const one = (name: string, o: number, i: number) => [
      tensor(`${name}.weight`, [o, i, 3, 3]),
      tensor(`${name}.bias`, [o]),
    ];
    const file = stateDict([
      ...one('a.0', 8, 2),
      ...one('up2.0', 6, 8),
      ...one('up2.1', 6, 6),
      ...one('up1.0', 4, 6),
      ...one('up0.0', 6, 4),
      ...one('up0.1', 6, 6),
      tensor('z.weight', [2, 6]),
      tensor('z.bias', [2]),
    ]);
    expect(pairsOf(file, graph)).toEqual([
      'N/conv1 a.0',
      'N/conv2 up2.0',
      'N/conv3 up2.1',
      'N/conv4 up1.0',
      'N/conv5 up0.0',
      'N/conv6 up0.1',
      'N/fc1 z',
    ]);
  });

  it('join axes of one place: a matrix is a convolution of 1 × 1, and one over the whole map', () => {
    const graph = graphOf('[2, 2, 3] -> [4] { conv2-5(pad = valid); conv1-4; gap }');
    const file = stateDict([
      tensor('a.weight', [5, 12]),
      tensor('a.bias', [5]),
      tensor('b.weight', [4, 5]),
      tensor('b.bias', [4]),
    ]);
    expect(pairsOf(file, graph)).toEqual(['N/conv1 a', 'N/conv2 b']);
  });

  it('are found for a thousand layers alike in a moment', () => {
    const names = Array.from({ length: 1000 }, (_, i) => `layers.${i}`);
    const choices = names.map(() => names.map((_, i) => i));
    const start = performance.now();
    expect(arrange(names, choices, false).chosen).toEqual(names.map((_, i) => i));
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});

describe('files', () => {
  it('have a prefix where wrappers put one before all names', () => {
    expect(prefixOf(['module.a.weight', 'module.b.weight'])).toBe('module.');
    expect(prefixOf(['module._orig_mod.a', 'module._orig_mod.b'])).toBe('module._orig_mod.');
    expect(prefixOf(['module._orig_mod.a', 'module.b'])).toBe('module.');
    expect(prefixOf(['features.0', 'features.1'])).toBe('');
  });

  it('are in an order that somebody chose if it is not that of names', () => {
    const order = (file: Uint8Array): boolean => isChosenOrder([...opened(file).tensors.values()]);
    const some = [
      tensor('b.weight', [1]),
      tensor('b.bias', [1]),
      tensor('a.10', [1]),
      tensor('a.9', [1]),
    ];
    expect(order(stateDict(some))).toBe(false);
    expect(order(inThisOrder([...some].sort((a, b) => (a.name < b.name ? -1 : 1))))).toBe(false);
    expect(order(inThisOrder(some))).toBe(true);
  });
});
