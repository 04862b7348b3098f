/** The rows under one line of a snippet. */
import { widthOf, wrap } from './terminal-width.ts';
import type { Paint, Style } from './paint.ts';

/** Cells [from, to) under a line, and the message about them. */
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

/** The least room for a message beside an underline; less would give a column of single words. */
const leastBeside = 24;

/** The least room for a message below its underline, up to the right end of the line. */
const leastBelow = 60;

/** A message that begins at cell `at` of a line of `room` cells, or further left, in as many lines as it needs. */
const placed = (
  text: string,
  at: number,
  room: number,
): { readonly at: number; readonly lines: readonly string[] } => {
  const start = Math.max(0, Math.min(at, room - Math.min(leastBelow, widthOf(text))));
  return { at: start, lines: wrap(text, Math.max(1, room - start)) };
};

/**
 * A message behind an underline that ends at cell `end`: the line beside it, and those below. Where there is not
 * enough room beside, the whole message goes below.
 */
export const beside = (
  text: string,
  from: number,
  end: number,
  room: number,
): {
  readonly first: string | undefined;
  readonly below: readonly string[];
  readonly at: number;
} => {
  const free = room - end - 1;
  if (widthOf(text) > free && free < leastBeside) {
    const { at, lines } = placed(text, from, room);
    return { first: undefined, below: lines, at };
  }
  const [first, ...below] = wrap(text, free);
  return { first, below, at: end + 1 };
};

/**
 * Underlines that do not overlap, sorted by beginning, in one row. The last message goes beside its underline; the
 * others go below the first cell of theirs, from right to left.
 */
const layer = (all: readonly Underline[], room: number): readonly Row[] => {
  const last = all[all.length - 1]!;
  const { style } = last;
  const { first, below: rest, at } = beside(last.message, last.from, last.to, room);
  const hanging = all.slice(0, -1).filter((u) => u.message !== '');
  const below = hanging.flatMap((_, i): readonly Row[] => {
    const index = hanging.length - 1 - i;
    const u = hanging[index]!;
    const told = placed(u.message, u.from, room);
    const signs = bars(hanging.slice(0, index));
    return told.lines.map((text) => ({ signs, message: { at: told.at, text, style: u.style } }));
  });
  const message = first === undefined ? {} : { message: { at, text: first, style } };
  return [
    { signs: signsOf(all), ...(last.message === '' ? {} : message) },
    ...rest.map((text): Row => ({ signs: bars(hanging), message: { at, text, style } })),
    ...(hanging.length > 0 ? [{ signs: bars(hanging) }] : []),
    ...below,
  ];
};

const overlap = (a: Underline, b: Underline): boolean => a.from < b.to && b.from < a.to;

/** An underline within another goes into a row above it; the underlines of one row do not overlap. */
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

/** The rows, none wider than `room` cells where words allow it. */
export const underlines = (
  all: readonly Underline[],
  paint: Paint,
  room: number,
): readonly string[] =>
  layersOf(all)
    .flatMap((some) => layer(some, room))
    .map((row) => print(row, paint));
