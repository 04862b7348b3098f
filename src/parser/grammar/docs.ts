/** The documentation of a declaration: the comment lines directly above it. */
import type { IToken } from 'chevrotain';
import { endOf } from '../text/tokens.ts';

/** How many of the comments, which are in order, begin before `offset`. */
const countBefore = (comments: readonly IToken[], offset: number): number => {
  let low = 0;
  let high = comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comments[middle]!.startOffset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Does the text between two offsets hold one line break, and otherwise only space? */
const nextLine = (text: string, from: number, to: number): boolean =>
  to - from < 1000 && /^[ \t]*(?:\r\n|\n|\r)[ \t]*$/.test(text.slice(from, to));

const beginsLine = (text: string, offset: number): boolean => {
  let i = offset - 1;
  while (i >= 0 && (text[i] === ' ' || text[i] === '\t')) i--;
  return i < 0 || text[i] === '\n' || text[i] === '\r';
};

/** The comment lines above `offset`, without their `--`; empty if there are none. */
export const docAbove = (text: string, comments: readonly IToken[], offset: number): string => {
  const lines: string[] = [];
  let below = offset;
  for (let i = countBefore(comments, offset) - 1; i >= 0; i--) {
    const comment = comments[i]!;
    if (!nextLine(text, endOf(comment), below) || !beginsLine(text, comment.startOffset)) break;
    lines.push(comment.image.slice(2).replace(/^ /, '').trimEnd());
    below = comment.startOffset;
  }
  return lines.reverse().join('\n');
};
