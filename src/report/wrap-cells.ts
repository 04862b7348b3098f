/** Breaks cells of a table that would be too wide: they continue below in their column. */
import { widthOf } from '../diagnostic/terminal/terminal-width.ts';

/** Splits at `mark` outside of square brackets: a type stays whole. Parts keep what stands before the split. */
const splitAt = (text: string, mark: ', ' | ' → '): readonly string[] => {
  const parts: string[] = [];
  let from = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '[') depth++;
    else if (text[i] === ']') depth--;
    else if (depth === 0 && text.startsWith(mark, i)) {
      const at = mark === ', ' ? i + 1 : i; // a comma ends a line, an arrow begins one
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
};

const isPath = (word: string): boolean => /^[\w/]+\/\w+$/.test(word);

/** Shortens a long path to its end, which is the layer. Text that is not a path stays whole. */
const shortened = (line: string, width: number): string => {
  const words = line.split(' ');
  const longest = words.filter(isPath).reduce((a, b) => (widthOf(b) > widthOf(a) ? b : a), '');
  if (longest === '' || widthOf(line) <= width) return line;
  const room = Math.max(1, width - widthOf(line) + widthOf(longest) - 1);
  const tail = longest.slice(-room);
  const folder = Math.max(0, tail.indexOf('/'));
  return words.map((word) => (word === longest ? `…${tail.slice(folder)}` : word)).join(' ');
};

/** Fills each line with as many parts as fit. */
const filled = (parts: readonly string[], width: number): readonly string[] => {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(part) <= width)
      lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(part);
  }
  return lines;
};

/** The lines of a cell: split at commas, else at arrows. A type is never cut. */
export const broken = (cell: string, width: number): readonly string[] => {
  if (widthOf(cell) <= width) return [cell];
  const parts = splitAt(cell, ', ').flatMap((part) =>
    widthOf(part) <= width ? [part] : splitAt(part, ' → '),
  );
  return filled(
    parts.map((part) => shortened(part, width)),
    width,
  );
};

/** The least width that cuts nothing in these cells. */
export const leastWidth = (cells: readonly string[]): number =>
  cells
    .flatMap((cell) => splitAt(cell, ', ').flatMap((part) => splitAt(part, ' → ')))
    .reduce((most, part) => Math.max(most, widthOf(part)), 0);

/** The lines of a sum, `864*(4*n)*(4*m) + 640`: a sign begins each but the first. A term is never cut. */
export const sumLines = (sum: string, width: number): readonly string[] => {
  let depth = 0;
  let terms = '';
  for (const sign of sum) {
    depth += sign === '(' ? 1 : sign === ')' ? -1 : 0;
    terms += sign === '+' && depth === 0 ? '\n+' : sign;
  }
  return filled(
    terms.split('\n').map((term) => term.trimEnd()),
    width,
  );
};
