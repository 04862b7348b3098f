/**
 * Runs a program on an engine: weights are uploaded once, then every run walks the plan of its batch,
 * kernel by kernel, and frees each value after its last use. Whatever happens, a run leaves no tensor.
 */
import * as Either from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import { largest } from '../../numeric/figures.ts';
import { elements, sameShape } from '../../numeric/tensor.ts';
import type { ValueId } from '../../graph/graph.ts';
import { isView } from '../../kernel/table.ts';
import type { Kernels } from '../../lower/kernels.ts';
import { plan as planFor, type Plan } from '../../lower/plan.ts';
import { parameterIn, weightValue, type HostTensor } from '../../lower/stored.ts';
import type { LoadedEngine, Value } from './engine.ts';

/** A result of the net, called `output` or as its `also` says. */
export type Output = HostTensor & { readonly name: string };

/** The engine has not as many bytes as the program needs; `has` is unknown when it ran out underway. */
export type NoRoom = { readonly needs: number; readonly has: number | undefined };

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
): Either.Either<NoRoom, Loaded> => {
  const uploaded = upload(engine, program, weight);
  if (Either.isLeft(uploaded)) return uploaded;
  const stored = uploaded.right;
  let latest: Plan | undefined;
  const plan = (input: readonly number[]): Plan => {
    if (latest?.input.join() !== input.join())
      latest = planFor(program, { batch: input[0] ?? 0, input: input.slice(1) });
    return latest;
  };
  return Either.right({
    plan,
    run: async (input) => {
      const p = plan(input.shape);
      const short = shortage(engine, p);
      return short === undefined ? walk(engine, p, stored, input) : Either.left(short);
    },
    dispose: () => {
      for (const value of stored.values()) engine.free(value);
      stored.clear();
    },
  });
};

/** What a plan needs beyond what the engine has, before anything runs. */
const shortage = ({ room }: LoadedEngine, p: Plan): NoRoom | undefined => {
  const needs = p.weightBytes * room.weightCopies + p.peakBytes;
  if (needs > room.all) return { needs, has: room.all };
  const most = largest([4 * elements(p.input), ...p.steps.map((s) => s.bytes)]);
  return most > room.each ? { needs: most, has: room.each } : undefined;
};

type Values = Map<ValueId, Value>;

const upload = (
  engine: LoadedEngine,
  program: Kernels,
  weight: (path: string) => HostTensor,
): Either.Either<NoRoom, Values> => {
  const read = (path: string): HostTensor => {
    const w = weight(path);
    const declared = program.parameters.find((p) => p.path === path)?.spec.shape;
    const fits = declared !== undefined && sameShape(w.shape, declared);
    if (!fits || w.data.length !== elements(w.shape))
      throw new Bug(`${path} is [${w.shape}] and not [${declared}]`);
    return w;
  };
  const stored: Values = new Map();
  const fill = (): Values => {
    for (const { id, value } of program.weights)
      stored.set(id, engine.upload(weightValue(value, read(parameterIn(value)))));
    for (const { id, shape, data } of program.constants)
      stored.set(id, engine.upload({ shape, data: Float32Array.from(data) }));
    return stored;
  };
  const bytes = [...program.weights, ...program.constants].reduce(
    (n, w) => n + 4 * elements(w.shape),
    0,
  );
  const needs = bytes * engine.room.weightCopies;
  return needs > engine.room.all
    ? Either.left({ needs, has: engine.room.all })
    : withoutRoom(needs, stored, engine, fill);
};

const walk = async (
  engine: LoadedEngine,
  p: Plan,
  stored: Values,
  input: HostTensor,
): Promise<Either.Either<NoRoom, readonly Output[]>> => {
  const owned: Values = new Map(); // what this run must free
  const seen: Values = new Map(stored); // and what it can read, views too
  const put = (id: ValueId, value: Value, owns: boolean): void => {
    seen.set(id, value);
    if (owns) owned.set(id, value);
  };
  const at = (id: ValueId): Value => {
    const value = seen.get(id);
    if (value === undefined) throw new Bug(`value ${id} of ${p.program.net} is not there`);
    return value;
  };
  const free = (id: ValueId): void => {
    const value = owned.get(id);
    if (value !== undefined) engine.free(value);
    owned.delete(id);
    seen.delete(id);
  };
  const calls = (): Values => {
    put(p.program.input.id, engine.upload(input), true);
    for (const { call, operands, results, frees } of p.steps) {
      const read = call.operands.map(({ id, of }) => (of === 'value' ? at(id) : undefined));
      if (isView(call.kernel)) put(call.outputs[0]!, read[0]!, false);
      else {
        const on = operands.map((shape, i) => ({ shape, value: read[i] }));
        const values = engine.call(call.kernel, on, results);
        call.outputs.forEach((id, i) => put(id, values[i]!, true));
      }
      for (const id of frees) free(id);
    }
    return owned;
  };
  const done = withoutRoom(p.peakBytes + p.weightBytes, owned, engine, calls);
  if (Either.isLeft(done)) return done;
  try {
    const outputs: Output[] = [];
    for (const { name, id, shape } of p.outputs) {
      const data = await engine.read(at(id));
      // a net that passes its input on may read it from the caller's own array
      outputs.push({ name, shape, data: data.buffer === input.data.buffer ? data.slice() : data });
    }
    return Either.right(outputs);
  } finally {
    for (const id of [...owned.keys()]) free(id);
  }
};

/** JavaScript and WebAssembly say RangeError when memory cannot be had. Whatever is thrown, `held` is freed. */
const withoutRoom = (
  needs: number,
  held: Values,
  engine: LoadedEngine,
  work: () => Values,
): Either.Either<NoRoom, Values> => {
  try {
    return Either.right(work());
  } catch (e) {
    for (const value of held.values()) engine.free(value);
    held.clear();
    if (e instanceof RangeError) return Either.left({ needs, has: undefined });
    throw e;
  }
};
