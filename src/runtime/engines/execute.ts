/** A program on an engine: its weights are uploaded once, then every run takes the plan of its batch. */
import * as Either from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { largest } from '../../numeric/figures.ts';
import { elements, sameShape } from '../../numeric/tensor.ts';
import type { ValueId } from '../../graph/graph.ts';
import type { Kernels } from '../../lower/kernels.ts';
import { plan as planFor, type Plan } from '../../lower/plan.ts';
import { parameterIn, weightValue, type HostTensor } from '../../lower/stored.ts';
import type { LoadedEngine, NoRoom, Placed, Prepared } from './engine.ts';

/** A result of the net, called `output` or as its `also` says. */
export type Output = HostTensor & { readonly name: string };

/** A program whose weights lie on an engine, to be run any number of times. */
export type Loaded = {
  /** for an input of this shape, [batch, h, w, c] or [batch, c] */
  readonly plan: (input: readonly number[]) => Plan;
  /** the outputs in the program's order; the input is not written to */
  readonly run: (input: HostTensor) => Promise<Either.Either<NoRoom, readonly Output[]>>;
  /** frees the weights; nothing can be run afterwards */
  readonly dispose: () => void;
};

/**
 * Uploads the weights of a program. `weight` gives each by its path; its shape must be the declared one.
 * The engine may keep the arrays, so nobody may write to them while the program is loaded.
 */
export const load = (
  engine: LoadedEngine,
  program: Kernels,
  weight: (path: string) => HostTensor,
): Either.Either<NoRoom, Loaded> =>
  Either.map((placed: Placed): Loaded => {
    let latest: { readonly plan: Plan; readonly prepared: Prepared } | undefined;
    const at = (input: readonly number[]) => {
      if (latest === undefined || !sameShape(latest.plan.input, input)) {
        const plan = planFor(program, { batch: input[0] ?? 0, input: input.slice(1) });
        latest = { plan, prepared: placed.prepare(plan) };
      }
      return latest;
    };
    return {
      plan: (input) => at(input).plan,
      run: async (input) => {
        const { plan, prepared } = at(input.shape);
        const short = shortage(engine, plan);
        if (short !== undefined) return Either.left(short);
        const outputs = await prepared.run(input);
        return Either.map((all: readonly Float32Array[]) =>
          plan.outputs.map(({ name, shape }, i): Output => ({ name, shape, data: all[i]! })),
        )(outputs);
      },
      dispose: placed.dispose,
    };
  })(engine.place(program, storedIn(program, weight)));

/** What a plan needs beyond what the engine has, before anything runs. */
const shortage = ({ room }: LoadedEngine, p: Plan): NoRoom | undefined => {
  const needs = p.weightBytes * room.weightCopies + p.peakBytes;
  if (needs > room.all) return { needs, has: room.all };
  const most = largest([4 * elements(p.input), ...p.steps.map((s) => s.bytes)]);
  return most > room.each ? { needs: most, has: room.each } : undefined;
};

/** The numbers of what a program stores, each computed when it is asked for. */
const storedIn = (program: Kernels, weight: (path: string) => HostTensor) => {
  const read = (path: string): HostTensor => {
    const w = weight(path);
    const declared = program.parameters.find((p) => p.path === path)?.spec.shape;
    const fits = declared !== undefined && sameShape(w.shape, declared);
    if (!fits || w.data.length !== elements(w.shape))
      throw new Bug(`${path} is [${w.shape}] and not [${declared}]`);
    return w;
  };
  const weights = new Map(program.weights.map((w) => [w.id, w.value]));
  const constants = new Map(program.constants.map((c) => [c.id, c]));
  return (id: ValueId): HostTensor => {
    const value = weights.get(id);
    if (value !== undefined) return weightValue(value, read(parameterIn(value)));
    const constant = constants.get(id);
    if (constant === undefined) throw new Bug(`value ${id} of ${program.net} is not stored`);
    return { shape: constant.shape, data: Float32Array.from(constant.data) };
  };
};
