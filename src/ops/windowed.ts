/** The operators whose windows are written in their words. */
import { table } from './table.ts';

/** The operators whose first argument is a window, which papers write as part of the word: `conv3`, `maxpool2`. */
export const windowed: ReadonlySet<string> = new Set(
  [...table.values()].filter(({ params }) => params[0]?.kind.tag === 'extent').map((r) => r.name),
);
