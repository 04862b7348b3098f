/**
 * What the words of a file mean: each name with the place of its declaration, in that file or in one that is imported.
 * It follows the text alone, as a reader would, so it works in broken files too.
 */
import { perObject } from '../syntax/memo.ts';
import type { Span } from '../syntax/source.ts';
import type { Declaration } from '../syntax/tree.ts';
import type { View } from '../workspace/workspace.ts';
import { namesOf, seenIn, type Use } from './meaning.ts';
import { walkDeclarations } from './uses-walk.ts';

const known = perObject((_view: View) => new Map<string, readonly Use[]>());

const declarationsOf = (view: View, path: string): readonly Declaration[] =>
  view.program?.files.get(path)?.tree.declarations ?? [];

/** The names of some declarations of a file, in the order of the text. */
const usesIn = (view: View, path: string, declarations: readonly Declaration[]): readonly Use[] => {
  const found: Use[] = [];
  walkDeclarations(declarations, {
    view,
    path,
    seen: seenIn(view, path),
    namesOf: (other) => namesOf(view, other),
    add: (use) => void found.push(use),
  });
  return found.sort((a, b) => a.word.start - b.word.start);
};

/** Every name of a file of a program, those that declare included, in the order of the text. */
export const usesOf = (view: View, path: string): readonly Use[] => {
  const before = known(view).get(path);
  if (before !== undefined) return before;
  const uses = usesIn(view, path, declarationsOf(view, path));
  known(view).set(path, uses);
  return uses;
};

/** The use at a place of a file; where two touch, the one that begins there. */
export const useAt = (view: View, path: string, offset: number): Use | undefined => {
  const touches = ({ start, end }: Span): boolean => start <= offset && offset <= end;
  // in a long file most declarations are elsewhere
  const uses =
    known(view).get(path) ??
    usesIn(
      view,
      path,
      declarationsOf(view, path).filter(({ span }) => touches(view.locate(span))),
    );
  return uses.findLast(({ word }) => touches(word));
};
