/** Counts brackets, and takes out those that are nested too deeply. */
import { error } from '../../../diagnostic/diagnostic.ts';
import { span } from '../../../syntax/source.ts';
import { declaringWords } from '../tokens.ts';
import { patch, type Scan } from './state.ts';

/** How deep brackets and nested constructs may go (SAFETY.md). */
export const nestingLimit = 256;

/** Takes out what is nested too deeply, up to `end`, with its patches. */
export const endTooDeep = (scan: Scan, end: number): void => {
  const { tooDeepFrom: start, patches } = scan;
  if (start < 0) return;
  while (patches.length > 0 && patches.at(-1)!.start >= start) patches.pop();
  scan.removed.push(span(scan.path, start, end));
  patch(scan, start, end, ' '.repeat(end - start));
  scan.tooDeepFrom = -1;
};

/** Reads an opening bracket. */
export const opening = (scan: Scan, at: number): number => {
  scan.depth++;
  if (scan.depth <= nestingLimit || scan.tooDeepFrom >= 0) return at + 1;
  scan.tooDeepFrom = at;
  if (!scan.saidTooDeep) {
    const place = span(scan.path, at, at + 1);
    const message = `brackets are nested more than ${nestingLimit} deep; give the inner part a name with \`def\``;
    scan.report(error('E0104', place, message));
  }
  scan.saidTooDeep = true;
  return at + 1;
};

/** Reads a closing bracket. */
export const closing = (scan: Scan, at: number): number => {
  if (scan.depth > 0) scan.depth--;
  if (scan.depth === 0) scan.saidTooDeep = false;
  if (scan.depth === nestingLimit) endTooDeep(scan, at + 1);
  return at + 1;
};

const declaration = new RegExp(`(?:${declaringWords.join('|')})\\b`, 'y');

/** Reads the end of a line. A declaration at the beginning of the next ends what came before, closed or not. */
export const lineEnd = (scan: Scan, at: number): number => {
  const start = at + 1;
  if (scan.depth === 0) return start;
  declaration.lastIndex = start;
  if (!declaration.test(scan.text)) return start;
  if (scan.tooDeepFrom < 0 && scan.text.startsWith('def', start)) return start; // perhaps a local one
  endTooDeep(scan, start);
  scan.depth = 0;
  scan.saidTooDeep = false;
  return start;
};
