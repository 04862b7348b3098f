/** The order in which diagnostics are reported. It depends on the diagnostics alone. */
import type { Diagnostic } from './diagnostic.ts';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By file, position, code and message. */
export const inOrder = (diagnostics: readonly Diagnostic[]): readonly Diagnostic[] =>
  diagnostics.toSorted(
    (a, b) =>
      compare(a.primary.span.path, b.primary.span.path) ||
      a.primary.span.start - b.primary.span.start ||
      a.primary.span.end - b.primary.span.end ||
      compare(a.code, b.code) ||
      compare(a.message, b.message),
  );

/** `1 error`, `2 errors and 1 warning`; empty for none. */
export const tally = (diagnostics: readonly Diagnostic[]): string =>
  (['error', 'warning', 'hint'] as const)
    .flatMap((severity) => {
      const count = diagnostics.filter((d) => d.severity === severity).length;
      return count === 0 ? [] : [`${count} ${severity}${count === 1 ? '' : 's'}`];
    })
    .join(', ')
    .replace(/, ([^,]*)$/, ' and $1');
