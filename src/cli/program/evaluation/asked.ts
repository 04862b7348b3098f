/** The options of `netc eval`, and what all parts of the command know. */
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Evaluation } from '../../../protocol/evaluation.ts';
import type { EngineChoice, EngineName } from '../../../runtime/engines/engine.ts';
import type { Io } from '../../host/io.ts';
import type { Sound } from '../load.ts';

/** The options; of the engine a choice is typed, and a name is kept. */
export type EvalOptions<E = EngineChoice> = {
  readonly eval: string | undefined;
  readonly all: boolean;
  readonly weights: string | undefined;
  readonly net: string | undefined;
  readonly set: readonly string[];
  readonly limit: number | undefined;
  readonly calibrate: boolean;
  readonly failUnder: number | undefined;
  readonly output: string | undefined;
  readonly force: boolean;
  readonly engine: E | undefined;
  readonly workers: number | undefined;
  readonly strict: boolean;
  readonly json: boolean;
  readonly runs: string | undefined;
};

/** What all parts of the command know. */
export type Command = {
  readonly file: string;
  readonly given: EvalOptions<EngineName>;
  readonly io: Io;
  readonly loaded: Sound;
  readonly warn: (w: Diagnostic) => void;
};

/** An evaluation that was asked for; `weights` stand in place of what its source names. */
export type Wanted = {
  readonly evaluation: Evaluation;
  readonly weights: string | undefined;
};

/** Lets the process see signals; false where somebody wants an end. */
export type Watch = { readonly goesOn: () => Promise<boolean> };

/** A measurement that somebody ended. */
export type Stopped = { readonly tag: 'stopped' };

/** Why there is no outcome. */
export type Failed = readonly Diagnostic[] | Stopped;
