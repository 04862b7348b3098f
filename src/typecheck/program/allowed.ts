/** Warnings and hints that the source turns off: `-- allow W0223` behind the line or alone on the line before it. */
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';

/** From the beginning of the line of an offset to its end. */
const lineAt = (
  text: string,
  offset: number,
): { readonly start: number; readonly line: string } => {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return { start, line: text.slice(start, end < 0 ? text.length : end) };
};

const allows = (line: string, code: string): boolean =>
  new RegExp(`--.*\\ballow\\b.*\\b${code}\\b`).test(line);

/** Whether a comment allows what a warning or hint is about. Errors cannot be allowed. */
export const isAllowed = (
  { severity, code, primary }: Diagnostic,
  text: string | undefined,
): boolean => {
  if (severity === 'error' || text === undefined) return false;
  const { start, line } = lineAt(text, primary.span.start);
  if (allows(line, code)) return true;
  if (start === 0) return false;
  const before = lineAt(text, start - 1).line;
  return /^\s*--/.test(before) && allows(before, code);
};
