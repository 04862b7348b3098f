/** What is fused, and what is not. That fusion keeps values is tested where nets are run. */
import { describe, expect, it } from 'vitest';
import { kernel } from '../../src/kernel/kernel.ts';
import { fuse } from '../../src/lower/fuse.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { showKernel } from '../../src/lower/show-plan.ts';
import { square } from '../../src/ops/parts/args.ts';
import type { OperatorName } from '../../src/ops/table.ts';
import { image } from '../../src/ops/types.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { branching, graphOf, vggLike } from './graphs.ts';
import { programWith } from './programs.ts';

const fused = (graph: Graph): readonly string[] => fuse(kernels(graph)).calls.map(showKernel);

/** A convolution of two channels, then layers without arguments. */
const after = (...layers: readonly OperatorName[]): Graph =>
  graphOf(image(4, 4, 3), (b) => {
    b.op('conv', { size: square(3), channels: 2 });
    for (const layer of layers) b.op(layer);
    return layers.length + 1;
  });

describe('fuse', () => {
  it('makes one kernel of product, bias and activation', () => {
    expect(fused(vggLike())).toEqual([
      'Conv2D+BiasAdd+Relu',
      'Conv2D+BiasAdd+Relu',
      'MaxPool',
      'Conv2D+BiasAdd+Relu',
      'Conv2D+BiasAdd+Relu',
      'MaxPool',
      'Reshape',
      'MatMul+BiasAdd+Relu',
      'MatMul+BiasAdd',
      'Softmax',
    ]);
  });

  it.each<[OperatorName, string]>([
    ['relu6', 'Relu6'],
    ['sigmoid', 'Sigmoid'],
    ['leaky_relu', 'LeakyRelu'],
  ])('takes %s in', (layer, kernel) => {
    expect(fused(after(layer))).toEqual([`Conv2D+BiasAdd+${kernel}`]);
  });

  it('leaves tanh, which no fused kernel has', () => {
    expect(fused(after('tanh'))).toEqual(['Conv2D+BiasAdd', 'Tanh']);
  });

  it('takes in one activation, not two', () => {
    expect(fused(after('relu', 'sigmoid'))).toEqual(['Conv2D+BiasAdd+Relu', 'Sigmoid']);
  });

  it('leaves a product without bias', () => {
    const graph = graphOf(image(4, 4, 3), (b) => {
      b.op('conv', { size: square(3), channels: 2, bias: false });
      return b.op('relu');
    });
    expect(fused(graph)).toEqual(['Conv2D', 'Relu']);
  });

  it('leaves what is read twice, also by an output', () => {
    const twice = graphOf(image(4, 4, 3), (b) => {
      const c = b.op('conv', { size: square(1), channels: 3 });
      return b.op('add', {}, b.op('relu', {}, c), c);
    });
    expect(fused(twice)).toEqual(['Conv2D+BiasAdd', 'Relu', 'AddV2']);
    const output = graphOf(image(4, 4, 3), (b) => {
      const c = b.op('conv', { size: square(1), channels: 3 });
      return { output: b.op('relu', {}, c), logits: c };
    });
    expect(fused(output)).toEqual(['Conv2D+BiasAdd', 'Relu']);
  });

  it('leaves what becomes a state', () => {
    const program = programWith(
      { inputs: {}, single: { x: [2, 2] }, state: { 'N/kernel': [2, 2], 'N/bias': [2] } },
      ({ x, 'N/kernel': weights, 'N/bias': bias }) => {
        const product = kernel({ op: 'MatMul' }, x!, weights!);
        const output = kernel({ op: 'BiasAdd' }, product, bias!);
        return { outputs: { output }, next: { 'N/kernel': product } };
      },
    );
    expect(fuse(program).calls.map(showKernel)).toEqual(['MatMul', 'BiasAdd']);
  });

  it('is idempotent', () => {
    for (const graph of [vggLike(), branching()]) {
      const once = fuse(kernels(graph));
      expect(fuse(once)).toEqual(once);
    }
  });
});
