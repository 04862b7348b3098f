/**
 * An engine that can compute no more, whatever is asked of it: its device was lost, or does not do as it is told. It is
 * thrown, as it may happen in any call, and reported where a command ends (E0704).
 */
export class EngineFailure extends Error {
  /** the reason is a clause */
  constructor(engine: string, reason: string) {
    super(`the engine \`${engine}\` has failed: ${reason}`);
  }
}

/** Other workers do not answer any more, so that nothing can be computed with them. It is thrown, as it may happen in any call. */
export class WorkersLost extends Error {
  /** by their ranks */
  constructor(readonly ranks: readonly number[]) {
    super(`lost: worker ${ranks.join(', ')}`);
  }
}
