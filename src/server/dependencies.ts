/** Which declarations of a file use which. */
import { perObject } from '../syntax/memo.ts';
import type { Declaration } from '../syntax/tree.ts';
import type { View } from '../workspace/workspace.ts';
import { fileOf } from '../syntax/source.ts';
import type { Ground } from './ground.ts';
import { usesOf } from './uses.ts';

/** The declarations whose names each declaration mentions, itself among them. */
export type Uses = ReadonlyMap<Declaration, ReadonlySet<Declaration>>;

const known = perObject((_view: View) => new Map<string, Uses>());

/** The declarations of a file with those that they use, of other files too. */
const usesBetween = (view: View, path: string): Uses => {
  const before = known(view).get(path);
  if (before !== undefined) return before;
  const found = new Map<Declaration, Set<Declaration>>();
  const all = (view.program?.files.get(path)?.tree.declarations ?? []).map(
    (d) => [view.locate(d.span).start, d] as const,
  );
  let i = 0;
  for (const { word, declared } of usesOf(view, path)) {
    while (i + 1 < all.length && all[i + 1]![0] <= word.start) i++;
    const user = all[i]?.[1];
    if (user === undefined || declared?.node === undefined) continue;
    const its = found.get(user) ?? new Set();
    found.set(user, its.add(declared.node));
  }
  known(view).set(path, found);
  return found;
};

/** All that is reached from some declarations. */
const reached = (
  from: Iterable<Declaration>,
  next: (d: Declaration) => Iterable<Declaration>,
): ReadonlySet<Declaration> => {
  const all = new Set(from);
  // a set is walked to its end, which grows here
  for (const d of all) for (const other of next(d)) all.add(other);
  return all;
};

/** Some declarations of a program with all that they use, in all of its files. */
export const usedBy = (view: View, users: Iterable<Declaration>): ReadonlySet<Declaration> =>
  reached(users, (d) => usesBetween(view, fileOf(d.span.path)).get(d) ?? []);

/** Some declarations with all those of the file that use them. */
export const usersOf = (
  { view, path }: Ground,
  used: Iterable<Declaration>,
): ReadonlySet<Declaration> => {
  const users = new Map<Declaration, Set<Declaration>>();
  for (const [user, all] of usesBetween(view, path))
    for (const one of all) users.set(one, (users.get(one) ?? new Set()).add(user));
  return reached(used, (d) => users.get(d) ?? []);
};

/** The declarations of a file that some others of it have to do with: those that use them, and what all these use. */
export const relatedTo = (
  ground: Ground,
  changed: Iterable<Declaration>,
): ReadonlySet<Declaration> => usedBy(ground.view, usersOf(ground, changed));
