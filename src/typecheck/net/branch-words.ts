/**
 * How the source says what a branch makes of its input: the channels and the stride, as they are written. In a
 * definition the numbers of one call do not hold for the next, but the expressions behind them do.
 */
import type { Span } from '../../syntax/source.ts';
import type { Typed } from './typed.ts';

/** What a fix may use at a join. */
export type Around = {
  /** the text of a place */
  readonly text: (span: Span) => string;
  /** whether the join stands in the body of a call */
  readonly called: boolean;
  /** the number that a name stands for; undefined when it is not a known number */
  readonly numberOf: (name: string) => number | undefined;
  /** whether a name is a definition that takes a stride */
  readonly takesStride: (name: string) => boolean;
  /** how an operator is called there: `std.conv` where a declaration has taken its name */
  readonly operator: (name: string) => string;
};

/** The layers and calls of a branch, as far as they are written in it, one after the other. */
export const stepsIn = (typed: Typed, branch: Span): readonly Typed[] => {
  const { path, start, end } = typed.span;
  if (path !== branch.path || start < branch.start || end > branch.end) return [];
  switch (typed.tag) {
    case 'op':
      return [typed];
    case 'sequence':
      return typed.steps.flatMap((step) => stepsIn(step, branch));
    case 'repeat':
      return typed.copies.flatMap((copy) => stepsIn(copy, branch));
    case 'folder':
      return typed.of === 'block' || typed.of === 'label' ? stepsIn(typed.body, branch) : [typed];
    case 'remember':
      return stepsIn(typed.body, branch);
    default:
      return [];
  }
};

/** A layer without its `(pad = valid)`, so that it pads as it does by default; undefined where it has none. */
export const withPadding = (word: string): string | undefined => {
  const padded = word.replace(/\(pad = (valid|0)\)$/, '');
  return padded === word ? undefined : padded;
};

const isNumeral = (written: string): boolean => /^\d+$/.test(written);

/** The expression after `-` or `/` in a layer: `c` and `stride` of `conv3-c/stride`. */
const behind = (sign: '-' | '/', word: string): readonly string[] =>
  /^[\w.]+([-/](\w+|\([^()]*\)))+$/.test(word)
    ? [...word.matchAll(/([-/])(\w+|\([^()]*\))/g)].flatMap(([, s, x]) => (s === sign ? [x!] : []))
    : [];

/** The expression that made the channels which leave a branch. */
export const channelsWritten = (
  branch: Typed,
  channels: number,
  { text, numberOf }: Around,
): string | undefined => {
  const steps = stepsIn(branch, branch.span);
  for (const step of [...steps].reverse()) {
    const given = behind('-', text(step.span));
    const makes = step.tag === 'op' && step.args['channels'] === channels;
    const written = given.find(
      (x) => (isNumeral(x) ? Number(x) : numberOf(x)) === channels || (makes && given.length === 1),
    );
    const fits = makes || step.tag === 'folder';
    if (fits && written !== undefined) return written;
    const { input, output } = step;
    if (input.tag === 'unknown' || output.tag === 'unknown' || input.c !== output.c)
      return undefined;
  }
  return undefined;
};

/**
 * `/2` or `/stride`: the stride of a branch whose map is `ratio` times as small as its input; nothing for 1.
 * Undefined when the number is one call's and no expression says it.
 */
export const strideWritten = (
  branch: Typed,
  ratio: number,
  { text, called, numberOf }: Around,
): string | undefined => {
  const given = stepsIn(branch, branch.span).flatMap((step) => behind('/', text(step.span)));
  const names = given.filter((x) => !isNumeral(x));
  const name = names.find((x) => numberOf(x) === ratio || (given.length === 1 && ratio > 1));
  if (name !== undefined) return `/${name}`;
  if (ratio === 1) return '';
  return called && names.length > 0 ? undefined : `/${ratio}`;
};
