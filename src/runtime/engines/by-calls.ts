/** Places programs and runs plans on an engine whose kernels are called one by one. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { ValueId } from '../../graph/graph.ts';
import { bytesOf } from '../../kernel/shape.ts';
import type { Plan } from '../../lower/plan.ts';
import type { HostTensor } from '../../lower/weight-part.ts';
import {
  shortage,
  storedBy,
  type CalledEngine,
  type LoadedEngine,
  type NoRoom,
  type Resident,
  type See,
} from './engine.ts';
import { onceOn, type Host, type Unusable } from './host.ts';
import { joining, singly, walk, walking, type Group, type Values } from './walk.ts';

/** Loads an engine by its calls. */
export const byCalls = <V>(
  load: (host: Host) => Promise<E.Either<Unusable, CalledEngine<V>>>,
): ((host: Host) => Promise<E.Either<Unusable, LoadedEngine>>) =>
  onceOn(async (host) => E.map((engine: CalledEngine<V>) => withPlans(engine))(await load(host)));

/** The engine with plans instead of calls: its values stay hidden. */
export const withPlans = <V>(engine: CalledEngine<V>): LoadedEngine => ({
  name: engine.name,
  version: engine.version,
  hardware: engine.hardware,
  room: engine.room,
  within: engine.within,
  memory: engine.memory,
  watchMemory: engine.watchMemory,
  place: (program, stored) => {
    const held: Values<V> = new Map();
    const entries = [...program.state, ...program.constants];
    const values = storedBy(program);
    const needs = values.reduce((n, { bytes }) => n + bytes, 0) * engine.room.weightCopies;
    const short = shortage(engine.room, needs, values);
    if (short !== undefined) return E.left(short);
    const uploaded = orNoRoom({ engine, needs, held }, () => {
      for (const { id } of entries) held.set(id, engine.upload(stored(id)));
    });
    return E.map((): Resident => resident(engine, held))(uploaded);
  },
});

const resident = <V>(engine: CalledEngine<V>, held: Values<V>): Resident => ({
  prepare: (plan) => {
    const groups = joining<V>(engine, plan);
    return {
      run: (inputs) => run({ engine, plan, groups, held }, inputs),
      show: (inputs, see) => show({ engine, plan, groups: singly<V>(plan), held }, inputs, see),
    };
  },
  read: async (state) => (await engine.read(valueIn(held, state))).slice(),
  write: (state, t) => {
    const before = valueIn(held, state);
    const needs = bytesOf(t.shape);
    const uploaded = orNoRoom({ engine, needs, held: new Map() }, () => engine.upload(t));
    if (E.isLeft(uploaded)) return uploaded;
    held.set(state, uploaded.right);
    engine.free(before);
    return E.right(undefined);
  },
  dispose: () => freeAll(engine, held),
});

/** A plan on an engine, with the state that it reads. */
type Run<V> = {
  readonly engine: CalledEngine<V>;
  readonly plan: Plan;
  readonly groups: readonly Group<V>[];
  readonly held: Values<V>;
};

const run = async <V>(
  { engine, plan, groups, held }: Run<V>,
  inputs: readonly HostTensor[],
): Promise<E.Either<NoRoom, readonly Float32Array[]>> => {
  const owned: Values<V> = new Map();
  const done = orNoRoom({ engine, needs: needsOf(plan), held: owned }, () => {
    upload({ engine, plan }, inputs, owned);
    const at = walk(engine, plan.program, groups, held, owned);
    return plan.outputs.map(({ id }) => at(id));
  });
  if (E.isLeft(done)) return done;
  try {
    const outputs: Float32Array[] = [];
    const stays = new Set(plan.updates.map(({ owner }) => valueIn(owned, owner)));
    const freed = new Set([...owned.values()].filter((value) => !stays.has(value)));
    for (const value of done.right) {
      const data = await engine.read(value);
      // an engine may read from its own array, which may be the state's or the caller's
      const taken = freed.has(value) && !inputs.some((t) => t.data.buffer === data.buffer);
      outputs.push(taken ? data : data.slice());
    }
    if (isSound(plan, outputs)) update(plan, held, owned); // nothing fails after this
    return E.right(outputs);
  } catch (e) {
    return noRoomIn(plan, e);
  } finally {
    freeAll(engine, owned);
  }
};

/** Whether all outputs are finite that must be for the state to change. */
const isSound = ({ outputs, program }: Plan, numbers: readonly Float32Array[]): boolean =>
  outputs.every(
    ({ name }, i) => !program.finite.includes(name) || numbers[i]!.every(Number.isFinite),
  );

/** What was thrown says that there was no room; anything else is thrown again. A GPU may say so when it is read. */
const noRoomIn = (plan: Plan, thrown: unknown): E.Either<NoRoom, never> => {
  if (thrown instanceof RangeError) return E.left({ needs: needsOf(plan), has: undefined });
  throw thrown;
};

const needsOf = ({ peakBytes, weightBytes }: Plan): number => peakBytes + weightBytes;

const upload = <V>(
  { engine, plan }: Pick<Run<V>, 'engine' | 'plan'>,
  inputs: readonly HostTensor[],
  owned: Values<V>,
): void => plan.program.inputs.forEach(({ id }, i) => owned.set(id, engine.upload(inputs[i]!)));

/** Runs a plan and shows the results of each call; nothing of it stays. */
const show = async <V>(
  { engine, plan, groups, held }: Run<V>,
  inputs: readonly HostTensor[],
  see: See,
): Promise<E.Either<NoRoom, void>> => {
  const owned: Values<V> = new Map();
  try {
    upload({ engine, plan }, inputs, owned);
    for (const { step, made } of walking(engine, plan.program, groups, held, owned)) {
      const results: Float32Array[] = [];
      for (const value of made) results.push(await engine.read(value));
      if (!see(step, results)) break;
    }
    return E.right(undefined);
  } catch (e) {
    return noRoomIn(plan, e);
  } finally {
    freeAll(engine, owned);
  }
};

/** Moves the next values into the state, and the old values to those that are freed. */
const update = <V>({ updates }: Plan, held: Values<V>, owned: Values<V>): void => {
  const next = updates.map(({ owner }) => valueIn(owned, owner));
  updates.forEach(({ state, owner }, i) => {
    owned.delete(owner);
    owned.set(state, valueIn(held, state));
    held.set(state, next[i]!);
  });
};

const valueIn = <V>(values: Values<V>, id: ValueId): V => {
  const value = values.get(id);
  if (value === undefined) throw new Bug(`value ${id} is not there`);
  return value;
};

const freeAll = <V>(engine: CalledEngine<V>, values: Values<V>): void => {
  for (const value of values.values()) engine.free(value);
  values.clear();
};

/** Work on an engine: the bytes that it needs, and the values to free if it throws. */
type Work<V> = {
  readonly engine: CalledEngine<V>;
  readonly needs: number;
  readonly held: Values<V>;
};

/** The result, or that there was no room: running out of memory is a RangeError here and in WebAssembly. */
const orNoRoom = <V, A>({ engine, needs, held }: Work<V>, work: () => A): E.Either<NoRoom, A> => {
  try {
    return E.right(work());
  } catch (e) {
    freeAll(engine, held);
    if (e instanceof RangeError) return E.left({ needs, has: undefined });
    throw e;
  }
};
