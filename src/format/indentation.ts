/** How far lines are indented: two columns for a bracket that is open, two for a line that goes on. */
import type { Lexeme } from '../parser/lexemes.ts';
import { closes, isComment, opens, type Line, type Words } from './line.ts';
import { spaceBetween } from './spaces.ts';

const step = 2;

/** What began in a bracket and may go on in further lines: where those begin with a sign, and where with anything else. */
type Statement = {
  readonly signs: number;
  readonly others: number;
  /** where the bindings behind `where` stand, once there is one */
  bindings?: number;
};

/** An open bracket: the indent of the line it was opened in, and what goes on inside. */
type Frame = { readonly base: number; statement: Statement | undefined };

/** Words that a declaration or a rule begins with. */
const begins = ({ kind }: Lexeme): boolean => kind === 'keyword';

const isSign = ({ kind }: Lexeme): boolean => ['|', 'infix', 'sign'].includes(kind);

/** Does a line of the same statement, after line `at` and in the same bracket, begin with a sign? */
const signsBehind = (lines: readonly Line[], at: number): boolean => {
  let depth = 0;
  for (let i = at; i < lines.length; i++) {
    const line = lines[i]!;
    if (line.tag === 'verbatim') return false;
    if (line.tag === 'blank' || isComment(line)) continue;
    if (i > at && depth === 0) {
      if (line.begins || closes(line.words[0]!)) return false;
      if (isSign(line.words[0]!)) return true;
    }
    for (const word of line.words) depth += opens(word) ? 1 : closes(word) ? -1 : 0;
    if (depth < 0) return false;
  }
  return false;
};

/** The indent of a line with which something begins, and of those with which it goes on. */
const begun = (
  lines: readonly Line[],
  at: number,
  indent: number,
): { readonly indent: number; readonly statement: Statement } => {
  const line = lines[at];
  if (line?.tag !== 'words' || !signsBehind(lines, at)) {
    const others = indent + step;
    return { indent, statement: { signs: others, others } };
  }
  // without a head, operands stand in a column, with their signs before it
  const alone = !begins(line.words[0]!);
  const signs = alone ? indent : indent + step;
  return { indent: alone ? indent + step : indent, statement: { signs, others: signs + step } };
};

/** The indent of each line, in columns; of comments, that of what follows them. */
export const indentsOf = (lines: readonly Line[]): readonly number[] => {
  const indents: number[] = lines.map(() => 0);
  let frames: Frame[] = [{ base: -step, statement: undefined }];
  const indentOf = (line: Words, at: number): number => {
    const [first] = line.words;
    let closed: Frame | undefined;
    for (const word of line.words) {
      if (!closes(word) || frames.length === 1) break;
      closed = frames.pop();
    }
    const frame = frames.at(-1)!;
    if (closed !== undefined) return closed.base;
    if (line.begins || frame.statement === undefined) {
      const { indent, statement } = begun(lines, at, frame.base + step);
      frame.statement = statement;
      return indent;
    }
    const { signs, others, bindings } = frame.statement;
    return isSign(first!) ? signs : (bindings ?? others);
  };
  const enter = ({ words }: Words, indent: number): void => {
    let leading = true;
    let column = indent;
    for (const [i, word] of words.entries()) {
      const { statement } = frames.at(-1)!;
      const before = words[i - 1];
      if (before !== undefined) column += spaceBetween(before, word).length;
      if (before?.text === 'where' && statement !== undefined) statement.bindings = column;
      column += word.text.length;
      if (opens(word)) frames.push({ base: indent, statement: undefined });
      leading &&= closes(word);
      if (closes(word) && !leading && frames.length > 1) frames.pop();
    }
  };
  const waiting: number[] = []; // comments above the line that they are about
  lines.forEach((line, at) => {
    if (line.tag === 'verbatim') frames = [{ base: -step, statement: undefined }];
    if (line.tag !== 'words') return;
    if (isComment(line)) return void waiting.push(at);
    const inside = frames.at(-1)!.base + step;
    indents[at] = indentOf(line, at);
    const isWithin = line.begins || closes(line.words[0]!);
    for (const comment of waiting.splice(0)) indents[comment] = isWithin ? inside : indents[at]!;
    enter(line, indents[at]!);
  });
  return indents;
};
