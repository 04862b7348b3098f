/** What is told of all that a check has found: no part of a mistake that is reported as a whole, and nothing that is allowed. */
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Source, Span } from '../../syntax/source.ts';
import type { Declaration } from '../../syntax/tree.ts';
import { reportsOfStyle } from '../expr/functional.ts';
import { isInside } from '../net/branch-fixes.ts';
import { allowedIn } from './allowed.ts';
import { ofWholes, withoutUnfinished } from './unfinished.ts';

/** Reports of words whose fixes write all that belongs to them anew. */
const writtenAnew: ReadonlySet<string> = new Set(['E0301', 'E0305', 'E0921', 'E0922']);

/**
 * The faults without those of the text inside a call of another framework that a fix writes anew: its quotes and pairs
 * are part of that one mistake.
 */
const withoutParts = (found: readonly Diagnostic[]): readonly Diagnostic[] => {
  const anew = found.flatMap((d) =>
    writtenAnew.has(d.code) ? d.fixes.flatMap(({ edits }) => edits.map((edit) => edit.span)) : [],
  );
  return anew.length === 0
    ? found
    : found.filter(
        ({ code, primary: { span } }) =>
          !code.startsWith('E01') || !anew.some((whole) => isInside(span, whole)),
      );
};

/** The faults with one report for all that is wrong with lines that hand values on by name. */
const withFunctional = (
  found: readonly Diagnostic[],
  sources: ReadonlyMap<string, Source>,
): readonly Diagnostic[] => {
  const unread = new Set(
    // a file of another language is not read at all
    found.flatMap(({ code, primary }) =>
      code.startsWith('E01') && code !== 'E0111' ? [primary.span.path] : [],
    ),
  );
  const groups = [...unread].flatMap((path) => {
    const piece = sources.get(path);
    return piece === undefined ? [] : reportsOfStyle(piece);
  });
  if (groups.length === 0) return found;
  const others = found.filter((d) => !groups.some((g) => isInside(d.primary.span, g.whole)));
  return [...groups.map(({ report }) => report), ...others];
};

/** The texts of a program by the paths of places, and what it declares. */
type Told = {
  readonly sources: ReadonlyMap<string, Source>;
  readonly declarations: readonly Declaration[];
  readonly text: (place: Span) => string;
};

/** What is told of what was found. */
export const toldOf = (
  { sources, declarations, text }: Told,
  found: readonly Diagnostic[],
): readonly Diagnostic[] => {
  const isAllowed = (d: Diagnostic): boolean => {
    const source = sources.get(d.primary.span.path);
    return source !== undefined && allowedIn(source)(d);
  };
  const whole = withFunctional(withoutParts(found), sources);
  return withoutUnfinished(whole, declarations, text).filter((d) => !isAllowed(d));
};

/**
 * What is told before all is found, and stands when all is: errors that no other explains. A slip of the pen may be part
 * of another mistake of its declaration, so it waits for that to be `asked`.
 */
export const toldAhead = (
  told: Told,
  found: readonly Diagnostic[],
  asked: ReadonlySet<string>,
): readonly Diagnostic[] =>
  toldOf(told, found).filter(
    ({ severity, code, primary }) =>
      severity === 'error' &&
      !ofWholes.has(code) &&
      (!code.startsWith('E01') || asked.has(primary.span.path)),
  );
