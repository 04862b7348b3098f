/** What is kept of things. */
import { expect, it } from 'vitest';
import { idOf, newKept, perObject } from '../../src/syntax/memo.ts';

it('finds something of each thing once', () => {
  let count = 0;
  const find = perObject((thing: { readonly n: number }) => {
    count++;
    return thing.n * 2;
  });
  const [a, b] = [{ n: 1 }, { n: 2 }];
  expect([find(a), find(b), find(a), find(b)]).toEqual([2, 4, 2, 4]);
  expect(count).toBe(2);
});

it('keeps what was found of nothing, too', () => {
  let count = 0;
  const find = perObject((_: object) => void count++);
  const thing = {};
  find(thing);
  find(thing);
  expect(count).toBe(1);
});

it('keeps memories apart', () => {
  const [first, second] = [newKept<object, number>(), newKept<object, number>()];
  const thing = {};
  first.set(thing, 1);
  expect(second.get(thing)).toBeUndefined();
  second.set(thing, 2);
  first.set(thing, 3);
  expect([first.get(thing), second.get(thing)]).toEqual([3, 2]);
});

it('knows nothing of copies, and shows nothing', () => {
  const thing = { a: 1 };
  const id = idOf(thing);
  const copy = { ...thing };
  expect(idOf(copy)).not.toBe(id);
  expect(idOf(thing)).toBe(id);
  expect(Reflect.ownKeys(copy)).toEqual(['a']);
  expect(Reflect.ownKeys(thing)).toEqual(['a']);
});
