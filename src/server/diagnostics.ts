/** Diagnostics as the protocol has them, with everything that mends them. */
import type {
  Diagnostic as Shown,
  DiagnosticRelatedInformation,
  DiagnosticSeverity,
} from 'vscode-languageserver-protocol';
import { forNothing } from '../diagnostic/codes.ts';
import type { Diagnostic, Severity } from '../diagnostic/diagnostic.ts';
import { sameFault } from '../diagnostic/diagnostic.ts';
import { inOrder } from '../diagnostic/order.ts';
import { locationOf, type Places } from './ground.ts';

/** What the protocol numbers. */
const severities: { readonly [S in Severity]: DiagnosticSeverity } = {
  error: 1,
  warning: 2,
  hint: 4,
};

const related = (places: Places, d: Diagnostic): readonly DiagnosticRelatedInformation[] =>
  d.labels.flatMap(({ span, message }) => {
    const location = locationOf(places, span);
    return location === undefined ? [] : [{ location, message }];
  });

/** The message, the words at its place where they say more, and the notes. */
const messageOf = ({ message, primary, notes }: Diagnostic): string =>
  [message, ...(primary.message === message ? [] : [primary.message]), ...notes].join('\n');

/** One diagnostic for its client. */
export const shown = (places: Places, d: Diagnostic): Shown | undefined => {
  const place = locationOf(places, d.primary.span);
  if (place === undefined) return undefined;
  const { can } = places.client;
  const others = can.relatedPlaces || can.pull ? related(places, d) : [];
  return {
    range: place.range,
    severity: severities[d.severity],
    code: d.code,
    source: 'netc',
    message: messageOf(d),
    ...(can.codePage || can.pull
      ? { codeDescription: { href: places.host.pageUri(`docs/errors/${d.code}.md`) } }
      : {}),
    ...(others.length > 0 ? { relatedInformation: [...others] } : {}),
    ...((can.tags || can.pull) && forNothing.has(d.code) ? { tags: [1] } : {}),
  };
};

/** Diagnostics by the paths of their files, each once, in order. */
export const byFile = (
  found: readonly Diagnostic[],
): ReadonlyMap<string, readonly Diagnostic[]> => {
  const files = new Map<string, Diagnostic[]>();
  for (const d of inOrder(found)) {
    const { path } = d.primary.span;
    const before = files.get(path) ?? [];
    // one fault that two programs have stands side by side
    const last = before.at(-1);
    if (last === undefined || !sameFault(last, d) || last.message !== d.message) before.push(d);
    files.set(path, before);
  }
  return files;
};
