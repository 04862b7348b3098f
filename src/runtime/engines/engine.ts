/**
 * What netc asks of a machine that computes: hold the numbers of a program, and run its plans. How an engine holds
 * numbers is its own affair. Most take a plan kernel by kernel (`by-calls.ts`); one that can take it as a whole, to
 * record or compile it once, makes its own `place`.
 */
import type { Either } from 'fp-ts/lib/Either.js';
import type { ValueId } from '../../graph/graph.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Shape } from '../../kernel/shape.ts';
import type { Kernels } from '../../lower/kernels.ts';
import type { Plan, PlannedOperand } from '../../lower/plan.ts';
import type { HostTensor } from '../../lower/weight-expr.ts';
import type { engineNames } from './names.ts';

/** As `--engine` takes it. */
export type EngineName = (typeof engineNames)[number];

/** Why an engine cannot be used here, and the command, if there is one, that would change it. */
export type Unusable = { readonly reason: string; readonly remedy: string };

/** The bytes an engine has. */
export type Room = {
  readonly all: number; // for everything at once
  readonly each: number; // for one value
  readonly weightCopies: number; // XNNPACK keeps each filter a second time, packed
};

/** The engine has not as many bytes as the program needs; `has` is unknown when it ran out underway. */
export type NoRoom = { readonly needs: number; readonly has: number | undefined };

/** A plan that an engine is ready to run, any number of times. */
export type Prepared = {
  /**
   * The outputs in the plan's order, of inputs in the program's. The state is then what the plan says; where there is
   * no room, or a kernel throws, it is what it was. Whatever happens, a run leaves nothing else behind.
   */
  readonly run: (inputs: readonly HostTensor[]) => Promise<Either<NoRoom, readonly Float32Array[]>>;
};

/** A program whose state lies on an engine. */
export type Placed = {
  readonly prepare: (plan: Plan) => Prepared;
  /** the numbers of a state, in an array of the caller's own */
  readonly read: (state: ValueId) => Promise<Float32Array>;
  /** puts others in their place; the engine may keep the array */
  readonly write: (state: ValueId, t: HostTensor) => Either<NoRoom, void>;
  /** frees everything; nothing can be run afterwards */
  readonly dispose: () => void;
};

/** What is known of an engine that works here. */
export type Described = {
  readonly name: string;
  readonly version: string; // of what computes: `tfjs-backend-wasm 4.22.0`
  readonly room: Room;
  /** as `tf.memory()` counts, over everything that TensorFlow.js holds in this process */
  readonly memory: () => { readonly tensors: number; readonly bytes: number };
};

/** An engine that works here. */
export type LoadedEngine = Described & {
  /**
   * Uploads what a program stores; `stored` gives it by its number. The engine may keep the arrays, so nobody may
   * write to them afterwards.
   */
  readonly place: (program: Kernels, stored: (id: ValueId) => HostTensor) => Either<NoRoom, Placed>;
};

/** An engine before it is loaded, which may fail and then says why. */
export type Engine = {
  readonly name: EngineName;
  readonly doc: string;
  /** loads what it needs, once; later calls give the same engine */
  readonly load: () => Promise<Either<Unusable, LoadedEngine>>;
};

/** What a kernel is called on, with its numbers unless nothing but the shape is read. */
export type Operand<V> = PlannedOperand & { readonly value: V | undefined };

/** An engine whose kernels are called one by one. It holds numbers as `V`, and nobody else looks inside. */
export type CalledEngine<V> = Described & {
  /** the numbers may be kept as they are: nobody may write to them afterwards */
  readonly upload: (t: HostTensor) => V;
  /** the results have the shapes `results`, and nothing else stays allocated */
  readonly call: (
    kernel: Kernel,
    operands: readonly Operand<V>[],
    results: readonly Shape[],
  ) => readonly V[];
  readonly read: (value: V) => Promise<Float32Array>;
  readonly free: (value: V) => void;
};
