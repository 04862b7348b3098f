/** Rules are checked again only when a pass of their file, or what is known to be wrong with it, has changed. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { checkRules } from '../rewrite/verify/check-rules.ts';
import type { Rewrite } from '../syntax/tree.ts';

/** What was found for the passes of a file. */
type Before = {
  readonly passes: readonly Rewrite[];
  readonly known: string;
  readonly found: readonly Diagnostic[];
};

const isSame = (a: readonly Rewrite[], b: readonly Rewrite[]): boolean =>
  a.length === b.length && a.every((pass, i) => pass === b[i]);

/** `checkRules` with a memory, by file. */
export const rememberingRules = (): typeof checkRules => {
  const files = new Map<string, Before>();
  return (file, known) => {
    if (file === undefined) return [];
    const passes = file.tree.declarations.flatMap((d) => (d.tag === 'rewrite' ? [d] : []));
    if (passes.length === 0) return [];
    const paths = new Set(passes.map(({ span }) => span.path));
    const theirs = known.filter(({ primary }) => paths.has(primary.span.path));
    const text = JSON.stringify(theirs.map(({ code, primary }) => [code, primary.span]));
    const before = files.get(file.source.path);
    if (before !== undefined && before.known === text && isSame(before.passes, passes))
      return before.found;
    const found = checkRules(file, known);
    files.set(file.source.path, { passes, known: text, found });
    return found;
  };
};
