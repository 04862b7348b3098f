/**
 * A program that stays in TensorFlow. All plans that were used of late are one model, because models share no variables:
 * a plan that is new makes a new model, which takes over the state of the one before.
 */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../../diagnostic/bug.ts';
import type { ValueId } from '../../../graph/graph.ts';
import { bytesOf, type Shape } from '../../../kernel/shape.ts';
import type { KernelProgram } from '../../../lower/kernels.ts';
import type { Plan } from '../../../lower/plan.ts';
import type { HostTensor } from '../../../lower/weight-part.ts';
import { boundIn } from '../bounds.ts';
import type { NoRoom, Resident, See } from '../engine.ts';
import { ends, graphOf, type Stored, type Version } from './graph.ts';
import type { Fed, Library, OpenModel, OutOfMemory } from './library.ts';
import { savedModel } from './saved-model.ts';

/** The number of plans in a model: for a whole batch, for the last, smaller one, and for some sizes of images. */
const plansAtOnce = 8;

/**
 * Constants that a model may hold: TensorFlow packs filters once that are constants, but copies all constants many
 * times when it opens a model. What is a constant does not depend on what has happened, as it may change last bits.
 */
const constantBytes = 100 * 2 ** 20;

/** The bytes that are shown at once of what a plan makes. */
const shownBytes = 256 * 2 ** 20;

/** A model that is open, with the plans that it has. */
type Model = {
  readonly plans: readonly Version[];
  readonly constants: ReadonlySet<ValueId>;
  readonly open: OpenModel;
};

/** A tensor that a program stores. */
type Entry = { readonly id: ValueId; readonly shape: Shape };

/** The models of a program, of which one is open at a time, and the numbers that it stores. */
type Models = {
  /** a model that has this version of a plan, with all numbers as they are now */
  readonly having: (version: Version) => Promise<E.Either<NoRoom, Model>>;
  readonly read: (id: ValueId) => Promise<Float32Array>;
  readonly write: (id: ValueId, t: HostTensor) => void;
  readonly dispose: () => void;
};

const newModels = (
  library: Library,
  program: KernelProgram,
  stored: (id: ValueId) => HostTensor,
): Models => {
  const all: readonly Entry[] = [...program.state, ...program.constants];
  /** numbers that no open model has as they are now */
  const waiting = new Map(all.map(({ id }) => [id, stored(id)] as const));
  /** numbers of constants of the model */
  const constants = new Map<ValueId, HostTensor>();
  let model: Model | undefined;
  let plans: readonly Version[] = []; // the latest last

  /** The model gives back what it alone has, and is closed. */
  const close = async (): Promise<void> => {
    if (model === undefined) return;
    for (const { id, shape } of all)
      if (!model.constants.has(id) && !waiting.has(id))
        waiting.set(id, { shape, data: await readIn(model, id) });
    for (const [id, t] of constants) if (!waiting.has(id)) waiting.set(id, t);
    dispose();
  };
  const dispose = (): void => {
    model?.open.close();
    model = undefined;
    constants.clear();
  };
  const isReady = ({ plans: has, constants: fixed }: Model, version: Version): boolean =>
    has.includes(version) && [...waiting.keys()].every((id) => !fixed.has(id));
  const opened = async (): Promise<E.Either<OutOfMemory, Model>> => {
    const fixed = constantsOf(library, program, plans);
    const entries = all.map(({ id, shape }): Stored =>
      fixed.has(id) ? { id, shape, constant: waiting.get(id)!.data } : { id, shape },
    );
    const open = await library.open(savedModel(graphOf(entries, plans, library.workers)));
    return E.map((model: OpenModel): Model => ({ plans, constants: fixed, open: model }))(open);
  };
  return {
    having: async (version) => {
      plans = [...plans.filter((p) => p !== version), version].slice(-plansAtOnce);
      if (model === undefined || !isReady(model, version)) {
        await close();
        const made = await opened();
        if (E.isLeft(made)) return E.left(noRoomFor(version.plan));
        model = made.right;
      }
      for (const [id, t] of waiting) {
        if (model.constants.has(id)) constants.set(id, t);
        else {
          const given = [
            { name: ends.given(id), ...t },
            { name: ends.givenBound(id), shape: [], data: Float32Array.of(boundIn(t.data)) },
          ];
          const done = await model.open.run(given, [ends.written(id)]);
          if (E.isLeft(done)) return E.left(noRoomFor(version.plan));
        }
        waiting.delete(id);
      }
      return E.right(model);
    },
    read: async (id) => {
      const known = waiting.get(id) ?? constants.get(id);
      if (known !== undefined) return known.data.slice();
      if (model === undefined) throw new Bug(`state ${id} is nowhere`);
      return readIn(model, id);
    },
    write: (id, t) => void waiting.set(id, t),
    dispose: () => {
      dispose();
      waiting.clear();
    },
  };
};

