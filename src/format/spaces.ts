/** The space between two words of a line, which never changes what the line means. */
import type { Lexeme, LexemeKind } from '../parser/lexemes.ts';
import { endOf } from './line.ts';

/** `kept`: one space where there was some, since signs that touch may mean something else. */
type Space = 'none' | 'one' | 'kept';

type Side = ReadonlySet<LexemeKind>;
const any = undefined;

const kinds = (...of: readonly LexemeKind[]): Side => new Set(of);

/** The first row that holds for both words decides. */
const rows: readonly (readonly [left: Side | undefined, right: Side | undefined, Space])[] = [
  [kinds(',', ';'), any, 'one'],
  [any, kinds(',', ';', ')', ']', '.'), 'none'],
  [kinds('(', 'call', '[', '.', '@'), any, 'none'],
  [any, kinds('call'), 'none'],
  [kinds('link'), any, 'none'],
  [any, kinds('link'), 'none'],
  [kinds('{', 'clauses{', 'rules{', 'with{'), any, 'one'],
  [any, kinds('{', 'clauses{', 'rules{', 'with{', '}'), 'one'],
  [any, kinds(':'), 'none'],
  [any, kinds('of', 'type', '=', '=>', '->', '|', 'infix'), 'one'],
  [kinds(':', 'of', 'type', '=', '=>', '->', '|', 'infix'), any, 'one'],
  [kinds('times'), any, 'one'],
  [kinds('string'), kinds('('), 'one'],
  [kinds('..'), any, 'none'],
  [kinds('number', 'name', ')'), kinds('..'), 'none'],
  [any, any, 'kept'],
];

/** What stands between two words that follow each other in one line. */
export const spaceBetween = (left: Lexeme, right: Lexeme): string => {
  if (left.kind === '{' && right.kind === '}') return '';
  const row = rows.find(([l, r]) => (l?.has(left.kind) ?? true) && (r?.has(right.kind) ?? true));
  const touch = endOf(left) === right.start;
  return row?.[2] === 'none' || (row?.[2] === 'kept' && touch) ? '' : ' ';
};
