/**
 * An engine that can compute no more, whatever is asked of it: its device was lost, or does not do as it is told. It is
 * thrown, as it may happen in any call, and reported where a command ends (E0704).
 */
export class EngineFailure extends Error {
  /** `reason` is a clause; the next step is a sentence without a full stop */
  constructor(
    readonly engine: string,
    readonly reason: string,
    readonly nextStep: string,
  ) {
    super(`the engine ${engine} has failed: ${reason}`);
  }
}
