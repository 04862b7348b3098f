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
import type { NoRoom, Prepared, Resident, See } from '../engine.ts';
import { ends, graphOf, type Stored, type Version } from './graph.ts';
import type { Fed, Library, OpenModel } from './library.ts';
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

/** What a resident remembers from run to run. */
type Memory = {
  model: Model | undefined;
  plans: readonly Version[]; // the latest last
  /** numbers that no open model has as they are now */
  readonly waiting: Map<ValueId, HostTensor>;
  /** numbers of constants of the model */
  readonly constants: Map<ValueId, HostTensor>;
};

/** What the engine is told of a run: its plan. */
type Ran = (plan: Plan) => void;

/** Keeps a program on the library; `ran` is told of each run. */
export const residentOn = (
  library: Library,
  program: KernelProgram,
  stored: (id: ValueId) => HostTensor,
  ran: Ran,
): Resident => {
  const all: readonly { readonly id: ValueId; readonly shape: Shape }[] = [
    ...program.state,
    ...program.constants,
  ];
  const memory: Memory = {
    model: undefined,
    plans: [],
    waiting: new Map(all.map(({ id }) => [id, stored(id)])),
    constants: new Map(),
  };
  const alone = inTurn();
  const fixed = new Set(program.constants.map(({ id }) => id));

  /** The states that may be constants of a model with these plans. */
  const constantsIn = (plans: readonly Version[]): ReadonlySet<ValueId> => {
    if (library.usesGpu || plans.some(({ plan }) => plan.updates.length > 0)) return fixed;
    // a product of matrices gains nothing by a constant
    const may = program.state.filter(({ shape }) => shape.length !== 2);
    const bytes = may.reduce((n, { shape }) => n + bytesOf(shape), 0);
    return bytes > constantBytes ? fixed : new Set([...fixed, ...may.map(({ id }) => id)]);
  };

  /** What the open model knows best comes back, and the model is closed. */
  const close = async (): Promise<void> => {
    const { model } = memory;
    if (model === undefined) return;
    const variables = all.filter(({ id }) => !model.constants.has(id) && !memory.waiting.has(id));
    for (const { id, shape } of variables) {
      const data = await read(model, id);
      memory.waiting.set(id, { shape, data });
    }
    for (const [id, t] of memory.constants) if (!memory.waiting.has(id)) memory.waiting.set(id, t);
    memory.constants.clear();
    memory.model = undefined;
    model.open.close();
  };

  const read = async ({ open }: Model, id: ValueId): Promise<Float32Array> => {
    const numbers = await open.run([], [ends.read(id)]);
    if (E.isLeft(numbers)) throw new RangeError('TensorFlow has no memory to read its state');
    return numbers.right[0]!;
  };

  const isReady = (model: Model, version: Version): boolean =>
    model.plans.includes(version) &&
    [...memory.waiting.keys()].every((id) => !model.constants.has(id));

  /** A model with the plan; what waits is given to it. */
  const modelWith = async (version: Version): Promise<E.Either<NoRoom, Model>> => {
    memory.plans = [...memory.plans.filter((p) => p !== version), version].slice(-plansAtOnce);
    let { model } = memory;
    if (model === undefined || !isReady(model, version)) {
      await close();
      const { plans } = memory;
      const constants = constantsIn(plans);
      const open = await library.open(savedModel(graphOf(all.map(asStored(constants)), plans)));
      model = { plans, constants, open };
      memory.model = model;
    }
    for (const [id, t] of memory.waiting) {
      if (model.constants.has(id)) memory.constants.set(id, t);
      else {
        const done = await model.open.run([{ name: ends.given(id), ...t }], [ends.written(id)]);
        if (E.isLeft(done)) return E.left(noRoomFor(version.plan));
      }
      memory.waiting.delete(id);
    }
    return E.right(model);
  };

  const asStored =
    (constants: ReadonlySet<ValueId>) =>
    ({ id, shape }: { readonly id: ValueId; readonly shape: Shape }): Stored =>
      constants.has(id) ? { id, shape, constant: memory.waiting.get(id)!.data } : { id, shape };

  /** Runs a version of a plan; its last output says whether it is safe, unless it keeps NaN. */
  const runOnce = async (version: Version, inputs: readonly HostTensor[]) => {
    const model = await modelWith(version);
    if (E.isLeft(model)) return model;
    const { plan, keepsNaN } = version;
    const number = model.right.plans.indexOf(version);
    const outputs = plan.outputs.map((_, i) => ends.output(number, i));
    const wanted = keepsNaN ? outputs : [...outputs, ends.safe(number)];
    const made = await model.right.open.run(fedTo(number, inputs), wanted);
    return E.mapLeft(() => noRoomFor(plan))(made);
  };

  const prepare = (plan: Plan): Prepared => {
    const fast: Version = { plan, keepsNaN: false };
    const exact: Version = { plan, keepsNaN: true };
    return {
      run: (inputs) =>
        alone(async () => {
          ran(plan);
          const made = await runOnce(fast, inputs);
          if (E.isLeft(made)) return made;
          const isSafe = made.right[plan.outputs.length]?.[0] === 1;
          return isSafe ? E.right(made.right.slice(0, -1)) : runOnce(exact, inputs);
        }),
      show: (inputs, see) =>
        alone(async () => {
          const model = await modelWith(exact);
          return E.isLeft(model) ? model : show(model.right, exact, inputs, see);
        }),
    };
  };

  return {
    prepare,
    read: (state) =>
      alone(async () => {
        const waiting = memory.waiting.get(state) ?? memory.constants.get(state);
        if (waiting !== undefined) return waiting.data.slice();
        if (memory.model === undefined) throw new Bug(`state ${state} is nowhere`);
        return read(memory.model, state);
      }),
    write: (state, t) => {
      memory.waiting.set(state, t);
      return E.right(undefined);
    },
    dispose: () =>
      void alone(async () => {
        memory.model?.open.close();
        memory.model = undefined;
        memory.waiting.clear();
        memory.constants.clear();
      }),
  };
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
  { plans, open }: Model,
  version: Version,
  inputs: readonly HostTensor[],
  see: See,
): Promise<E.Either<NoRoom, void>> => {
  const { plan } = version;
  const number = plans.indexOf(version);
  const fed = fedTo(number, inputs);
  for (const part of partsOf(plan)) {
    const wanted = part.flatMap((call) =>
      plan.steps[call]!.results.map((_, i) => ends.result(number, call, i)),
    );
    const made = await open.run(fed, wanted);
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
