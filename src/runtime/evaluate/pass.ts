/** One way to look at all pictures: they go through a net group by group, and their posteriors are added up. */
import * as E from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { lookedAtOf, type Group, type Looking } from '../dataset/look.ts';
import type { NoRoom } from '../engines/engine.ts';
import type { Sum } from './posteriors.ts';
import type { Viewer } from './viewer.ts';

/** Pictures of one size, and how many of their pieces a step is given. */
export type PlannedGroup = Group & { readonly atOnce: number };

/** What is to be done, and with what. */
export type Pass = {
  readonly looking: Looking;
  readonly groups: readonly PlannedGroup[];
  readonly viewer: Viewer;
  /** of these posteriors in the sum of all */
  readonly weight: number;
  readonly sum: Sum;
  /** what a batch has taken, in pieces of a group */
  readonly done: (group: PlannedGroup, pieces: number) => void;
  /** lets the process see signals; false to end here */
  readonly goesOn: () => Promise<boolean>;
};

/** Why a pass ended early. */
export type Ended =
  | { readonly tag: 'stopped' }
  | { readonly tag: 'unreadable'; readonly fault: Diagnostic }
  /** a score is NaN or infinite */
  | { readonly tag: 'not finite'; readonly group: PlannedGroup }
  | { readonly tag: 'no room'; readonly group: PlannedGroup; readonly short: NoRoom };

/** Looks at every picture of every group. */
export const look = async (pass: Pass): Promise<E.Either<Ended, void>> => {
  for (const group of pass.groups) {
    const ended = await lookAt(pass, group);
    if (E.isLeft(ended)) return ended;
  }
  return E.right(undefined);
};

const lookAt = async (
  { looking, viewer, weight, sum, done, goesOn }: Pass,
  group: PlannedGroup,
): Promise<E.Either<Ended, void>> => {
  const pictures = Math.max(1, Math.floor(group.atOnce / group.pieces));
  for await (const looked of lookedAtOf(looking, group, pictures)) {
    if (E.isLeft(looked)) return E.left({ tag: 'unreadable', fault: looked.left });
    const { places, pieces, shape, data } = looked.right;
    const logits = await viewer.logits({ shape, data }, group.atOnce, goesOn);
    if (E.isLeft(logits)) {
      const { left } = logits;
      return E.left(
        left === 'stopped' ? { tag: 'stopped' } : { tag: 'no room', group, short: left },
      );
    }
    if (!logits.right.every(Number.isFinite)) return E.left({ tag: 'not finite', group });
    sum.add({ places, pieces, logits: logits.right }, weight);
    done(group, places.length * pieces);
    if (!(await goesOn())) return E.left({ tag: 'stopped' });
  }
  return E.right(undefined);
};
