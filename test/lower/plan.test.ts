/** The plan as its reader sees it. That it is true is tested in test/runtime/memory.test.ts. */
import { describe, expect, it } from 'vitest';
import { fuse } from '../../src/lower/fuse.ts';
import { kernel } from '../../src/kernel/kernel.ts';
import { plan, type Within } from '../../src/lower/plan.ts';
import { showPlan } from '../../src/lower/show-plan.ts';
import { square } from '../../src/ops/parts/args.ts';
import { freeAxis, image, mapType } from '../../src/ops/types.ts';
import { kernels } from '../../src/lower/from-graph.ts';
import { branching, graphOf, vggLike } from './graphs.ts';
import { programWith } from './programs.ts';

describe('plan', () => {
  it('frees each value after its last use, once', () => {
    for (const [graph, input] of [
      [vggLike(), [32, 32, 3]],
      [branching(), [20, 24, 8]],
    ] as const) {
      const p = plan(kernels(graph), { input: [2, ...input] });
      const freed = p.steps.flatMap((s) => s.frees);
      expect(new Set(freed).size).toBe(freed.length);
      p.steps.forEach((step, i) => {
        for (const id of step.frees)
          expect(p.steps.slice(i + 1).some((s) => s.call.operands.some((o) => o.id === id))).toBe(
            false,
          );
      });
      const outputs = p.outputs.map((o) => o.id);
      expect(freed.some((id) => outputs.includes(id))).toBe(false);
    }
  });

  it('is the sum of input and result where a net is one layer', () => {
    const graph = graphOf(image(6, 5, 2), (b) => b.op('conv', { size: square(3), channels: 4 }));
    const p = plan(fuse(kernels(graph)), { input: [3, 6, 5, 2] });
    expect(p.peakBytes).toBe(4 * 3 * 6 * 5 * (2 + 4));
    expect(p.weightBytes).toBe(4 * (3 * 3 * 2 * 4 + 4));
  });

  it('keeps no value for its shape', () => {
    // ones of the shape of a map that was needed long before
    const program = programWith({ inputs: { input: [6, 5, 2] } }, ({ input }) => {
      const wide = kernel({ op: 'ConcatV2' }, input!, input!);
      const narrow = kernel({ op: 'Tanh' }, kernel({ op: 'Mean' }, wide));
      const scores = kernel({ op: 'Reshape', shape: [1, 1, 4] }, narrow);
      return {
        outputs: { output: kernel({ op: 'Mul' }, scores, kernel({ op: 'OnesLike' }, wide)) },
      };
    });
    const p = plan(program, { input: [3, 6, 5, 2] });
    expect(p.steps.map(({ call, frees }) => [call.kernel.op, call.outputs, frees])).toEqual([
      ['ConcatV2', [1], [0]],
      ['Mean', [2], [1]],
      ['Tanh', [3], [2]],
      ['Reshape', [4], []],
      ['OnesLike', [5], []],
      ['Mul', [6], [3, 5]],
    ]);
    expect(p.steps[4]!.call.operands).toEqual([{ id: 1, of: 'shape' }]);
    expect(p.peakBytes).toBe(4 * 3 * (6 * 5 * 4 * 2 + 4)); // while Mul runs
  });

  it('computes nothing of which only the shape is read', () => {
    // where sizes are free, the pixels that count are an average of ones
    const graph = graphOf(mapType(freeAxis('h'), freeAxis('w'), 3), (b) =>
      b.op('avgpool', { size: square(3), stride: square(2), pad: 'half' }),
    );
    const program = kernels(graph);
    expect(program.calls.map((c) => c.kernel.op)).toContain('Slice');
    const p = plan(program, { input: [2, 7, 9, 3] });
    expect(p.steps.map((s) => s.call.kernel.op)).toEqual(
      program.calls.map((c) => c.kernel.op).filter((op) => op !== 'Slice'),
    );
  });

  it('grows with the image where sizes are free', () => {
    const graph = graphOf(mapType(freeAxis('h'), freeAxis('w'), 3), (b) => b.op('maxpool'));
    const program = kernels(graph);
    expect(plan(program, { input: [1, 8, 6, 3] }).outputs[0]!.shape).toEqual([1, 4, 3, 3]);
    expect(plan(program, { input: [1, 9, 4, 3] }).outputs[0]!.shape).toEqual([1, 4, 2, 3]);
  });

  it('refuses an input that the net does not take', () => {
    expect(() => plan(kernels(vggLike()), { input: [1, 31, 32, 3] })).toThrow(
      '[31,32,3] is not an input of N: [32, 32, 3]',
    );
  });

  it('prints', () => {
    expect(showPlan(plan(fuse(kernels(vggLike())), { input: [1, 32, 32, 3] })))
      .toMatchInlineSnapshot(`
      "plan N
      input %0 [1, 32, 32, 3], output output = %33 [1, 10]
      peak 128.0 KiB, with weights 514.8 KiB

      value  kernel                              shape            bytes     live       frees  layer
      %5     Conv2D+BiasAdd+Relu(%0, %1, %3)     [1, 32, 32, 16]  64.0 KiB  76.0 KiB   %0     N/conv1
      %10    Conv2D+BiasAdd+Relu(%5, %6, %8)     [1, 32, 32, 16]  64.0 KiB  128.0 KiB  %5     N/conv3
      %11    MaxPool(%10)                        [1, 16, 16, 16]  16.0 KiB  80.0 KiB   %10    N/maxpool5
      %16    Conv2D+BiasAdd+Relu(%11, %12, %14)  [1, 16, 16, 32]  32.0 KiB  48.0 KiB   %11    N/conv6
      %21    Conv2D+BiasAdd+Relu(%16, %17, %19)  [1, 16, 16, 32]  32.0 KiB  64.0 KiB   %16    N/conv8
      %22    MaxPool(%21)                        [1, 8, 8, 32]    8.0 KiB   40.0 KiB   %21    N/maxpool10
      %23    Reshape(%22)                        [1, 2048]        view      8.0 KiB           N/flatten11
      %28    MatMul+BiasAdd+Relu(%23, %24, %26)  [1, 40]          160 B     8.2 KiB    %22    N/fc12
      %32    MatMul+BiasAdd(%28, %29, %31)       [1, 10]          40 B      200 B      %28    N/fc15
      %33    Softmax(%32)                        [1, 10]          40 B      80 B       %32    N/softmax16
      "
    `);
    expect(showPlan(plan(fuse(kernels(branching())), { input: [2, 20, 24, 8] })))
      .toMatchInlineSnapshot(`
      "plan N
      input %0 [2, 20, 24, 8], output output = %41 [2, 10], aux = %36 [2, 5]
      peak 360.0 KiB, with weights 376.3 KiB

      value  kernel                                     shape            bytes      live       frees            layer
      %4     Conv2D+BiasAdd(%0, %1, %3)                 [2, 20, 24, 8]   30.0 KiB   60.0 KiB                    N/conv1
      %9     Conv2D+BiasAdd+Relu(%4, %5, %7)            [2, 20, 24, 16]  60.0 KiB   120.0 KiB                   N/conv2
      %10    MaxPool(%0)                                [2, 20, 24, 8]   30.0 KiB   150.0 KiB  %0               N/maxpool4
      %11    ConcatV2(%4, %9, %10)                      [2, 20, 24, 32]  120.0 KiB  240.0 KiB  %4 %9 %10        N/concat5
      %12    Slice(%11)                                 [2, 20, 24, 8]   30.0 KiB   150.0 KiB                   N/conv6
      %14    Conv2D(%12, %13)                           [2, 20, 24, 8]   30.0 KiB   180.0 KiB  %12              N/conv6
      %15    Slice(%11)                                 [2, 20, 24, 8]   30.0 KiB   180.0 KiB                   N/conv6
      %17    Conv2D(%15, %16)                           [2, 20, 24, 8]   30.0 KiB   210.0 KiB  %15              N/conv6
      %18    Slice(%11)                                 [2, 20, 24, 8]   30.0 KiB   210.0 KiB                   N/conv6
      %20    Conv2D(%18, %19)                           [2, 20, 24, 8]   30.0 KiB   240.0 KiB  %18              N/conv6
      %21    Slice(%11)                                 [2, 20, 24, 8]   30.0 KiB   240.0 KiB                   N/conv6
      %23    Conv2D(%21, %22)                           [2, 20, 24, 8]   30.0 KiB   270.0 KiB  %21              N/conv6
      %24    ConcatV2(%14, %17, %20, %23)               [2, 20, 24, 32]  120.0 KiB  360.0 KiB  %14 %17 %20 %23  N/conv6
      %29    FusedBatchNormV3(%24, %25, %26, %27, %28)  [2, 20, 24, 32]  120.0 KiB  360.0 KiB  %24              N/batchnorm7
      %30    AddV2(%29, %11)                            [2, 20, 24, 32]  120.0 KiB  360.0 KiB  %29              N/add8
      %31    Relu(%30)                                  [2, 20, 24, 32]  120.0 KiB  360.0 KiB  %30              N/relu9
      %32    Mean(%11)                                  [2, 32]          256 B      240.3 KiB  %11              N/gap10
      %36    MatMul+BiasAdd(%32, %33, %35)              [2, 5]           40 B       120.3 KiB  %32              N/fc11
      %37    Mean(%31)                                  [2, 32]          256 B      120.3 KiB  %31              N/gap12
      %41    MatMul+BiasAdd(%37, %38, %40)              [2, 10]          80 B       376 B      %37              N/fc13
      "
    `);
  });
});

