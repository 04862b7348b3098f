/** The brackets of a declaration that are open before a place, read from its text alone. */

/** An open bracket, and the word that it touches: `conv` of `conv(`. */
export type Open = { readonly sign: string; readonly at: number; readonly word: string };

type Scanned = {
  readonly open: readonly Open[];
  readonly inside: 'text' | 'string' | 'comment';
  readonly stringAt: number;
};

/** The word that ends at a place, with what paper notation adds to it: `conv3-64`. */
const wordBefore = (text: string, end: number): string => {
  let start = end;
  while (start > 0 && /[\w./-]/.test(text[start - 1]!)) start--;
  return /[\w.]+(?:[-/]\w+)*$/.exec(text.slice(start, end))?.[0] ?? '';
};

/** The brackets that are open, and whether the end lies in a string or a comment. */
export const scan = (text: string): Scanned => {
  const open: Open[] = [];
  let inside: Scanned['inside'] = 'text';
  let stringAt = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\n') inside = 'text';
    else if (inside === 'comment') continue;
    else if (inside === 'string') {
      if (c === '\\') i++;
      else if (c === '"') inside = 'text';
    } else if (c === '"') {
      inside = 'string';
      stringAt = i;
    } else if (c === '-' && text[i + 1] === '-') inside = 'comment';
    else if ('([{'.includes(c)) {
      open.push({ sign: c, at: i, word: c === '(' ? wordBefore(text, i) : '' });
    } else if (')]}'.includes(c)) open.pop();
  }
  return { open, inside, stringAt };
};

/** The arguments that are written before the cursor, between commas that stand in no further bracket. */
export const argumentsIn = (text: string): readonly string[] => {
  const all: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if ('([{'.includes(text[i]!)) depth++;
    else if (')]}'.includes(text[i]!)) depth--;
    else if (text[i] === ',' && depth === 0) {
      all.push(text.slice(from, i));
      from = i + 1;
    }
  }
  return [...all, text.slice(from)];
};
