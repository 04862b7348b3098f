/**
 * Diagnostics for machines: positions are zero-based, `character` counts UTF-16 code units, as in LSP.
 * `related` holds the secondary labels; `message` is the whole message, `label` what is seen at `range`.
 */
import {
  lineStarts,
  positionAt,
  type Position,
  type Source,
  type Span,
} from '../../syntax/source.ts';
import type { Diagnostic, Fix, Severity } from '../diagnostic.ts';
import { inOrder } from '../order.ts';

/** From `start` up to `end`, which is not part of it. */
export type Range = { readonly start: Position; readonly end: Position };

/** One diagnostic, whose files are as `Span` has them. */
export type JsonDiagnostic = {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly range: Range;
  readonly label: string;
  readonly related: readonly {
    readonly message: string;
    readonly file: string;
    readonly range: Range;
  }[];
  readonly notes: readonly string[];
  readonly fixes: readonly {
    readonly title: string;
    readonly applicability: Fix['applicability'];
    readonly edits: readonly {
      readonly file: string;
      readonly range: Range;
      readonly newText: string;
    }[];
  }[];
};

const start: Position = { line: 0, character: 0 };

/** Places in files whose text is not at hand, such as ones that could not be read, are their beginning. */
export const jsonDiagnostics = (
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, Source>,
): readonly JsonDiagnostic[] => {
  const known = new Map<string, readonly number[]>();
  const startsOf = (path: string): readonly number[] | undefined => {
    const text = sources.get(path)?.text;
    if (text !== undefined && !known.has(path)) known.set(path, lineStarts(text));
    return known.get(path);
  };
  const at = ({
    path,
    start: from,
    end,
  }: Span): { readonly file: string; readonly range: Range } => {
    const starts = startsOf(path);
    const range =
      starts === undefined
        ? { start, end: start }
        : { start: positionAt(starts, from), end: positionAt(starts, end) };
    return { file: path, range };
  };
  return inOrder(diagnostics).map((d) => ({
    code: d.code,
    severity: d.severity,
    message: d.message,
    ...at(d.primary.span),
    label: d.primary.message,
    related: d.labels.map((label) => ({ message: label.message, ...at(label.span) })),
    notes: d.notes,
    fixes: d.fixes.map(({ title, applicability, edits }) => ({
      title,
      applicability,
      edits: edits.map(({ span, newText }) => ({ ...at(span), newText })),
    })),
  }));
};
