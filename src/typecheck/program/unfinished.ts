/** Programs that are being written: a bracket is still open, and so nobody knows yet what its declaration gives. */
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../syntax/source.ts';
import type { Declaration } from '../../syntax/tree.ts';
import { isInside } from '../net/branch-fixes.ts';

/** Messages that compare the whole of a declaration with what is said of it, there or elsewhere. */
export const ofWholes: ReadonlySet<string> = new Set([
  ...['E0206', 'E0209', 'E0601', 'E0602', 'E0930', 'E0931'],
  ...['W0225', 'W0226', 'W0228', 'W0229'],
]);

/** Mistakes behind which nobody knows what a declaration gives: an open bracket, layers that are written otherwise. */
export const leavesOpen: ReadonlySet<string> = new Set(['E0105', 'E0110']);

/** The words of a text, and those in front of a size: `stage3` may be a `stage`. */
const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(
    (text.match(/[A-Za-z_]\w*/g) ?? []).flatMap((word) => [
      word,
      word.replace(/\d+(?:x\d+)?$/, ''),
    ]),
  );

const nameOf = (d: Declaration): string | undefined =>
  d.tag === 'def' || d.tag === 'net' ? d.name.text : undefined;

/** The declarations with one of the places, and those that use them, directly or through others, by their words. */
const touched = (
  declarations: readonly Declaration[],
  places: readonly Span[],
  text: (place: Span) => string,
): ReadonlySet<Declaration> => {
  const users = new Map<string, Declaration[]>();
  for (const d of declarations)
    for (const word of wordsOf(text(d.span))) {
      const known = users.get(word);
      if (known === undefined) users.set(word, [d]);
      else known.push(d);
    }
  const found = new Set(declarations.filter((d) => places.some((p) => isInside(p, d.span))));
  for (const d of found) users.get(nameOf(d) ?? '')?.forEach((user) => found.add(user)); // grows while it is read
  return found;
};

/** The messages without those that an open bracket explains: of its declaration, and of what uses that. */
export const withoutUnfinished = (
  found: readonly Diagnostic[],
  declarations: readonly Declaration[],
  text: (place: Span) => string,
): readonly Diagnostic[] => {
  const open = found.filter(({ code }) => leavesOpen.has(code)).map(({ primary }) => primary.span);
  if (open.length === 0) return found;
  const spans = [...touched(declarations, open, text)].map(({ span }) => span);
  return found.filter(
    ({ code, primary }) =>
      !ofWholes.has(code) || !spans.some((whole) => isInside(primary.span, whole)),
  );
};
