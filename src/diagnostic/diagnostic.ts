/** Messages to the user, as data. Only the edges print them. */
import type { Span } from '../syntax/source.ts';
import type { Code } from './codes.ts';

/** Only errors keep a program from being compiled. */
export type Severity = 'error' | 'warning' | 'hint';

/** A place, and a few words about it. */
export type Label = { readonly span: Span; readonly message: string };

/** The text of `span` becomes `newText`; an empty span is an insertion. */
export type Edit = { readonly span: Span; readonly newText: string };

/** A change that mends the fault; `certain` ones may be applied unseen. */
export type Fix = {
  readonly title: string;
  readonly edits: readonly Edit[];
  readonly applicability: 'certain' | 'likely';
};

/**
 * One mistake. The message makes sense without the frame, and so does the primary label; no capital, no full stop,
 * code in backticks.
 */
export type Diagnostic = {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly primary: Label;
  readonly labels: readonly Label[];
  readonly notes: readonly string[];
  readonly fixes: readonly Fix[];
};

type Extras = {
  readonly label?: string; // at the primary place; the message when absent
  readonly labels?: readonly Label[];
  readonly notes?: readonly string[];
  readonly fixes?: readonly Fix[];
};

const diagnostic =
  (severity: Severity) =>
  (code: Code, span: Span, message: string, extras: Extras = {}): Diagnostic => ({
    code,
    severity,
    message,
    primary: { span, message: extras.label ?? message },
    labels: extras.labels ?? [],
    notes: extras.notes ?? [],
    fixes: extras.fixes ?? [],
  });

/** A fault: the program has no meaning here. */
export const error = diagnostic('error');
/** Something that has a meaning, though probably not the one that was meant. */
export const warning = diagnostic('warning');
/** Something that could be written better. */
export const hint = diagnostic('hint');

/** A fix that replaces one place. */
export const replace = (
  title: string,
  span: Span,
  newText: string,
  applicability: Fix['applicability'] = 'likely',
): Fix => ({ title, edits: [{ span, newText }], applicability });

/** The same message with all its places moved. */
export const moved = (d: Diagnostic, to: (place: Span) => Span): Diagnostic => {
  const label = ({ span, message }: Label): Label => ({ span: to(span), message });
  return {
    ...d,
    primary: label(d.primary),
    labels: d.labels.map(label),
    fixes: d.fixes.map((fix) => ({
      ...fix,
      edits: fix.edits.map((edit) => ({ ...edit, span: to(edit.span) })),
    })),
  };
};

/** Whether two diagnostics report one mistake: the same code at the same place. */
export const sameFault = (a: Diagnostic, b: Diagnostic): boolean => {
  const [p, q] = [a.primary.span, b.primary.span];
  return a.code === b.code && p.path === q.path && p.start === q.start && p.end === q.end;
};

/** Whether the parser failed to read something in this place, so that the tree there may not be what was meant. */
export const isUnread = (found: readonly Diagnostic[], { path, start, end }: Span): boolean =>
  found.some(({ code, primary: { span } }) => {
    const isInside = span.path === path && span.start >= start && span.end <= end;
    // a reserved word in the place of a name is still read as a name
    return isInside && code.startsWith('E01') && code !== 'E0108';
  });
