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
