/**
 * Posteriors: what a net gives the classes of each picture, as probabilities in float64. Those of all pieces, scales and
 * views are averaged (Simonyan and Zisserman 2015, section 3.2), and so are those of several evaluations (section 4.4).
 */
import { Bug } from '../../diagnostic/bug.ts';

/** Of pictures in the order of their places in the set. */
export type Posteriors = {
  /** the place of each picture in its part of the set */
  readonly places: Uint32Array;
  readonly classes: number;
  /** [pictures, classes]; of a picture that could not be read 0 everywhere */
  readonly data: Float64Array;
  /** 1 for each picture that could be read */
  readonly isSeen: Uint8Array;
};

/** A sum of posteriors that is being made. */
export type Sum = {
  /** adds `weight` times the mean over the rows of each picture: `pieces` rows of logits for one, as it was looked at */
  readonly add: (seen: Seen, weight: number) => void;
  /** takes a picture out of all that follows */
  readonly leaveOut: (place: number) => void;
  readonly posteriors: () => Posteriors;
};

/** Logits [pictures · pieces, classes] of the pictures at these places. */
export type Seen = {
  readonly places: Uint32Array;
  readonly pieces: number;
  readonly logits: Float32Array;
};

/** The sum over nothing yet. */
export const newSum = (places: Uint32Array, classes: number): Sum => {
  const data = new Float64Array(places.length * classes);
  const isSeen = new Uint8Array(places.length).fill(1);
  const rowOf = new Map(Array.from(places, (place, row) => [place, row] as const));
  const rowAt = (place: number): number => {
    const row = rowOf.get(place);
    if (row === undefined) throw new Bug(`picture ${place} is not measured`);
    return row;
  };
  return {
    add: ({ places: seen, pieces, logits }, weight) =>
      seen.forEach((place, i) => {
        const row = rowAt(place);
        if (isSeen[row] === 0) return;
        const into = data.subarray(row * classes, (row + 1) * classes);
        for (let piece = 0; piece < pieces; piece++)
          addSoftmax(into, logits, (i * pieces + piece) * classes, weight / pieces);
      }),
    leaveOut: (place) => {
      const row = rowAt(place);
      isSeen[row] = 0;
      data.fill(0, row * classes, (row + 1) * classes);
    },
    posteriors: () => ({ places, classes, data, isSeen }),
  };
};

/** Adds `weight` times the softmax of the logits from `start` on, by log-sum-exp. */
const addSoftmax = (
  into: Float64Array,
  logits: Float32Array,
  start: number,
  weight: number,
): void => {
  const classes = into.length;
  let most = -Infinity;
  for (let c = 0; c < classes; c++) most = Math.max(most, logits[start + c]!);
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += Math.exp(logits[start + c]! - most);
  for (let c = 0; c < classes; c++)
    into[c] = into[c]! + (weight * Math.exp(logits[start + c]! - most)) / sum;
};

/** The same with the columns in another order: first that of class `order[0]`, and so on. */
export const inOrderOf = (posteriors: Posteriors, order: readonly number[]): Posteriors => {
  const { classes, data } = posteriors;
  const out = new Float64Array(data.length);
  for (let start = 0; start < data.length; start += classes)
    order.forEach((from, c) => (out[start + c] = data[start + from]!));
  return { ...posteriors, data: out };
};

/** How many of the pictures could be read. */
export const seenIn = ({ isSeen }: Posteriors): number => isSeen.reduce((n, seen) => n + seen, 0);

/** The mean of several, of the pictures that all could read. They are of the same pictures, and of the same classes in one order. */
export const meanOf = (all: readonly Posteriors[]): Posteriors => {
  const [first] = all;
  if (first === undefined) throw new Bug('a mean of nothing');
  const { places, classes } = first;
  const data = new Float64Array(first.data.length);
  const isSeen = Uint8Array.from(first.isSeen);
  for (const one of all) {
    if (one.data.length !== data.length) throw new Bug('posteriors of other pictures');
    one.data.forEach((p, i) => (data[i] = data[i]! + p / all.length));
    one.isSeen.forEach((seen, i) => (isSeen[i] = Math.min(isSeen[i]!, seen)));
  }
  return { places, classes, data, isSeen };
};
