/** Programs that are being written: a bracket is still open, and so nobody knows yet what a declaration gives. */
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';

/** Messages that compare the whole of a declaration with what is said of it, there or elsewhere. */
const ofWholes: ReadonlySet<string> = new Set([
  ...['E0206', 'E0209', 'E0601', 'E0602', 'E0930', 'E0931'],
  ...['W0225', 'W0226', 'W0228', 'W0229'],
]);

/** The messages without those that an open bracket explains. */
export const withoutUnfinished = (found: readonly Diagnostic[]): readonly Diagnostic[] =>
  found.some(({ code }) => code === 'E0105')
    ? found.filter(({ code }) => !ofWholes.has(code))
    : found;
