/**
 * What netc asks of a machine that computes: take numbers, run one kernel, give numbers back, forget
 * them. Everything TensorFlow.js stays behind it.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Kernel } from '../../kernel/kernel.ts';
import type { Shape } from '../../kernel/shape.ts';
import type { HostTensor } from '../../lower/stored.ts';
import type { engineNames } from './names.ts';

/** As `--engine` takes it. */
export type EngineName = (typeof engineNames)[number];

/** Numbers on an engine. */
export type Value = { readonly tensor: Tensor };

/** What a kernel is called on: a shape, and the numbers unless nothing but the shape is read. */
export type Operand = { readonly shape: Shape; readonly value: Value | undefined };

/** Why an engine cannot be used here, and the command, if there is one, that would change it. */
export type Unusable = { readonly reason: string; readonly remedy: string };

/** The bytes an engine has. */
export type Room = {
  readonly all: number; // for everything at once
  readonly each: number; // for one value
  readonly weightCopies: number; // XNNPACK keeps each filter a second time, packed
};

/** An engine that works here, with all that a run asks of it. */
export type LoadedEngine = {
  readonly name: EngineName;
  readonly version: string; // of what computes: `tfjs-backend-wasm 4.22.0`
  readonly room: Room;
  /** the numbers may be kept as they are: nobody may write to them afterwards */
  readonly upload: (t: HostTensor) => Value;
  /** the results have the shapes `results`, and nothing else stays allocated */
  readonly call: (
    kernel: Kernel,
    operands: readonly Operand[],
    results: readonly Shape[],
  ) => readonly Value[];
  readonly read: (value: Value) => Promise<Float32Array>;
  readonly free: (value: Value) => void;
  /** as `tf.memory()` counts, over everything that TensorFlow.js holds in this process */
  readonly memory: () => { readonly tensors: number; readonly bytes: number };
};

/** An engine before it is loaded, which may fail and then says why. */
export type Engine = {
  readonly name: EngineName;
  readonly doc: string;
  /** loads what it needs, once; later calls give the same engine */
  readonly load: () => Promise<Either<Unusable, LoadedEngine>>;
};