it('counts and prints what an engine holds within a call', () => {
  const graph = graphOf(image(4, 4, 1), (b) => {
    b.op('relu');
    b.op('maxpool');
    return b.op('flatten');
  });
  const held: Within = ({ op }) => (op === 'MaxPool' ? 2048 : op === 'Reshape' ? 9999 : 0);
  expect(showPlan(plan(kernels(graph), { input: [1, 4, 4, 1] }, held))).toMatchInlineSnapshot(`
    "plan N
    input %0 [1, 4, 4, 1], output output = %3 [1, 4]
    peak 2.1 KiB, with weights 2.1 KiB

    value  kernel       shape         bytes                 live     frees  layer
    %1     Relu(%0)     [1, 4, 4, 1]  64 B                  128 B    %0     N/relu1
    %2     MaxPool(%1)  [1, 2, 2, 1]  16 B, 2.0 KiB within  2.1 KiB  %1     N/maxpool2
    %3     Reshape(%2)  [1, 4]        view                  16 B            N/flatten3
    "
  `);
});

it('is printed in a length that grows with the calls, not with their square', () => {
  const printed = (groups: number): string =>
    showPlan(
      plan(
        kernels(
          graphOf(image(1, 1, groups), (b) =>
            b.op('conv', { size: { h: 1, w: 1 }, channels: groups, groups }, b.input),
          ),
        ),
        { input: [1, 1, 1, groups] },
      ),
    );
  const [some, more] = [printed(500).length, printed(1000).length];
  expect(more).toBeLessThan(2.2 * some);
});
