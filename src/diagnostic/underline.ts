/** The rows under one line of a snippet. */
import type { Paint, Style } from './paint.ts';

/** Cells [from, to) under a line, and what is to be said of them. */
export type Underline = {
  readonly from: number;
  readonly to: number;
  readonly style: Style; // `secondary`, or the severity for the primary place
  readonly message: string;
};

/** Signs by cell, and a message that begins at cell `at`, over whatever stood there. */
type Row = {
  readonly signs: ReadonlyMap<number, { readonly sign: string; readonly style: Style }>;
  readonly message?: { readonly at: number; readonly text: string; readonly style: Style };
};

const print = ({ signs, message }: Row, paint: Paint): string => {
  const end = message?.at ?? 1 + Math.max(-1, ...signs.keys());
  let text = '';
  for (let i = 0; i < end;) {
    const style = signs.get(i)?.style;
    let run = '';
    for (; i < end && signs.get(i)?.style === style; i++) run += signs.get(i)?.sign ?? ' ';
    text += style === undefined ? run : paint(style, run);
  }
  return message === undefined ? text : text + paint(message.style, message.text);
};

const isPrimary = (u: Underline): boolean => u.style !== 'secondary';

/** All underlines in one row; where they overlap the primary one is seen. */
const signsOf = (all: readonly Underline[]): Row['signs'] =>
  new Map(
    [...all.filter((u) => !isPrimary(u)), ...all.filter(isPrimary)].flatMap((u) =>
      Array.from({ length: u.to - u.from }, (_, i) => {
        const cell = { sign: isPrimary(u) ? '^' : '-', style: u.style };
        return [u.from + i, cell] as const;
      }),
    ),
  );

const bars = (hanging: readonly Underline[]): Row['signs'] =>
  new Map(hanging.map((u) => [u.from, { sign: '│', style: u.style }]));

/**
 * `all` is sorted by beginning. The message of the last stands behind its underline, if nothing else
 * reaches so far; the others hang below the first cell of theirs, from right to left.
 */
export const underlines = (all: readonly Underline[], paint: Paint): readonly string[] => {
  const last = all[all.length - 1];
  if (last === undefined) return [];
  const clear = all.every((u) => u === last || u.to <= last.from);
  const message = { at: last.to + 1, text: last.message, style: last.style };
  const hanging = (clear ? all.slice(0, -1) : all).filter((u) => u.message !== '');
  const rows: Row[] = [
    { signs: signsOf(all), ...(clear && last.message !== '' ? { message } : {}) },
    ...(hanging.length > 0 ? [{ signs: bars(hanging) }] : []),
  ];
  hanging.forEach((_, i) => {
    const index = hanging.length - 1 - i;
    const { from, message: text, style } = hanging[index]!;
    rows.push({ signs: bars(hanging.slice(0, index)), message: { at: from, text, style } });
  });
  return rows.map((row) => print(row, paint));
};
