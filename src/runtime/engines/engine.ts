/**
 * The interface of engines: hold the numbers of a program, and run its plans. Each engine decides how it holds numbers.
 * Most run a plan kernel by kernel (`by-calls.ts`); an engine that takes a plan as a whole, to record or compile it
 * once, has its own `place`.
 */
import type { Either } from 'fp-ts/lib/Either.js';
import type { ValueId } from '../../graph/graph.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { bytesOf, type Shape } from '../../kernel/shape.ts';
import type { KernelProgram } from '../../lower/kernels.ts';
import type { Plan, PlannedCall, PlannedOperand, Within } from '../../lower/plan.ts';
import type { HostTensor } from '../../lower/weight-part.ts';
import type { Hardware } from './hardware.ts';
import type { Host, Unusable } from './host.ts';
import type { engineChoices, engineNames } from './names.ts';

export type EngineName = (typeof engineNames)[number];

/** As `--engine` takes it. */
export type EngineChoice = (typeof engineChoices)[number];

/** The bytes an engine has. */
export type Room = {
  readonly all: number; // for everything at once
  readonly each: number; // for one value
  readonly weightCopies: number; // XNNPACK keeps each filter a second time, packed
};

/**
 * The engine has fewer bytes than the program needs; `has` is unknown if memory ran out during the run. If it is one value
 * that is too large, `at` is the layer that makes it, or the path of the state.
 */
export type NoRoom = {
  readonly needs: number;
  readonly has: number | undefined;
  readonly at?: string;
};

/** The bytes of a value, and whose it is. */
export type Sized = { readonly bytes: number; readonly at: string };

/** What an engine lacks for `needs` bytes at once, among them these values; undefined if it has enough. */
export const shortage = (
  room: Room,
  needs: number,
  values: readonly Sized[],
): NoRoom | undefined => {
  if (needs > room.all) return { needs, has: room.all };
  const large = values.filter(({ bytes }) => bytes > room.each);
  const [first, ...rest] = large;
  if (first === undefined) return undefined;
  const { bytes, at } = rest.reduce((a, b) => (b.bytes > a.bytes ? b : a), first);
  return { needs: bytes, has: room.each, at };
};

/** What a program stores, with the bytes of each. */
export const storedBy = ({ state, constants }: KernelProgram): readonly Sized[] => [
  ...state.map(({ path, shape }) => ({ bytes: bytesOf(shape), at: path })),
  ...constants.map(({ shape }) => ({ bytes: bytesOf(shape), at: 'a constant' })),
];

/** A plan that an engine is ready to run, any number of times. */
export type Prepared = {
  /**
   * Runs the plan: inputs are in the program's order, outputs in the plan's. Afterwards the state has the plan's next
   * values; if an output is not finite that the program wants `finite`, if there is no room, or if anything throws, it is
   * unchanged. A run never leaves anything else allocated.
   */
  readonly run: (inputs: readonly HostTensor[]) => Promise<Either<NoRoom, readonly Float32Array[]>>;
  /** runs the plan and shows what each call makes, until `see` has seen enough; the state stays as it is */
  readonly show: (inputs: readonly HostTensor[], see: See) => Promise<Either<NoRoom, void>>;
};

/** Sees the results of a call, which are not to be kept; false to see no more. */
export type See = (call: PlannedCall, results: readonly Float32Array[]) => boolean;

/** A program that stays on an engine: its state lies there. */
export type Resident = {
  readonly prepare: (plan: Plan) => Prepared;
  /** the numbers of a state, in an array of the caller's own */
  readonly read: (state: ValueId) => Promise<Float32Array>;
  /** replaces the numbers of a state; the engine may keep the array */
  readonly write: (state: ValueId, t: HostTensor) => Either<NoRoom, void>;
  /** frees everything; nothing can be run afterwards */
  readonly dispose: () => void;
};

/** The description of an engine that works here. */
export type Described = {
  readonly name: string;
  readonly version: string; // of what computes: `tfjs-backend-wasm 4.22.0`
  readonly hardware: Hardware;
  readonly room: Room;
  readonly within: Within;
  /** as `tf.memory()` counts, over everything that TensorFlow.js holds in this process */
  readonly memory: () => { readonly tensors: number; readonly bytes: number };
};

/** An engine that works here. */
export type LoadedEngine = Described & {
  /**
   * watches from now on; what it gives ends that, and says the most bytes that were held, those within a kernel too;
   * undefined where the engine does not say what it holds
   */
  readonly watchMemory: (() => () => number) | undefined;
  /**
   * Uploads the stored values of a program; `stored` gives each by its number. The engine may keep the arrays, so do
   * not write to them afterwards.
   */
  readonly place: (
    program: KernelProgram,
    stored: (id: ValueId) => HostTensor,
  ) => Either<NoRoom, Resident>;
};

/** An engine before it is loaded. Loading may fail with a reason. */
export type Engine = {
  readonly name: EngineName;
  readonly doc: string;
  /** loads what it needs, once; later calls give the same engine */
  readonly load: (host: Host) => Promise<Either<Unusable, LoadedEngine>>;
};

/** An operand of a kernel, with its numbers unless only its shape is read. */
export type HeldOperand<V> = PlannedOperand & { readonly value: V | undefined };

/** An engine whose kernels are called one by one. It holds numbers as `V`, which is opaque to all others. */
export type CalledEngine<V> = Described & {
  /** watches from now on; what it gives ends that, and says the most bytes that were held, those within a kernel too */
  readonly watchMemory: () => () => number;
  /** the engine may keep the array: do not write to it afterwards */
  readonly upload: (t: HostTensor) => V;
  /** the results have the shapes `results`, and nothing else stays allocated */
  readonly call: (
    kernel: Kernel,
    operands: readonly HeldOperand<V>[],
    results: readonly Shape[],
  ) => readonly V[];
  /** the first of some calls of a plan as one call, where each hands its result on to the next; undefined if it cannot */
  readonly join?: (calls: readonly PlannedCall[]) => Joined<V> | undefined;
  readonly read: (value: V) => Promise<Float32Array>;
  readonly free: (value: V) => void;
};

/** So many calls as one. Its operands are those of all, in order, but for what is handed on. */
export type Joined<V> = {
  readonly count: number;
  /** the result of the last */
  readonly call: (operands: readonly HeldOperand<V>[]) => V;
};