const readIn = async ({ open }: Model, id: ValueId): Promise<Float32Array> => {
  const numbers = await open.run([], [ends.read(id)]);
  if (E.isLeft(numbers)) throw new RangeError('TensorFlow has no memory to read its state');
  return numbers.right[0]!;
};

/** What is a constant in a model with these plans: what never changes, or, where nothing changes, filters too. */
const constantsOf = (
  { usesGpu }: Library,
  program: KernelProgram,
  plans: readonly Version[],
): ReadonlySet<ValueId> => {
  const fixed = program.constants.map(({ id }) => id);
  if (usesGpu || plans.some(({ plan }) => plan.updates.length > 0)) return new Set(fixed);
  // a product of matrices gains nothing by a constant
  const may = program.state.filter(({ shape }) => shape.length !== 2);
  const bytes = may.reduce((n, { shape }) => n + bytesOf(shape), 0);
  return new Set(bytes > constantBytes ? fixed : [...fixed, ...may.map(({ id }) => id)]);
};

/** Keeps a program on the library. */
export const residentOn = (
  library: Library,
  program: KernelProgram,
  stored: (id: ValueId) => HostTensor,
): Resident => {
  const models = newModels(library, program, stored);
  const alone = inTurn();
  return {
    prepare: (plan) => {
      const fast: Version = { plan, keepsNaN: false };
      const exact: Version = { plan, keepsNaN: true };
      return {
        run: (inputs) =>
          alone(async () => {
            const made = await runOnce(models, fast, inputs);
            if (E.isLeft(made)) return made;
            const isSafe = made.right[plan.outputs.length]?.[0] === 1;
            return isSafe ? E.right(made.right.slice(0, -1)) : runOnce(models, exact, inputs);
          }),
        show: (inputs, see) => alone(() => show(models, exact, inputs, see)),
      };
    },
    read: (state) => alone(() => models.read(state)),
    write: (state, t) => {
      // a run that was asked for before reads what was there before
      void alone(async () => models.write(state, t));
      return E.right(undefined);
    },
    dispose: () => void alone(async () => models.dispose()),
  };
};

/** Runs a version of a plan; unless it keeps NaN, its last output says whether it is safe. */
const runOnce = async (
  models: Models,
  version: Version,
  inputs: readonly HostTensor[],
): Promise<E.Either<NoRoom, readonly Float32Array[]>> => {
  const model = await models.having(version);
  if (E.isLeft(model)) return model;
  const { plan, keepsNaN } = version;
  const number = model.right.plans.indexOf(version);
  const outputs = plan.outputs.map((_, i) => ends.output(number, i));
  const wanted = keepsNaN ? outputs : [...outputs, ends.safe(number)];
  const made = await model.right.open.run(fedTo(number, inputs), wanted);
  return E.mapLeft(() => noRoomFor(plan))(made);
};

/** Work that is done piece after piece, in the order in which it was asked for. */
const inTurn = (): (<A>(work: () => Promise<A>) => Promise<A>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
};

const noRoomFor = ({ peakBytes, weightBytes }: Plan): NoRoom => ({
  needs: peakBytes + weightBytes,
  has: undefined,
});

const fedTo = (plan: number, inputs: readonly HostTensor[]): readonly Fed[] =>
  inputs.map((t, i) => ({ name: ends.input(plan, i), ...t }));

/** Shows what each call makes. The library keeps nothing, so each part of the calls is computed with all before it. */
const show = async (
  models: Models,
  version: Version,
  inputs: readonly HostTensor[],
  see: See,
): Promise<E.Either<NoRoom, void>> => {
  const model = await models.having(version);
  if (E.isLeft(model)) return model;
  const { plan } = version;
  const number = model.right.plans.indexOf(version);
  for (const part of partsOf(plan)) {
    const wanted = part.flatMap((call) =>
      plan.steps[call]!.results.map((_, i) => ends.result(number, call, i)),
    );
    const made = await model.right.open.run(fedTo(number, inputs), wanted);
    if (E.isLeft(made)) return E.left(noRoomFor(plan));
    let at = 0;
    for (const call of part) {
      const step = plan.steps[call]!;
      const results = made.right.slice(at, (at += step.results.length));
      if (!see(step, results)) return E.right(undefined);
    }
  }
  return E.right(undefined);
};

/** The numbers of the calls of a plan, in parts that are shown at once. */
const partsOf = ({ steps }: Plan): readonly (readonly number[])[] => {
  const parts: number[][] = [];
  let bytes = Infinity;
  steps.forEach(({ results }, call) => {
    const more = results.reduce((n, shape) => n + bytesOf(shape), 0);
    if (bytes + more > shownBytes) {
      parts.push([]);
      bytes = 0;
    }
    bytes += more;
    parts[parts.length - 1]!.push(call);
  });
  return parts;
};
