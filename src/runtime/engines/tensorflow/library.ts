/** TensorFlow's library as the engine uses it: models are opened, asked for some of their ends, and closed. */
import type { Either } from 'fp-ts/lib/Either.js';
import type { HostTensor } from '../../../lower/weight-part.ts';

/** Numbers for an end that is fed. */
export type Fed = HostTensor & { readonly name: string };

/** The library has no room for what was asked. */
export type OutOfMemory = { readonly tag: 'out of memory' };

/** A model that is open; its variables stay until it is closed. Runs come one after the other. */
export type OpenModel = {
  /** the numbers of the ends that are wanted, of which there is one at least */
  readonly run: (
    fed: readonly Fed[],
    wanted: readonly string[],
  ) => Promise<Either<OutOfMemory, readonly Float32Array[]>>;
  readonly close: () => void;
};

/** The library, once it is loaded. What else it says of a fault is thrown, as `EngineFailure` where the machine fails. */
export type Library = {
  readonly version: string; // of the library: `2.21.0`
  readonly threads: number; // that compute one operation; with others the last bits differ
  readonly usesGpu: boolean;
  readonly bytes: number; // that there are for everything
  readonly workers: number; // that run the same models together: 1 where it is alone
  /** opens the model of a `saved_model.pb` */
  readonly open: (model: Uint8Array<ArrayBuffer>) => Promise<Either<OutOfMemory, OpenModel>>;
};
