/**
 * The canonical layout of a text. Its tree stays the same, and so do its comments and the breaks between lines, which
 * are the author's; spaces, indents, columns and empty lines are not. What does not parse is left as it is.
 */
import { Bug } from '../diagnostic/bug.ts';
import { resultOf } from '../diagnostic/checked.ts';
import { lexemes } from '../parser/lexemes.ts';
import { showTree } from '../syntax/show.ts';
import type { Source } from '../syntax/source.ts';
import { breakBraces, breakBranches } from './breaks.ts';
import { setColumns } from './columns.ts';
import { indentsOf } from './indentation.ts';
import { isComment, opens, closes, type Line, type Words } from './line.ts';
import { linesOf } from './pieces.ts';

/** Columns of a line; what has branches and is longer is broken. */
const LONGEST = 100;

/** Lines without superfluous blanks: one between others, none within a bracket's edges, none at the ends. */
const withoutBlanks = (lines: readonly Line[]): readonly Line[] => {
  const isOpen = (line: Line | undefined): boolean =>
    line?.tag === 'words' && !isComment(line) && opens(lastWord(line));
  const isClose = (line: Line | undefined): boolean =>
    line?.tag === 'words' && closes(line.words[0]!);
  const kept: Line[] = [];
  lines.forEach((line, i) => {
    if (line.tag === 'blank') {
      const before = kept.at(-1);
      if (before === undefined || before.tag === 'blank' || isOpen(before)) return;
      const next = lines.slice(i).find((l) => l.tag !== 'blank');
      if (next === undefined || isClose(next)) return;
    }
    kept.push(line);
  });
  return kept;
};

const lastWord = ({ words }: Words): Words['words'][number] =>
  words.findLast(({ kind }) => kind !== 'comment') ?? words[0]!;

const textsOf = (
  lines: readonly Line[],
): { indents: readonly number[]; texts: readonly string[] } => {
  const indents = indentsOf(lines);
  return { indents, texts: setColumns(lines, indents) };
};

/** What a layout must leave as it is: the tree, the comments, and every character that is not blank. */
const meaningOf = (source: Source): string => {
  const { tree, lexemes: all } = lexemes(source);
  const comments = all.filter(({ kind }) => kind === 'comment').map(({ text }) => text.trimEnd());
  return [showTree(resultOf(tree)!), ...comments, source.text.replaceAll(/\s/g, '')].join('\n');
};

/** A text in its canonical layout, and the number of declarations that have errors and stay as they are. */
export type Formatted = { readonly text: string; readonly left: number };

/**
 * The canonical layout of a text. It ends with a line break unless it is empty; line breaks of Windows stay. It never means
 * something else: a text without errors would throw `Bug`, and one whose errors reach farther stays as it is.
 */
export const format = ({ path, text }: Source): Formatted => {
  const lineEnd = /\r\n|\r|\n/.exec(text)?.[0] ?? '\n';
  const { lines, left } = linesOf({ path, text });
  const written = layOut(lines).join('\n');
  if (meaningOf({ path, text: written }) !== meaningOf({ path, text })) {
    if (left > 0) return { text, left };
    throw new Bug(`the layout of ${path} would change what it says`);
  }
  return { text: lineEnd === '\r\n' ? written.replaceAll('\n', lineEnd) : written, left };
};

/** Lines with an opening brace at the end of what it belongs to, not below it. */
const withoutLoneBraces = (lines: readonly Line[]): readonly Line[] => {
  const joined: Line[] = [];
  for (const line of lines) {
    const before = joined.at(-1);
    const belongs =
      line.tag === 'words' &&
      !line.begins &&
      line.words[0]!.kind.endsWith('{') &&
      before?.tag === 'words';
    if (belongs && before.words.at(-1)!.kind !== 'comment')
      joined[joined.length - 1] = { ...before, words: [...before.words, ...line.words] };
    else joined.push(line);
  }
  return joined;
};

/** The lines of the layout; an empty one at the end, unless there is no text. */
const layOut = (read: readonly Line[]): readonly string[] => {
  let lines = withoutBlanks(breakBraces(withoutLoneBraces(read)));
  for (;;) {
    const { indents, texts } = textsOf(lines);
    const long = new Set(
      lines.filter((line, i) => line.tag === 'words' && indents[i]! + texts[i]!.length > LONGEST),
    );
    const broken = lines.flatMap((line) => breakBranches(line, (l) => long.has(l)));
    if (broken.length === lines.length) {
      const written = texts.map((text, i) =>
        lines[i]!.tag === 'verbatim' ? text : (' '.repeat(indents[i]!) + text).trimEnd(),
      );
      return written.length === 0 ? [] : [...written, ''];
    }
    lines = broken;
  }
};
