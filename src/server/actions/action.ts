/** A change that is offered at a place: what it is called, and what it does. */
import type { Change } from '../edits.ts';
import type { Ground } from '../ground.ts';

export type Action = {
  readonly title: string;
  readonly kind: 'refactor.extract' | 'refactor.inline' | 'refactor.rewrite' | 'quickfix';
  readonly changes: readonly Change[];
};

/** What is selected; a cursor where both are the same. */
export type Selection = { readonly start: number; readonly end: number };

/** The actions of one kind for a selection; none where they make no sense. */
export type Offer = (ground: Ground, selection: Selection) => readonly Action[];

/** The selection without the space around it. */
export const trimmed = (text: string, { start, end }: Selection): Selection => {
  const inside = text.slice(start, end);
  const from = start + (inside.length - inside.trimStart().length);
  return {
    start: from,
    end: Math.max(from, start + inside.trimEnd().replace(/;$/, '').trimEnd().length),
  };
};

/** Where a declaration begins with the comment above it. */
export const withComment = (text: string, start: number): number => {
  let from = start;
  for (;;) {
    const end = from - 1; // the line break before
    if (end < 0 || text[end] !== '\n') return from;
    const before = text.lastIndexOf('\n', end - 1) + 1;
    if (!/^\s*--/.test(text.slice(before, end))) return from;
    from = before;
  }
};
