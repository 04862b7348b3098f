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

const signsOf = (all: readonly Underline[]): Row['signs'] =>
  new Map(
    all.flatMap(({ from, to, style }) =>
      Array.from({ length: to - from }, (_, i) => {
        const cell = { sign: style === 'secondary' ? '-' : '^', style };
        return [from + i, cell] as const;
      }),
    ),
  );

const bars = (hanging: readonly Underline[]): Row['signs'] =>
  new Map(hanging.map((u) => [u.from, { sign: '│', style: u.style }]));

/**
 * Underlines that do not overlap, sorted by beginning, in one row. The message of the last stands behind
 * it; the others hang below the first cell of theirs, from right to left.
 */
const layer = (all: readonly Underline[]): readonly Row[] => {
  const last = all[all.length - 1]!;
  const message = { at: last.to + 1, text: last.message, style: last.style };
  const hanging = all.slice(0, -1).filter((u) => u.message !== '');
  const below = hanging.map((_, i): Row => {
    const index = hanging.length - 1 - i;
    const { from, message: text, style } = hanging[index]!;
    return { signs: bars(hanging.slice(0, index)), message: { at: from, text, style } };
  });
  return [
    { signs: signsOf(all), ...(last.message === '' ? {} : { message }) },
    ...(hanging.length > 0 ? [{ signs: bars(hanging) }] : []),
    ...below,
  ];
};

const overlap = (a: Underline, b: Underline): boolean => a.from < b.to && b.from < a.to;

/** What is part of something else stands in a row above it; each row takes what does not overlap. */
const layersOf = (all: readonly Underline[]): readonly (readonly Underline[])[] => {
  const layers: Underline[][] = [];
  for (const u of all.toSorted((a, b) => a.to - a.from - (b.to - b.from))) {
    const free = layers.findIndex((_, i) =>
      layers.slice(i).every((later) => !later.some((v) => overlap(u, v))),
    );
    if (free < 0) layers.push([u]);
    else layers[free]!.push(u);
  }
  return layers.map((l) => l.toSorted((a, b) => a.from - b.from));
};

export const underlines = (all: readonly Underline[], paint: Paint): readonly string[] =>
  layersOf(all)
    .flatMap(layer)
    .map((row) => print(row, paint));
