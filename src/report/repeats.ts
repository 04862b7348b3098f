/** Finds repetition, also of groups: `a b a b a b c` is three times `a b`, then `c`. */

/** `size` neighbours from `start` on that occur `count` times in a row. */
export type Repeat = { readonly start: number; readonly size: number; readonly count: number };

/** The longest group whose repetition is searched for: the body of a written `n x (…)`. */
const longestGroup = 12;

/** How often the `size` signs from `start` on occur in a row. */
const copies = (signs: readonly string[], start: number, size: number): number => {
  let i = start + size;
  while (i < signs.length && signs[i] === signs[i - size]) i++;
  return Math.floor((i - start) / size);
};

/** All signs in order, in groups as small as possible. */
export const repeats = (signs: readonly string[]): readonly Repeat[] => {
  const found: Repeat[] = [];
  for (let start = 0; start < signs.length;) {
    const group = [...Array(longestGroup).keys()]
      .map((n) => ({ start, size: n + 1, count: copies(signs, start, n + 1) }))
      .find(({ count }) => count > 1) ?? { start, size: 1, count: 1 };
    found.push(group);
    start += group.size * group.count;
  }
  return found;
};
