/** What a step of a run takes of memory, as its plan says: for the drawing in its report. */
import { aCount, anObject, aText, listOf } from '../data/decode.ts';

/** Bytes that are alive at each call of a step, and what that is where it is most; weights excepted. */
export type Memory = {
  readonly live: readonly number[];
  /** the layer of each call */
  readonly layers: readonly string[];
  /** the call at which it is most */
  readonly peak: number;
  readonly held: readonly { readonly layer: string; readonly bytes: number }[];
  readonly weights: number;
};

/** The name of the file. */
export const memoryFile = 'memory.json';

/** The reader of it from JSON. */
export const memory = anObject<Memory>({
  live: listOf(aCount),
  layers: listOf(aText),
  peak: aCount,
  held: listOf(
    anObject<{ readonly layer: string; readonly bytes: number }>({ layer: aText, bytes: aCount }),
  ),
  weights: aCount,
});
