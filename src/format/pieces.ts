/** A text as lines of words. The lines of a declaration in which something is wrong stay as they are. */
import { diagnosticsOf } from '../diagnostic/checked.ts';
import { lexemes, type Lexeme } from '../parser/lexemes.ts';
import { lineStarts, positionAt, type Source } from '../syntax/source.ts';
import { closes, declares, opens, type Line } from './line.ts';

/** The kinds of brackets around a place, the innermost last. */
type Around = Lexeme['kind'][];

const startsRule: ReadonlySet<string> = new Set(['rule', 'exact', 'approximate', 'structural']);

const ends = (before: Lexeme | undefined, kinds: readonly Lexeme['kind'][]): boolean =>
  before === undefined || opens(before) || kinds.includes(before.kind);

/** Does something begin with the first word of a line, or does it go on from the line before? */
const begins = (first: Lexeme, before: Lexeme | undefined, around: Around): boolean => {
  switch (around.at(-1)) {
    case undefined:
      return declares(first);
    case 'rules{':
      return startsRule.has(first.text);
    case 'clauses{':
      // between the values of a clause `;` goes on; it ends a clause in a clause
      return ends(before, around.length > 1 ? ['break', ';'] : ['break']);
    default:
      return ends(before, ['break', ';', ',']);
  }
};

/**
 * The offsets of what a text has and its lexemes do not: characters that no token is made of, and words that were read as
 * others. One message may stand for several such places, so the places of messages do not tell all of them.
 */
const unread = ({ text }: Source, all: readonly Lexeme[]): readonly number[] => {
  const found: number[] = [];
  let at = 0;
  const skipTo = (end: number): void => {
    const seen = text.slice(at, end).search(/\S/);
    if (seen >= 0) found.push(at + seen);
    at = Math.max(at, end);
  };
  for (const { text: word, start } of all) {
    if (word.trim() === '') continue;
    skipTo(start);
    if (!text.startsWith(word, start)) found.push(start);
    else at = Math.max(at, start + word.length);
  }
  skipTo(text.length);
  return found;
};

/** The lines of a text; `left` counts the declarations in which something is wrong. */
export const linesOf = (
  source: Source,
): { readonly lines: readonly Line[]; readonly left: number } => {
  const { lexemes: all, tree } = lexemes(source);
  const { text } = source;
  // nothing stands behind the last line break
  const starts = lineStarts(text).filter((start) => start < text.length);
  const lineAt = (offset: number): number => positionAt(starts, offset).line;
  const errors = diagnosticsOf(tree).filter((d) => d.severity === 'error');
  const words: Lexeme[][] = starts.map(() => []);
  const first: boolean[] = starts.map(() => false);
  const heads = new Set<number>(); // lines that declarations begin with
  let around: Around = [];
  let before: Lexeme | undefined;
  for (const lexeme of all) {
    const line = lineAt(lexeme.start);
    if (lexeme.kind !== 'break' && words[line]!.length === 0) {
      // where something is wrong brackets may not balance: then a declaration at the margin ends everything
      const margin = errors.length > 0 && lexeme.start === starts[line];
      if (declares(lexeme) && (around.length === 0 || margin)) {
        heads.add(line);
        around = [];
      }
      first[line] = begins(lexeme, before, around);
    }
    if (opens(lexeme)) around.push(lexeme.kind);
    if (closes(lexeme)) around.pop();
    if (lexeme.kind !== 'break') words[line]!.push(lexeme);
    if (lexeme.kind !== 'comment') before = lexeme;
  }
  let piece = 0;
  const pieces = starts.map((_, line) => (heads.has(line) ? ++piece : piece));
  const faults = errors.flatMap(({ primary: { span } }) => [
    span.start,
    Math.max(span.start, span.end - 1),
  ]);
  const wrong = new Set([...faults, ...unread(source, all)].map((at) => pieces[lineAt(at)]));
  const lines = starts.map((start, line): Line => {
    if (wrong.has(pieces[line]))
      return { tag: 'verbatim', text: text.slice(start, starts[line + 1]).replace(/[\r\n]+$/, '') };
    return words[line]!.length === 0
      ? { tag: 'blank' }
      : { tag: 'words', words: words[line]!, begins: first[line]! };
  });
  return { lines, left: wrong.size };
};
