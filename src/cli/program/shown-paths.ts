/** Renames the files of diagnostics to the paths the user knows. */
import { moved, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Source } from '../../syntax/source.ts';

type Rename = (path: string) => string;

/** The same diagnostic with its places, labels and fixes in files as `name` calls them. */
export const renamed = (d: Diagnostic, name: Rename): Diagnostic =>
  moved(d, (span) => ({ ...span, path: name(span.path) }));

/** Sources by the names that such diagnostics use. */
export const sourcesRenamed = (
  sources: Iterable<Source>,
  name: Rename,
): ReadonlyMap<string, Source> =>
  new Map(Array.from(sources, (s) => [name(s.path), { ...s, path: name(s.path) }]));
