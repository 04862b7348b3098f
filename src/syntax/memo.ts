/**
 * What is found once of a thing that never changes, and kept as long as the thing lives. All memory that outlives a
 * check is made here; what a check itself remembers is in its context.
 */

/** `find` that looks at each thing once. It depends on the thing alone. */
export const perObject = <K extends object, A>(find: (thing: K) => A): ((thing: K) => A) => {
  const known = new WeakMap<K, { readonly found: A }>();
  return (thing) => {
    const before = known.get(thing);
    if (before !== undefined) return before.found;
    const found = find(thing);
    known.set(thing, { found });
    return found;
  };
};

/** What is made when it is first asked for, and then kept: there is one for all. */
export const lazy = <A>(make: () => A): (() => A) => {
  let made: { readonly it: A } | undefined;
  return () => (made ??= { it: make() }).it;
};

let latest = 0;

/** A number that nothing else has: keys of what a check remembers are made of them. */
export const freshId = (): number => latest++;

/** The number of a thing, the same whenever it is asked for. */
export const idOf: (thing: object) => number = perObject(freshId);
