/**
 * A program on an engine: its state is uploaded once and stays there, and each step uses the plan for the shapes of its
 * inputs. Running a net leaves the state unchanged; a checkpoint is a copy of the state.
 */
import * as Either from 'fp-ts/lib/Either.js';
import { Bug } from '../../diagnostic/bug.ts';
import type { ValueId } from '../../graph/graph.ts';
import type { KernelProgram, State } from '../../lower/kernels.ts';
import { plan as planFor, type InputShapes, type Plan } from '../../lower/plan.ts';
import { parameterIn, partOf, type HostTensor } from '../../lower/weight-part.ts';
import { elements, sameShape } from '../../numeric/tensor.ts';
import { bytesOf, type Shape } from '../../kernel/shape.ts';
import {
  shortage,
  type LoadedEngine,
  type NoRoom,
  type Resident,
  type Prepared,
  type See,
  type Sized,
} from './engine.ts';

/** A result of a step, called `output` or as its `also` says. */
export type Output = HostTensor & { readonly name: string };

/** The inputs of a step, by name. */
export type Inputs = { readonly [name: string]: HostTensor };

/** A program whose state lies on an engine. */
export type Session = {
  /** for inputs of these shapes, with the batch */
  readonly plan: (inputs: InputShapes) => Plan;
  /**
   * The outputs in the program's order; inputs are not written to. Afterwards each state with a next value holds that
   * value; if there is no room, or if an output is not finite that the program wants `finite`, no state changes. A step
   * that changes the state ends before the next begins.
   */
  readonly step: (inputs: Inputs) => Promise<Either.Either<NoRoom, readonly Output[]>>;
  /** runs a step and shows what each call makes, until `see` has seen enough; no state changes */
  readonly show: (inputs: Inputs, see: See) => Promise<Either.Either<NoRoom, void>>;
  /** what the state of this path holds now */
  readonly read: (path: string) => Promise<HostTensor>;
  /** another program over the same state, which has the same values, state and constants */
  readonly along: (program: KernelProgram) => Steps;
  /** replaces the numbers of this state; do not write to the array afterwards */
  readonly write: (path: string, t: HostTensor) => Either.Either<NoRoom, void>;
  /** frees the state; nothing can be run afterwards */
  readonly dispose: () => void;
};

/** What a program can do on a state. */
export type Steps = Pick<Session, 'plan' | 'step' | 'show'>;

/**
 * Uploads the state of a program. `weight` gives each parameter by its path; its shape must be the declared one.
 * The engine may keep the arrays, so do not write to them while the session lasts.
 */
export const load = (
  engine: LoadedEngine,
  program: KernelProgram,
  weight: (path: string) => HostTensor,
): Either.Either<NoRoom, Session> =>
  Either.map((resident: Resident) => sessionOf(engine, program, resident))(
    engine.place(program, storedIn(program, weight)),
  );

const sessionOf = (engine: LoadedEngine, program: KernelProgram, resident: Resident): Session => {
  let running = false;
  /** steps that change the state come one after the other, of whatever program they are */
  const alone: Alone = async (work) => {
    if (running) throw new Bug(`two steps of ${program.net} at once`);
    running = true;
    try {
      return await work();
    } finally {
      running = false;
    }
  };
  return {
    ...stepsOf(engine, program, resident, alone),
    along: (other) => {
      if (!sameStored(program, other)) throw new Bug(`the state of ${program.net} is another`);
      return stepsOf(engine, other, resident, alone);
    },
    read: async (path) => {
      const { id, shape } = stateAt(program, path);
      return { shape, data: await resident.read(id) };
    },
    write: (path, t) => {
      const { id, shape } = stateAt(program, path);
      if (!sameShape(t.shape, shape) || t.data.length !== elements(shape))
        throw new Bug(`${path} is [${shape}] and not [${t.shape}]`);
      return resident.write(id, t);
    },
    dispose: resident.dispose,
  };
};

/** Does work while no other work is done. */
type Alone = <A>(work: () => Promise<A>) => Promise<A>;

