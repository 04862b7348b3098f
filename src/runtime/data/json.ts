/** Checks that `JSON.parse` does not make, for headers from foreign files. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';

/** An object of JSON; its values are not checked yet. */
export type JsonObject = { readonly [key: string]: unknown };

/** Whether it is an object of JSON: not a list and not null. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The index of the quote that ends the string which begins at `start`. */
const endOfString = (json: string, start: number): number => {
  let i = start + 1;
  while (json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
  return i;
};

/**
 * A key that some object has twice, however it is escaped. `JSON.parse` would keep the last of these, another reader
 * the first. The text must be valid JSON.
 */
export const duplicateKey = (json: string): string | undefined => {
  const open: (Set<unknown> | undefined)[] = []; // of an object its keys so far, undefined for a list
  let isKey = false; // whether a string that begins here is a key
  for (let i = 0; i < json.length; i++) {
    switch (json[i]) {
      case '{':
        open.push(new Set());
        isKey = true;
        break;
      case '[':
        open.push(undefined);
        isKey = false;
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case ',':
        isKey = open.at(-1) !== undefined;
        break;
      case '"': {
        const end = endOfString(json, i);
        if (isKey) {
          const keys = open.at(-1);
          const key: unknown = JSON.parse(json.slice(i, end + 1));
          if (keys?.has(key) === true) return String(key);
          keys?.add(key);
          isKey = false;
        }
        i = end;
      }
    }
  }
  return undefined;
};

/** An object without duplicate keys, or the fault of the text, which continues "it …". */
export const parseObject = (json: string): Either<string, JsonObject> => {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return E.left('is not JSON');
  }
  if (!isObject(value)) return E.left('is not an object of JSON');
  const twice = duplicateKey(json);
  return twice === undefined ? E.right(value) : E.left(`has ${quoted(twice)} twice`);
};

/** A foreign name as a message may show it: without control characters, and short. */
export const quoted = (name: string): string => {
  const plain = JSON.stringify(name.slice(0, 100))
    .slice(1, -1)
    .replaceAll(/[\u007f-\u009f`]/g, '?');
  return `\`${plain}${name.length > 100 ? '…' : ''}\``;
};
