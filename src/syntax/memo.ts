/**
 * What is found once of a thing that never changes, and kept as long as the thing lives. All memory that outlives a
 * check is made here; what a check itself remembers is in its context.
 */

/** What one memory keeps of a thing, and what others keep of it. */
type Note = { readonly of: object; value: unknown; readonly next: Note | undefined };

/** Gives back the thing that it is called with, so that a class may give that thing a field. */
const itself = function (thing: object): object {
  return thing;
} as unknown as new (thing: object) => object;

/**
 * The notes of things, in a field of their own that only this class sees. A `WeakMap` would do the same, but V8 keeps
 * what is in one until it looks through the whole memory, and copies it twice before.
 */
class Notes extends itself {
  #first: Note | undefined = undefined;

  static first(thing: object): Note | undefined {
    return #first in thing ? thing.#first : undefined;
  }

  static put(thing: object, note: Note): void {
    if (!(#first in thing)) new Notes(thing);
    (thing as Notes).#first = note;
  }
}

/** What is kept of things, one value for each. It goes when the thing goes. */
export type Kept<K extends object, A> = {
  readonly get: (thing: K) => A | undefined;
  readonly set: (thing: K, value: A) => void;
};

/** Nothing is kept of anything. */
export const newKept = <K extends object, A>(): Kept<K, A> => {
  const of = {};
  const noteOf = (thing: K): Note | undefined => {
    let note = Notes.first(thing);
    while (note !== undefined && note.of !== of) note = note.next;
    return note;
  };
  return {
    get: (thing) => noteOf(thing)?.value as A | undefined,
    set: (thing, value) => {
      const note = noteOf(thing);
      if (note !== undefined) note.value = value;
      else Notes.put(thing, { of, value, next: Notes.first(thing) });
    },
  };
};

/** `find` that looks at each thing once. It depends on the thing alone. */
export const perObject = <K extends object, A>(find: (thing: K) => A): ((thing: K) => A) => {
  const of = {};
  return (thing) => {
    const first = Notes.first(thing);
    for (let note = first; note !== undefined; note = note.next)
      if (note.of === of) return note.value as A;
    const value = find(thing);
    Notes.put(thing, { of, value, next: Notes.first(thing) });
    return value;
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
