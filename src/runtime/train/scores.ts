/** How well a net does on labelled pictures. */
import type { HostTensor } from '../../lower/weight-part.ts';

/** Sums over pictures of one output, so that those of batches can be added. */
export type Scores = {
  readonly pictures: number;
  /** of cross entropy without smoothing, −ln of the probability of the label */
  readonly loss: number;
  /** pictures whose label has the largest score, or one of the five largest; of equal scores the first class wins */
  readonly top1: number;
  readonly top5: number;
};

/** No picture yet. */
export const noScores: Scores = { pictures: 0, loss: 0, top1: 0, top5: 0 };

export const addScores = (a: Scores, b: Scores): Scores => ({
  pictures: a.pictures + b.pictures,
  loss: a.loss + b.loss,
  top1: a.top1 + b.top1,
  top5: a.top5 + b.top5,
});

/** The means of scores; NaN where there is no picture. */
export const meansOf = ({ pictures, loss, top1, top5 }: Scores) => ({
  loss: loss / pictures,
  top1: top1 / pictures,
  top5: top5 / pictures,
});

/** What one picture was taken for. */
export type Guess = {
  readonly guessed: number;
  readonly loss: number;
  /** how many classes come before the label; 0 where the label is first */
  readonly rank: number;
};

/** The guess for row i of the logits [n, classes], in float64 by log-sum-exp. */
export const guessOf = ({ shape, data }: HostTensor, i: number, label: number): Guess => {
  const classes = shape[shape.length - 1]!;
  const row = data.subarray(i * classes, (i + 1) * classes);
  const own = row[label]!;
  let guessed = 0;
  let rank = 0;
  for (let c = 0; c < classes; c++) {
    if (row[c]! > row[guessed]!) guessed = c;
    if (row[c]! > own || (row[c] === own && c < label)) rank++;
  }
  let sum = 0;
  for (const score of row) sum += Math.exp(score - row[guessed]!);
  return { guessed, rank, loss: Math.log(sum) + row[guessed]! - own };
};

/** The scores of a batch of logits. `each` sees every guess. */
export const scoresOf = (
  logits: HostTensor,
  labels: Uint32Array,
  each: (guess: Guess, i: number) => void = () => {},
): Scores => {
  let [loss, top1, top5] = [0, 0, 0];
  labels.forEach((label, i) => {
    const guess = guessOf(logits, i, label);
    loss += guess.loss;
    if (guess.rank === 0) top1++;
    if (guess.rank < 5) top5++;
    each(guess, i);
  });
  return { pictures: labels.length, loss, top1, top5 };
};
