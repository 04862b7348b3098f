/** When an epoch under way is saved: early at first, because what is young is lost most easily, then more seldom. */

/** Minutes before each save of a session, the last one before all others. */
const minutes = [0.5, 1, 2, 5];

/** Milliseconds of training before the next save, after so many saves. */
export const pauseBefore = (saves: number): number =>
  60_000 * minutes[Math.min(saves, minutes.length - 1)]!;
