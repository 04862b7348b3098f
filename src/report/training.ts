/** What a person sees of a training while it goes on. */
import { bytes, plural } from '../numeric/figures.ts';

/** How far an epoch is, and what its steps gave lately. */
export type Underway = {
  readonly epoch: number; // from 1
  readonly epochs: number;
  readonly step: number; // of the epoch, from 1
  readonly steps: number;
  /** since training began, and what is left of it, in seconds */
  readonly elapsed: number;
  readonly left: number;
  readonly picturesPerSecond: number;
  readonly millisecondsPerStep: number;
  /** the share of the time in which steps wait for pictures */
  readonly waiting: number;
  /** that is trained for, smoothed: with those of these side outputs */
  readonly loss: number;
  readonly sides: readonly string[];
  /** of the epoch so far, from 0 to 1 */
  readonly top1: number;
  readonly rate: number;
  readonly memory: number; // bytes of tensors
};

/** `1:02:03`, `2:03` */
export const clock = (seconds: number): string => {
  if (!Number.isFinite(seconds)) return '–:––';
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
};

/** `84.1 %` */
export const percent = (share: number): string =>
  Number.isNaN(share) ? '–' : `${(100 * share).toFixed(1)} %`;

/** `0.412`, `12.3`, `1.2e-5` */
export const figure = (n: number): string => {
  const size = Math.abs(n);
  if (!Number.isFinite(n)) return String(n);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return n.toExponential(1);
  return n.toPrecision(3);
};

/** `loss 0.512`, `loss 2.82 with aux` */
const lossText = ({ loss, sides }: Pick<Underway, 'loss' | 'sides'>): string =>
  `loss ${figure(loss)}${sides.length === 0 ? '' : ` with ${sides.join(', ')}`}`;

const bar = (share: number, width: number): string => {
  const full = Math.round(share * width);
  return '━'.repeat(full) + '─'.repeat(width - full);
};

/** One line, which the next one replaces; what matters least is left out where it is narrow. */
export const progressLine = (at: Underway, width: number): string => {
  const place = `epoch ${at.epoch}/${at.epochs}`;
  const times = `${clock(at.elapsed)}<${clock(at.left)}`;
  const least = [
    lossText(at),
    `top-1 ${percent(at.top1)}`,
    `${Math.round(at.picturesPerSecond)} images/s`,
    `rate ${figure(at.rate)}`,
    `${Math.round(at.millisecondsPerStep)} ms/step`,
    `waiting ${percent(at.waiting)}`,
    bytes(at.memory),
  ];
  const steps = `${at.step}/${at.steps}`;
  const start = `${place} ${bar(at.step / at.steps, 12)} ${steps} ${times}`;
  return least.reduce(
    (line, part) => (line.length + part.length + 2 < width ? `${line}  ${part}` : line),
    start,
  );
};

/** The same where nobody watches: a line for a log. */
export const logLine = (at: Underway): string =>
  [
    `epoch ${at.epoch}/${at.epochs}`,
    `step ${at.step}/${at.steps}`,
    `${clock(at.elapsed)}<${clock(at.left)}`,
    lossText(at),
    `top-1 ${percent(at.top1)}`,
    `${Math.round(at.picturesPerSecond)} images/s`,
    `rate ${figure(at.rate)}`,
  ].join('  ');

/** The means over an epoch. */
export type EpochMeans = {
  readonly loss: number;
  readonly top1: number;
  readonly top5: number;
};

/** `epoch 3/8  loss 0.512  top-1 82.1 %  validation: loss 0.440  top-1 86.2 %  best so far  19 s` */
export const epochLine = (
  epoch: number,
  epochs: number,
  training: EpochMeans,
  validation: EpochMeans | undefined,
  seconds: number,
  isBest: boolean,
): string =>
  [
    `epoch ${epoch}/${epochs}`,
    meansText(training, validation),
    clock(seconds),
    ...(isBest ? ['best so far'] : []),
  ].join('  ');

/** `  aux: loss 2.13  top-1 13.2 %  validation: loss 2.12  top-1 12.5 %`, below the line of its epoch */
export const sideLine = (
  output: string,
  training: EpochMeans,
  validation: EpochMeans | undefined,
): string => `  ${output}: ${meansText(training, validation)}`;

const meansText = (training: EpochMeans, validation: EpochMeans | undefined): string =>
  [
    `loss ${figure(training.loss)}`,
    `top-1 ${percent(training.top1)}`,
    ...(validation === undefined
      ? []
      : [`validation: loss ${figure(validation.loss)}`, `top-1 ${percent(validation.top1)}`]),
  ].join('  ');

/** `4,000 pictures, 8 classes; 1,000 to validate` */
export const dataLine = (pictures: number, classes: number, validation: number): string =>
  `${plural(pictures, 'picture')}, ${plural(classes, 'class', 'classes')}; ` +
  (validation === 0 ? 'none to validate' : `${plural(validation, 'picture')} to validate`);
