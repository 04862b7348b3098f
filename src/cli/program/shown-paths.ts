/** Renames the files of diagnostics to the paths the user knows. */
import type { Diagnostic, Fix, Label } from '../../diagnostic/diagnostic.ts';
import type { Source, Span } from '../../syntax/source.ts';

type Rename = (path: string) => string;

/** Another place for a place. */
export type Move = (span: Span) => Span;

const labelAt = (label: Label, move: Move): Label => ({ ...label, span: move(label.span) });

const fixAt = (fix: Fix, move: Move): Fix => ({
  ...fix,
  edits: fix.edits.map((e) => ({ ...e, span: move(e.span) })),
});

/** The same diagnostic with its places, labels and fixes elsewhere. */
export const movedTo = (d: Diagnostic, move: Move): Diagnostic => ({
  ...d,
  primary: labelAt(d.primary, move),
  labels: d.labels.map((l) => labelAt(l, move)),
  fixes: d.fixes.map((f) => fixAt(f, move)),
});

/** The same diagnostic in files as `name` calls them. */
export const renamed = (d: Diagnostic, name: Rename): Diagnostic =>
  movedTo(d, (span) => ({ ...span, path: name(span.path) }));

/** Sources by the names that such diagnostics use. */
export const sourcesRenamed = (
  sources: Iterable<Source>,
  name: Rename,
): ReadonlyMap<string, Source> =>
  new Map(Array.from(sources, (s) => [name(s.path), { ...s, path: name(s.path) }]));
