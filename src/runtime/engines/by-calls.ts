/** How an engine whose kernels are called one by one holds a program and runs its plans. */
import * as E from 'fp-ts/lib/Either.js';
import { elements } from '../../numeric/tensor.ts';
import type { CalledEngine, LoadedEngine, NoRoom, Placed, Prepared, Unusable } from './engine.ts';
import { once } from './once.ts';
import { walk, type Values } from './walk.ts';

/** Loads an engine by its calls. */
export const byCalls = <V>(
  load: () => Promise<E.Either<Unusable, CalledEngine<V>>>,
): (() => Promise<E.Either<Unusable, LoadedEngine>>) =>
  once(async () => E.map((engine: CalledEngine<V>) => withPlans(engine))(await load()));

/** The engine without its calls: its values stay behind. */
export const withPlans = <V>(engine: CalledEngine<V>): LoadedEngine => ({
  name: engine.name,
  version: engine.version,
  room: engine.room,
  memory: engine.memory,
  place: (program, stored) => {
    const held: Values<V> = new Map();
    const entries = [...program.weights, ...program.constants];
    const bytes = entries.reduce((n, { shape }) => n + 4 * elements(shape), 0);
    const needs = bytes * engine.room.weightCopies;
    if (needs > engine.room.all) return E.left({ needs, has: engine.room.all });
    const uploaded = withoutRoom(needs, held, engine, () => {
      for (const { id } of entries) held.set(id, engine.upload(stored(id)));
    });
    return E.map((): Placed => placed(engine, held))(uploaded);
  },
});

const placed = <V>(engine: CalledEngine<V>, held: Values<V>): Placed => ({
  prepare: (plan): Prepared => ({
    run: async (input) => {
      const owned: Values<V> = new Map();
      const needs = plan.peakBytes + plan.weightBytes;
      const done = withoutRoom(needs, owned, engine, () => {
        owned.set(plan.program.input.id, engine.upload(input));
        return walk(engine, plan, held, owned);
      });
      if (E.isLeft(done)) return done;
      try {
        const outputs: Float32Array[] = [];
        for (const { id } of plan.outputs) {
          const data = await engine.read(done.right(id));
          // a net that passes its input on may read it from the caller's own array
          outputs.push(data.buffer === input.data.buffer ? data.slice() : data);
        }
        return E.right(outputs);
      } finally {
        freeAll(engine, owned);
      }
    },
  }),
  dispose: () => freeAll(engine, held),
});

const freeAll = <V>(engine: CalledEngine<V>, values: Values<V>): void => {
  for (const value of values.values()) engine.free(value);
  values.clear();
};

/** JavaScript and WebAssembly say RangeError when memory cannot be had. Whatever is thrown, `held` is freed. */
const withoutRoom = <V, A>(
  needs: number,
  held: Values<V>,
  engine: CalledEngine<V>,
  work: () => A,
): E.Either<NoRoom, A> => {
  try {
    return E.right(work());
  } catch (e) {
    freeAll(engine, held);
    if (e instanceof RangeError) return E.left({ needs, has: undefined });
    throw e;
  }
};