const stepsOf = (
  engine: LoadedEngine,
  program: KernelProgram,
  resident: Resident,
  alone: Alone,
): Steps => {
  const plans = plansOf(engine, program, resident);
  const changes = program.state.some((s) => s.next !== undefined);
  const inOrder = (inputs: Inputs): readonly HostTensor[] =>
    program.inputs.map(({ name }) => inputs[name]!);
  const step: Session['step'] = async (inputs) => {
    const { plan, prepared } = plans(shapesOf(inputs));
    const short = shortageFor(engine, plan);
    if (short !== undefined) return Either.left(short);
    const outputs = await prepared.run(inOrder(inputs));
    return Either.map((all: readonly Float32Array[]) =>
      plan.outputs.map(({ name, shape }, i): Output => ({ name, shape, data: all[i]! })),
    )(outputs);
  };
  return {
    plan: (inputs) => plans(inputs).plan,
    step: changes ? (inputs) => alone(() => step(inputs)) : step,
    show: (inputs, see) => alone(() => plans(shapesOf(inputs)).prepared.show(inOrder(inputs), see)),
  };
};

/** Whether two programs store the same under the same numbers. */
const sameStored = (a: KernelProgram, b: KernelProgram): boolean => {
  const idsOf = ({ state, constants }: KernelProgram): string =>
    [...state, ...constants].map(({ id, shape }) => `${id}:${shape}`).join(' ');
  return idsOf(a) === idsOf(b);
};

const shapesOf = (inputs: Inputs): InputShapes =>
  Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));

const stateAt = ({ net, state }: KernelProgram, path: string): State => {
  const found = state.find((s) => s.path === path);
  if (found === undefined) throw new Bug(`${net} has no state ${path}`);
  return found;
};

type Ready = { readonly plan: Plan; readonly prepared: Prepared };

/** The number of plans kept: for a whole batch, for the last, smaller one, and for some sizes of images. */
const kept = 8;

/** The plan for each shape of the inputs, prepared; the latest ones are kept. */
const plansOf = (
  { within }: LoadedEngine,
  program: KernelProgram,
  resident: Resident,
): ((inputs: InputShapes) => Ready) => {
  const ready = new Map<string, Ready>();
  return (inputs) => {
    const key = program.inputs.map(({ name }) => inputs[name]?.join()).join(';');
    const known = ready.get(key);
    if (known !== undefined) return known;
    const plan = planFor(program, inputs, within);
    const made = { plan, prepared: resident.prepare(plan) };
    const [oldest] = ready.keys();
    if (ready.size === kept && oldest !== undefined) ready.delete(oldest);
    ready.set(key, made);
    return made;
  };
};

const sized = (shape: Shape, at: string): Sized => ({ bytes: bytesOf(shape), at });

/** The most bytes that an engine holds at once while it runs a plan. */
export const bytesFor = ({ room }: Pick<LoadedEngine, 'room'>, p: Plan): number =>
  p.weightBytes * room.weightCopies + p.peakBytes;

/** What an engine lacks for a plan, before anything runs; undefined if it has enough. */
export const shortageFor = ({ room }: Pick<LoadedEngine, 'room'>, p: Plan): NoRoom | undefined => {
  const inputs = p.inputs.map((shape, i) => sized(shape, p.program.inputs[i]!.name));
  const made = p.steps.flatMap(({ call, results }) => results.map((r) => sized(r, call.path)));
  return shortage(room, bytesFor({ room }, p), [...inputs, ...made]);
};

/** The stored values of a program, each computed on demand. */
const storedIn = (program: KernelProgram, weight: (path: string) => HostTensor) => {
  const read = (path: string): HostTensor => {
    const w = weight(path);
    const declared = program.parameters.find((p) => p.path === path)?.shape;
    const fits = declared !== undefined && sameShape(w.shape, declared);
    if (!fits || w.data.length !== elements(w.shape))
      throw new Bug(`${path} is [${w.shape}] and not [${declared}]`);
    return w;
  };
  const state = new Map(program.state.map(({ id, initial }) => [id, initial]));
  const constants = new Map(program.constants.map((c) => [c.id, c]));
  return (id: ValueId): HostTensor => {
    const initial = state.get(id);
    if (initial !== undefined) return partOf(initial, read(parameterIn(initial)));
    const constant = constants.get(id);
    if (constant === undefined) throw new Bug(`value ${id} of ${program.net} is not stored`);
    return { shape: constant.shape, data: Float32Array.from(constant.data) };
  };
};
