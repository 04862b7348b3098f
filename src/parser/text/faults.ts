/** How passes collect faults: they keep the first hundred, and count the rest. */
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../syntax/source.ts';

/** At most so many faults of a file are reported one by one (SAFETY.md). */
const diagnosticLimit = 100;

/** Collects a fault. */
export type Report = (fault: Diagnostic) => void;

/** The faults that one pass has reported, in that order. */
export type Faults = {
  readonly report: Report;
  readonly kept: readonly Diagnostic[];
  readonly count: () => number;
};

/** A collector without faults. Millions of them take no more room than a hundred. */
export const collector = (): Faults => {
  const kept: Diagnostic[] = [];
  let count = 0;
  const report = (fault: Diagnostic): void => {
    count++;
    if (kept.length <= diagnosticLimit) kept.push(fault);
  };
  return { report, kept, count: () => count };
};

/** Does one of the places touch [from, to]? The places are in order. */
export const meets = (places: readonly Span[], from: number, to: number): boolean => {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]!.end < from) low = middle + 1;
    else high = middle;
  }
  const place = places[low];
  return place !== undefined && place.start <= to;
};

/**
 * The closing brackets that close nothing, without those of declarations that have another error: there an
 * opening bracket is missing, and that error is the one mistake.
 */
export const withoutConsequences = (
  stray: Faults,
  others: readonly Faults[],
  declarations: readonly { readonly span: Span }[],
): Faults => {
  const starts = declarations.map(({ span }) => span.start);
  const errors = others.flatMap(({ kept }) => kept.filter(({ severity }) => severity === 'error'));
  const places = errors.map(({ primary }) => primary.span.start);
  const out = collector();
  for (const fault of stray.kept) {
    const { start: end } = fault.primary.span;
    const start = starts.findLast((s) => s <= end) ?? 0;
    const next = starts.find((s) => s > end) ?? Infinity;
    if (!places.some((place) => place >= start && place < next)) out.report(fault);
  }
  return { ...out, count: () => out.count() + stray.count() - stray.kept.length };
};

/** The faults of all passes in the order of the text. When there are too many, the last one counts the rest. */
export const inOrder = (passes: readonly Faults[]): readonly Diagnostic[] => {
  const sorted = passes
    .flatMap(({ kept }) => kept)
    .sort((a, b) => a.primary.span.start - b.primary.span.start);
  const count = passes.reduce((sum, pass) => sum + pass.count(), 0);
  const next = sorted[diagnosticLimit];
  if (next === undefined) return sorted;
  const message = `${count - diagnosticLimit} more`;
  const rest: Diagnostic = {
    ...next,
    message,
    primary: { ...next.primary, message },
    labels: [],
    notes: [],
    fixes: [],
  };
  return [...sorted.slice(0, diagnosticLimit), rest];
};
