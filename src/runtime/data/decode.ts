/** What JSON must be to be a value of a type. A fault continues "it …" and says where. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { isObject, quoted } from './json.ts';

/** Reads a value of a type from JSON that was parsed, or gives its fault. */
export type Decoder<A> = (json: unknown) => Either<string, A>;

const when =
  <A>(fits: (json: unknown) => json is A, what: string): Decoder<A> =>
  (json) =>
    fits(json) ? E.right(json) : E.left(`is not ${what}`);

export const aFlag = when((x): x is boolean => typeof x === 'boolean', 'a truth value');
export const aText = when((x): x is string => typeof x === 'string', 'a text');

/** A finite number: JSON has no others. */
export const aNumber = when((x): x is number => typeof x === 'number', 'a number');

/** A number that counts something. */
export const aCount = when(
  (x): x is number => typeof x === 'number' && Number.isSafeInteger(x) && x >= 0,
  'a count',
);

/** An object of anything. */
export const anyObject = when(isObject, 'an object');

/** One of these texts. */
export const oneOf = <const A extends string>(choices: readonly A[]): Decoder<A> =>
  when((x): x is A => choices.some((choice) => choice === x), `one of ${choices.join(', ')}`);

/** A value that may be left out. */
export const perhaps =
  <A>(inner: Decoder<A>): Decoder<A | undefined> =>
  (json) =>
    json === undefined || json === null ? E.right(undefined) : inner(json);

const within = (name: string, fault: string): string => `has a ${quoted(name)} that ${fault}`;

export const listOf =
  <A>(inner: Decoder<A>): Decoder<readonly A[]> =>
  (json) => {
    if (!Array.isArray(json)) return E.left('is not a list');
    const found: A[] = [];
    for (const [i, item] of json.entries()) {
      const read = inner(item);
      if (E.isLeft(read)) return E.left(`has an item ${i} that ${read.left}`);
      found.push(read.right);
    }
    return E.right(found);
  };

/** An object that has these under any names. */
export const recordOf =
  <A>(inner: Decoder<A>): Decoder<{ readonly [name: string]: A }> =>
  (json) => {
    if (!isObject(json)) return E.left('is not an object');
    const found: [string, A][] = [];
    for (const [name, item] of Object.entries(json)) {
      const read = inner(item);
      if (E.isLeft(read)) return E.left(within(name, read.left));
      found.push([name, read.right]);
    }
    return E.right(Object.fromEntries(found));
  };

/** An object with these fields; others are left out. */
export const anObject =
  <A extends object>(fields: { readonly [K in keyof A]-?: Decoder<A[K]> }): Decoder<A> =>
  (json) => {
    if (!isObject(json)) return E.left('is not an object');
    const found: Partial<A> = {};
    for (const name in fields) {
      const read = fields[name](json[name]);
      if (E.isLeft(read)) return E.left(within(name, read.left));
      found[name] = read.right;
    }
    // every field of the type has a decoder, which has read it
    return E.right(found as A);
  };

/** The value in a text of JSON. */
export const decoded = <A>(json: string, decoder: Decoder<A>): Either<string, A> => {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return E.left('is not JSON');
  }
  return decoder(value);
};
