/** What people write elsewhere, and what netc has for it. */

/** `write` is what stands for it here; `says` what to do where that is not one word, or is more than a word. */
export type Answer = {
  readonly write?: string;
  readonly says?: string;
  /** the names of its arguments there, in their order */
  readonly order?: readonly string[];
};

/** A word without case and signs, by which answers are found: `batch_size`, `BatchSize`. */
export const folded = (word: string): string => word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Answers by words that stand for the same, separated by spaces. */
export const answers = (
  rows: readonly (readonly [words: string, answer: Answer])[],
): ReadonlyMap<string, Answer> =>
  new Map(
    rows.flatMap(([words, answer]) =>
      words.split(' ').map((word) => [folded(word), answer] as const),
    ),
  );

/** It is written so here. */
export const write = (text: string, order?: string): Answer => ({
  write: text,
  ...(order !== undefined && { order: order.split(' ') }),
});
/** There is no such word here, and this is what to do. */
export const says = (text: string): Answer => ({ says: text });
