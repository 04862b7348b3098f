/** The size at the end of a word. */

/** The longest size at the end of a word: `conv1x7` is `conv` and `1x7`. */
export const splitSize = (
  text: string,
): { readonly stem: string; readonly size: string } | undefined => {
  const second = digitsBefore(text, text.length);
  if (second === text.length) return undefined;
  const x = second - 1;
  const first = text[x] === 'x' ? digitsBefore(text, x) : x;
  const start = first < x ? first : second;
  return start === 0 ? undefined : { stem: text.slice(0, start), size: text.slice(start) };
};

/** Where the digits before a place begin. */
const digitsBefore = (text: string, end: number): number => {
  let start = end;
  while (start > 0 && text[start - 1]! >= '0' && text[start - 1]! <= '9') start--;
  return start;
};
