/** Collects what validation finds for the report of a run: what classes are taken for, and the worst pictures. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Part } from '../../../runtime/batches/dataset.ts';
import { thumbnail } from '../../../runtime/dataset/sheet.ts';
import { loadSharp } from '../../../runtime/files/pictures.ts';
import type { Findings, Worst } from '../../../runtime/runs/findings.ts';
import type { EpochDone } from '../../../runtime/train/loop.ts';
import type { Guess } from '../../../runtime/train/scores.ts';

/** How many pictures a report shows. */
const most = 24;

/** A picture of validation, by its place, and what it was taken for. */
type Seen = { readonly index: number; readonly label: number; readonly guess: Guess };

/** Collects from one validation after the other. */
export type Collector = {
  readonly guess: (guess: Guess, label: number, index: number) => void;
  /** ends a validation, and gives what is to be kept: that of the best epoch so far */
  readonly epoch: (
    done: Pick<EpochDone, 'reached' | 'isBest' | 'validation'>,
  ) => Findings | undefined;
  /** what was kept last, with its pictures, where they can be had */
  readonly pictured: (part: Part) => Promise<Findings | undefined>;
};

/** A collector for so many classes. */
export const collectorFor = (classes: number, name: (index: number) => string): Collector => {
  const none = (): number[][] => Array.from({ length: classes }, () => Array(classes).fill(0));
  let confusion = none();
  let worst: readonly Seen[] = [];
  let kept: { readonly findings: Findings; readonly worst: readonly Seen[] } | undefined;
  return {
    guess: (guess, label, index) => {
      confusion[label]![guess.guessed]!++;
      if (worst.length === most && guess.loss <= worst[most - 1]!.guess.loss) return;
      worst = [...worst, { index, label, guess }]
        .sort((a, b) => b.guess.loss - a.guess.loss)
        .slice(0, most);
    },
    epoch: ({ reached, isBest, validation }) => {
      const seen = { confusion, worst };
      [confusion, worst] = [none(), []];
      if (validation === undefined || !isBest) return undefined;
      const told = seen.worst.map((one) => worstOf(one, name));
      const findings = { epoch: reached.epoch, confusion: seen.confusion, worst: told };
      kept = { findings, worst: seen.worst };
      return findings;
    },
    pictured: async (part) => {
      const sharp = await loadSharp().catch(() => undefined);
      if (kept === undefined || sharp === undefined) return undefined;
      const pictures: Worst[] = [];
      for (const [i, one] of kept.findings.worst.entries()) {
        const sample = await part.pixels(kept.worst[i]!.index);
        const png = Either.isLeft(sample)
          ? undefined
          : base64(await thumbnail(sample.right, sharp));
        pictures.push({ ...one, png });
      }
      return { ...kept.findings, worst: pictures };
    },
  };
};

const worstOf = ({ index, label, guess }: Seen, name: (index: number) => string): Worst => ({
  name: name(index),
  label,
  guess: guess.guessed,
  probability: Math.exp(-guess.loss),
  png: undefined,
});

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
