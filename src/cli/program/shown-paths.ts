/** Renames the files of diagnostics to the paths the user knows. */
import type { Diagnostic, Fix, Label } from '../../diagnostic/diagnostic.ts';
import type { Source, Span } from '../../syntax/source.ts';

type Rename = (path: string) => string;

const spanIn = (span: Span, name: Rename): Span => ({ ...span, path: name(span.path) });

const labelIn = (label: Label, name: Rename): Label => ({
  ...label,
  span: spanIn(label.span, name),
});

const fixIn = (fix: Fix, name: Rename): Fix => ({
  ...fix,
  edits: fix.edits.map((e) => ({ ...e, span: spanIn(e.span, name) })),
});

/** The same diagnostic with its places, labels and fixes in files as `name` calls them. */
export const renamed = (d: Diagnostic, name: Rename): Diagnostic => ({
  ...d,
  primary: labelIn(d.primary, name),
  labels: d.labels.map((l) => labelIn(l, name)),
  fixes: d.fixes.map((f) => fixIn(f, name)),
});

/** Sources by the names that such diagnostics use. */
export const sourcesRenamed = (
  sources: Iterable<Source>,
  name: Rename,
): ReadonlyMap<string, Source> =>
  new Map(Array.from(sources, (s) => [name(s.path), { ...s, path: name(s.path) }]));
