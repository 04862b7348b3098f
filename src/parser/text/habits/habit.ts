/** A habit as a row: what it looks like, how it is seen, and how it is mended. */
import type { IToken } from 'chevrotain';
import { keep, type Walk } from './walk.ts';

/** Something that people write by habit, and how it is read. */
export type Habit = {
  /** Two programs: the first has the habit and one message, whose fix makes it the second. */
  readonly example: readonly [written: string, meant: string];
  /** Mends the habit if `token` shows it. Did it? */
  readonly mend: (walk: Walk, token: IToken, last: IToken) => boolean;
};

/** A habit as it is written down; `Seen` is what `sees` has found out and `mends` needs. */
type Row<Seen> = {
  readonly example: Habit['example'];
  /** Does `token` show the habit? `last` is the token before it, as it was meant. */
  readonly sees: (walk: Walk, token: IToken, last: IToken) => Seen | false;
  /** Reports the habit, and appends what was meant by `token` to `walk.out`. It may change `last` too. */
  readonly mends: (walk: Walk, token: IToken, last: IToken, seen: Seen) => void;
};

/** Makes a habit of a row. */
export const habit = <Seen>({ example, sees, mends }: Row<Seen>): Habit => ({
  example,
  mend: (walk, token, last) => {
    const seen = sees(walk, token, last);
    if (seen !== false) mends(walk, token, last, seen);
    return seen !== false;
  },
});

/** Appends a token; the first of the habits that it shows is mended. */
export const keepMended = (habits: readonly Habit[], walk: Walk, token: IToken): void => {
  const last = walk.out.at(-1);
  const isHabit = last !== undefined && habits.some(({ mend }) => mend(walk, token, last));
  if (!isHabit) keep(walk, token);
};
