/** One step, and ten steps, are PyTorch's: by the references in float64, and on wasm. */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { fuse } from '../../src/lower/fuse.ts';
import { trainingStep } from '../../src/lower/training/step.ts';
import type { HostTensor } from '../../src/lower/weight-part.ts';
import { tensor, type Tensor } from '../../src/numeric/tensor.ts';
import { evaluate } from '../../src/runtime/engines/reference.ts';
import { load } from '../../src/runtime/engines/session.ts';
import { engine } from '../lower/engines.ts';
import { float64 } from '../lower/graphs.ts';
import { decode, trainingNames } from './oracle.ts';
import { inputsAt, trainingCase, weightsInOrder, type TrainingFixture } from './training.ts';

const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isLeft(e)) throw new Error(JSON.stringify(e.left));
  return e.right;
};

type Numbers = { readonly data: ArrayLike<number> };

/** What a run gave: loss and norm of each step, and where the weights ended. */
type Ran = {
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly end: (path: string) => Numbers;
};

type Case = ReturnType<typeof trainingCase>;

/**
 * How far each tensor is from PyTorch's: its move in units of its largest move, or of a thousandth of the largest of
 * all, as some gradients are nothing but rounding; and itself in units of its largest number.
 */
const errors = ({ expected, graph, begin }: Case, { end }: Ran) => {
  const sizes = expected.tensors.map(({ moved }) => decode(moved));
  const largestOfAll = Math.max(...sizes.map(([largest]) => largest!));
  return weightsInOrder(graph).map(({ path }, i) => {
    const { shape, samples, kind } = expected.tensors[i]!;
    const [largest, root] = sizes[i]!;
    const [before, after] = [begin.get(path)!, end(path)];
    expect([path.slice(path.lastIndexOf('/') + 1), before.shape]).toEqual([kind, shape]);
    const moves = Array.from(after.data, (n, j) => n - before.data[j]!);
    const sampled = Array.from(decode(samples), (n, j) => moves[(j * 7919) % moves.length]! - n);
    const spread = (Math.hypot(...moves) - root!) / Math.sqrt(moves.length);
    const wrong = Math.max(...[...sampled, spread].map(Math.abs));
    const most = Array.from(after.data).reduce((m, n) => Math.max(m, Math.abs(n)), 0);
    return { path, move: wrong / Math.max(largest!, largestOfAll / 1000), whole: wrong / most };
  });
};

const expectClose = (found: readonly number[], expected: string, tolerance: number): void =>
  decode(expected).forEach((n, i) => expect(Math.abs(found[i]! / n - 1)).toBeLessThan(tolerance));

const expectAll = (of: Case, ran: Ran, tolerance: number): void => {
  expectClose(ran.losses, of.expected.losses, tolerance);
  expectClose(ran.norms, of.expected.norms, tolerance);
  const found = errors(of, ran);
  expect(found.filter(({ whole }) => !(whole <= tolerance))).toEqual([]);
  expect(found.filter(({ move }) => !(move <= 10 * tolerance))).toEqual([]);
};

const stepsOf = ({ steps }: TrainingFixture): readonly number[] =>
  Array.from({ length: steps }, (_, step) => step);

describe.each(trainingNames)('%s', (name) => {
  const of = trainingCase(name);
  const step = right(trainingStep(of.graph, of.how));
  const { program } = step;
  const beginOf = (path: string, shape: readonly number[]): HostTensor =>
    of.begin.get(path) ?? { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };

  it('is PyTorch in float64', { timeout: 120_000 }, () => {
    let state: ReadonlyMap<string, Tensor> = new Map(
      program.parameters.map(({ path, shape }) => [path, float64(beginOf(path, shape))]),
    );
    const outputs = stepsOf(of.expected).map((at) => {
      const inputs = inputsAt(name, of.expected, step, at);
      // neither the numbers of a step nor those of masks are rounded here
      const exact = new Map(
        Object.entries(step.numbers({ rate: of.expected.rates[at]!, step: at + 1 })),
      );
      const keeps = new Map(step.masks.map((mask) => [mask.name, mask.keep]));
      const given = Object.entries(inputs).map(([input, t]): [string, Tensor] => {
        const [number, keep] = [exact.get(input), keeps.get(input)];
        if (number !== undefined) return [input, tensor([], [number])];
        const { shape, data } = float64(t);
        return [
          input,
          { shape, data: keep === undefined ? data : data.map((n) => (n > 0 ? 1 / keep : 0)) },
        ];
      });
      const results = evaluate(program, Object.fromEntries(given), (path) => state.get(path)!);
      const moved = program.state.filter(({ next }) => next !== undefined);
      state = new Map([
        ...state,
        ...moved.map(({ path }, i) => [path, results[program.outputs.length + i]!] as const),
      ]);
      return results.slice(0, program.outputs.length).map(({ data }) => data[0]!);
    });
    const ran = {
      losses: outputs.map((all) => all[0]!),
      norms: outputs.map((all) => all[all.length - 1]!),
      end: (path: string) => state.get(path)!,
    };
    expectAll(of, ran, 1e-10);
  });

  it('is PyTorch on wasm', { timeout: 120_000 }, async () => {
    const shapes = new Map(program.parameters.map(({ path, shape }) => [path, shape]));
    const begin = (path: string) => beginOf(path, shapes.get(path)!);
    const session = right(load(await engine('wasm'), fuse(program), begin));
    const [losses, norms]: [number[], number[]] = [[], []];
    for (const at of stepsOf(of.expected)) {
      const outputs = right(await session.step(inputsAt(name, of.expected, step, at)));
      losses.push(outputs[0]!.data[0]!);
      norms.push(outputs[outputs.length - 1]!.data[0]!);
    }
    const end = new Map<string, HostTensor>();
    for (const path of of.begin.keys()) end.set(path, await session.read(path));
    session.dispose();
    expectAll(of, { losses, norms, end: (path) => end.get(path)! }, 1e-4);
  });
});
