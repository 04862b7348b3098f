/** The state of the scan, and the changes that it makes to the text. */
import type { Diagnostic, Edit } from '../../../diagnostic/diagnostic.ts';
import type { Span } from '../../../syntax/source.ts';
import type { Report } from '../faults.ts';

/** The text `by` takes the place of [start, end). It is as long. */
export type Patch = { readonly start: number; readonly end: number; readonly by: string };

/** What the scan knows before it reads a character. */
export type Scan = {
  readonly path: string;
  readonly text: string;
  readonly report: Report;
  /** The places that were taken out, in order. */
  readonly removed: Span[];
  /** In order, and apart from each other. */
  readonly patches: Patch[];
  /** Brackets around the next character. */
  depth: number;
  /** Where brackets began to be nested too deeply, or -1. */
  tooDeepFrom: number;
  /** Has that been reported for the brackets that are open? */
  saidTooDeep: boolean;
  /** The first comment with the signs of another language, and the edits for all of them. */
  comments: { readonly first: Span; readonly edits: Edit[] } | undefined;
  /** Is every comment from here on without an end? */
  noEndOfComment: boolean;
};

/** Replaces [start, end) in the text. */
export const patch = (scan: Scan, start: number, end: number, by: string): void => {
  scan.patches.push({ start, end, by });
};

/** Reports a fault, unless it lies in what is taken out as nested too deeply. */
export const tell = ({ tooDeepFrom, report }: Scan, fault: Diagnostic): void => {
  if (tooDeepFrom < 0) report(fault);
};

/** Where the line of `start` ends, or `limit` before that. */
export const lineEndFrom = (text: string, start: number, limit = text.length): number => {
  let i = start;
  while (i < limit && text.charCodeAt(i) !== 10 && text.charCodeAt(i) !== 13) i++;
  return i;
};

/** The text with its patches: as long as the source, offset by offset. */
export const patched = ({ text, patches }: Scan): string => {
  if (patches.length === 0) return text;
  const pieces: string[] = [];
  let done = 0;
  for (const { start, end, by } of patches) {
    pieces.push(text.slice(done, start), by);
    done = end;
  }
  pieces.push(text.slice(done));
  return pieces.join('');
};
