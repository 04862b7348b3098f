/**
 * Whether a net is as sure as it is right (Guo et al. 2017, "On Calibration of Modern Neural Networks"): the expected
 * calibration error, and the temperature that makes it smaller.
 */
import { seenIn, type Posteriors } from './posteriors.ts';

/** Pictures by how sure the net is of its first class. */
export type Bin = {
  readonly pictures: number;
  /** the mean posterior of the first class, and the share of pictures of which it is the right one */
  readonly confidence: number;
  readonly accuracy: number;
};

/** What is found. */
export type Calibration = {
  /** Σ over bins of (pictures / all) · |accuracy − confidence| (equation 3) */
  readonly error: number;
  /** 15 of them, of equal width: the first is (0, 1/15] */
  readonly bins: readonly Bin[];
};

/** The bins of Guo et al. */
const binCount = 15;

/** How sure the net is of each picture that could be read. */
export const calibrationOf = (
  { classes, data, isSeen }: Posteriors,
  labels: Uint32Array,
): Calibration => {
  const sums = Array.from({ length: binCount }, () => ({ pictures: 0, confidence: 0, right: 0 }));
  let all = 0;
  labels.forEach((label, row) => {
    if (isSeen[row] === 0) return;
    let best = 0;
    for (let c = 1; c < classes; c++)
      if (data[row * classes + c]! > data[row * classes + best]!) best = c;
    const confidence = data[row * classes + best]!;
    const at = Math.min(binCount - 1, Math.max(0, Math.ceil(confidence * binCount) - 1));
    const bin = sums[at]!;
    bin.pictures++;
    bin.confidence += confidence;
    if (best === label) bin.right++;
    all++;
  });
  const bins = sums.map(({ pictures, confidence, right }): Bin => ({
    pictures,
    confidence: pictures === 0 ? 0 : confidence / pictures,
    accuracy: pictures === 0 ? 0 : right / pictures,
  }));
  const error = bins.reduce(
    (sum, b) => sum + (b.pictures / Math.max(1, all)) * Math.abs(b.accuracy - b.confidence),
    0,
  );
  return { error, bins };
};

/**
 * Posteriors at a temperature T: p^(1/T), made to add up to 1. Of a single view this is the softmax of logits / T; of an
 * average of views it changes the average.
 */
const atTemperature = (posteriors: Posteriors, temperature: number): Posteriors => {
  const { classes, data } = posteriors;
  const out = new Float64Array(data.length);
  for (let start = 0; start < data.length; start += classes) {
    let most = -Infinity;
    for (let c = 0; c < classes; c++) most = Math.max(most, logOf(data[start + c]!));
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const e = Math.exp((logOf(data[start + c]!) - most) / temperature);
      out[start + c] = e;
      sum += e;
    }
    for (let c = 0; c < classes; c++) out[start + c] = out[start + c]! / sum;
  }
  return { ...posteriors, data: out };
};

/** A posterior that is 0 in float64 is one that is very small. */
const logOf = (p: number): number => Math.log(Math.max(p, Number.MIN_VALUE));

/** The rows of some pictures, as posteriors of their own; of the others nothing is seen. */
const onlyOf = (posteriors: Posteriors, isIn: (row: number) => boolean): Posteriors => ({
  ...posteriors,
  isSeen: posteriors.isSeen.map((seen, row) => (isIn(row) ? seen : 0)),
});

/** The mean of −ln of what the label is given at a temperature. */
const lossAt = (
  { classes, data, isSeen }: Posteriors,
  labels: Uint32Array,
  temperature: number,
): number => {
  let [all, count] = [0, 0];
  labels.forEach((label, row) => {
    if (isSeen[row] === 0) return;
    const start = row * classes;
    let most = -Infinity;
    for (let c = 0; c < classes; c++) most = Math.max(most, data[start + c]!);
    let sum = 0;
    for (let c = 0; c < classes; c++)
      sum += Math.exp((logOf(data[start + c]!) - logOf(most)) / temperature);
    all += Math.log(sum) - (logOf(data[start + label]!) - logOf(most)) / temperature;
    count++;
  });
  return all / Math.max(1, count);
};

/** The range in which a temperature is looked for, and the steps of the search. */
const coldest = 0.05;
const hottest = 20;
const steps = 32;

/** The temperature with the smallest loss, by golden section over its logarithm, along which the loss has one valley. */
const temperatureFor = (posteriors: Posteriors, labels: Uint32Array): number => {
  const ratio = (Math.sqrt(5) - 1) / 2;
  const at = (log: number): number => lossAt(posteriors, labels, Math.exp(log));
  let [low, high] = [Math.log(coldest), Math.log(hottest)];
  let [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [lossA, lossB] = [at(a), at(b)];
  for (let i = 0; i < steps; i++) {
    if (lossA <= lossB) {
      [high, b, lossB] = [b, a, lossA];
      a = high - ratio * (high - low);
      lossA = at(a);
    } else {
      [low, a, lossA] = [a, b, lossB];
      b = low + ratio * (high - low);
      lossB = at(b);
    }
  }
  return Math.exp((low + high) / 2);
};

/** Posteriors at the temperature that suits them. */
export type Calibrated = {
  /** of all pictures: what to use from now on */
  readonly temperature: number;
  /** each half at the temperature that suits the other, so that no picture judges what it has chosen */
  readonly posteriors: Posteriors;
};

/** Finds the temperature, and shows honestly what it does; undefined where a half has no picture. */
export const calibrated = (posteriors: Posteriors, labels: Uint32Array): Calibrated | undefined => {
  const halves = [0, 1].map((half) => onlyOf(posteriors, (row) => row % 2 === half));
  if (halves.some((half) => seenIn(half) === 0)) return undefined;
  const [even, odd] = halves.map((half) => temperatureFor(half, labels));
  const [evenAt, oddAt] = [atTemperature(posteriors, odd!), atTemperature(posteriors, even!)];
  const { classes } = posteriors;
  return {
    temperature: temperatureFor(posteriors, labels),
    posteriors: {
      ...posteriors,
      data: evenAt.data.map((p, i) => (Math.floor(i / classes) % 2 === 0 ? p : oddAt.data[i]!)),
    },
  };
};
