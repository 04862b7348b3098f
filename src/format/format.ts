/**
 * The canonical layout of a text. Its tree stays the same, and so do its comments and the breaks between lines, which
 * are the author's; spaces, indents, columns and empty lines are not. What does not parse is left as it is.
 */
import type { Source } from '../syntax/source.ts';
import { breakBranches } from './branches.ts';
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

/** The text in its canonical layout, which ends with a line break unless it is empty. */
export const format = (source: Source): string => {
  let lines = withoutBlanks(linesOf(source));
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
      return written.map((text) => `${text}\n`).join('');
    }
    lines = broken;
  }
};
