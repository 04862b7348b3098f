/** Warnings and hints that the source turns off: `-- allow W0223` behind the line or alone on the line before it. */
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { perObject } from '../../syntax/memo.ts';
import type { Source } from '../../syntax/source.ts';

/** What a line says of codes. */
type Line = {
  readonly start: number;
  readonly codes: ReadonlySet<string>;
  readonly alone: boolean;
};

/** The line of an offset; it may be long, and have many warnings. */
const lineAt = (text: string, start: number): Line => {
  const end = text.indexOf('\n', start);
  const line = text.slice(start, end < 0 ? text.length : end);
  const [, allowed = ''] = /--.*?\ballow\b(.*)/.exec(line) ?? [];
  const codes = new Set(allowed.match(/\b[A-Z]\d+\b/g));
  return { start, codes, alone: /^\s*--/.test(line) };
};

/** Whether a comment of the text allows what a warning or hint is about. Errors cannot be allowed. */
export const allowedIn: (
  source: Source,
) => (found: Pick<Diagnostic, 'severity' | 'code' | 'primary'>) => boolean = perObject(
  ({ text }) => {
    const lines = new Map<number, Line>();
    const lineOf = (offset: number): Line => {
      const start = text.lastIndexOf('\n', offset - 1) + 1;
      const known = lines.get(start);
      if (known !== undefined) return known;
      const line = lineAt(text, start);
      lines.set(start, line);
      return line;
    };
    return ({ severity, code, primary }) => {
      if (severity === 'error') return false;
      const { start, codes } = lineOf(primary.span.start);
      if (codes.has(code)) return true;
      if (start === 0) return false;
      const before = lineOf(start - 1);
      return before.alone && before.codes.has(code);
    };
  },
);
