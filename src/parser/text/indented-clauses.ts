/**
 * Runs before habits, for clauses that stand below their training as YAML has them: indented lines, without braces, with
 * colons. They are read as what was meant, and one message has the fix for all of it.
 */
import type { IToken } from 'chevrotain';
import { error, replace, type Edit } from '../../diagnostic/diagnostic.ts';
import { span, type Source } from '../../syntax/source.ts';
import type { Report } from './faults.ts';
import * as T from './tokens.ts';
import { virtual } from './words.ts';

/** The column of a token: the characters before it in its line. */
const columnOf = (text: string, { startOffset }: IToken): number =>
  startOffset - (Math.max(...['\n', '\r'].map((c) => text.lastIndexOf(c, startOffset - 1))) + 1);

const isBelow = (text: string, a: IToken, b: IToken): boolean =>
  /[\r\n]/.test(text.slice(T.endOf(a), b.startOffset));

/** The tokens of a declaration by the lines that they stand on, as long as these are indented. */
const linesFrom = (text: string, tokens: readonly IToken[], at: number): readonly IToken[][] => {
  const lines: IToken[][] = [[tokens[at]!]];
  const margin = columnOf(text, tokens[at]!);
  for (let i = at + 1; i < tokens.length; i++) {
    const [before, token] = [tokens[i - 1]!, tokens[i]!];
    if (!isBelow(text, before, token)) lines.at(-1)!.push(token);
    else if (columnOf(text, token) > margin) lines.push([token]);
    else break;
  }
  return lines;
};

const hasBrace = (line: readonly IToken[]): boolean =>
  line.some((token) => T.is(token, T.LCurly, T.RCurly));

/** Do brackets that open in the lines close in them? Where lines end at a bracket, nothing can stand around them. */
const balances = (lines: readonly IToken[][]): boolean => {
  const all = lines.flat();
  return all.filter(T.opensBracket).length === all.filter(T.closesBracket).length;
};

/** `net: N`, which belongs to the head. */
const isNet = ([word, sign, net, ...more]: readonly IToken[]): boolean =>
  (T.is(word, T.Net) || word?.image === 'model') &&
  T.is(sign, T.Colon) &&
  T.is(net, T.Name) &&
  more.length === 0;

const isOfHead = T.oneOf(T.From, T.With);

/** Does a head that lacks a word go on below: behind `from`, `with`, or the `:` before its net? */
const goesOn = (head: readonly IToken[], [first = [], ...others]: readonly IToken[][]): boolean => {
  const last = head.at(-1);
  if (isOfHead(last!)) return true;
  if (!T.is(last, T.Colon) || head.filter((token) => T.is(token, T.Colon)).length > 1) return false;
  // `A`, `A from y`, `A(8)`: not `init from y`
  const [word, sign] = first;
  if (sign === undefined) return true;
  if (T.is(sign, T.LParen)) return others.length === 0 || first.some((token) => isOfHead(token));
  return isOfHead(sign) && word?.image !== 'init';
};

type Meant = { readonly tokens: readonly IToken[]; readonly edits: readonly Edit[] };

/** A name follows, and no other declaration begins on the line: braces behind that would be its own. */
const isHead = ([, name, ...rest]: readonly IToken[]): boolean =>
  T.is(name, T.Name) &&
  !rest.some((token) => T.is(token, T.Def, T.Net, T.Rewrite, T.Train, T.Eval, T.Import));

/** The declaration with braces; undefined where it is not written so. */
const meantBy = (path: string, text: string, lines: readonly IToken[][]): Meant | undefined => {
  const [head, ...block] = lines;
  const isPlain = head !== undefined && isHead(head) && !lines.some(hasBrace) && balances(lines);
  if (
    !isPlain ||
    head.some((token) => T.is(token, T.Equals)) ||
    block.length === 0 ||
    goesOn(head, block) ||
    !block.every(([first]) => T.is(first, T.Name, T.Net))
  )
    return undefined;
  const last = head.at(-1)!;
  const own = T.is(last, T.Colon) ? head.slice(0, -1) : head;
  // in `train first : N` the line below is its clauses only where it begins with words
  const net = own.some((token) => T.is(token, T.Colon)) ? undefined : block.find(isNet);
  const clauses = block.filter((line) => line !== net);
  const [first, end] = [own.at(-1)!, lines.at(-1)!.at(-1)!];
  if (clauses.length === 0) return undefined;
  const at = T.endOf(first);
  const edits: Edit[] = [
    {
      span: span(path, at, T.endOf(last)),
      newText: net === undefined ? ' {' : ` : ${net[2]!.image} {`,
    },
  ];
  const read: IToken[] = [...own];
  if (net !== undefined) {
    read.push(virtual(T.Colon, ':', at), virtual(T.Name, net[2]!.image, net[2]!.startOffset));
    const before = lines[lines.indexOf(net) - 1]!.at(-1)!;
    edits.push({ span: span(path, T.endOf(before), T.endOf(net[2]!)), newText: '' });
  }
  read.push(virtual(T.LCurly, '{', at));
  for (const [word, sign, ...values] of clauses) {
    const isSigned = T.is(sign, T.Colon);
    if (isSigned) edits.push({ span: T.placeOf(path, sign!), newText: '' });
    read.push(word!, ...(sign === undefined || isSigned ? [] : [sign]), ...values);
  }
  const close = T.endOf(end);
  const margin = ' '.repeat(columnOf(text, head[0]!));
  edits.push({ span: span(path, close, close), newText: `\n${margin}}` });
  return { tokens: [...read, virtual(T.RCurly, '}', close)], edits };
};

/** The tokens with braces around such clauses. Linear. */
export const mendIndentedClauses = (
  { path }: Source,
  text: string,
  tokens: readonly IToken[],
  report: Report,
): readonly IToken[] => {
  const out: IToken[] = [];
  let depth = 0;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (T.opensBracket(token)) depth++;
    else if (T.closesBracket(token)) depth--;
    const lines = depth === 0 && T.is(token, T.Train, T.Eval) ? linesFrom(text, tokens, i) : [];
    const meant = meantBy(path, text, lines);
    if (meant === undefined) {
      out.push(token);
      continue;
    }
    const name = lines[0]![1]!;
    const [first, ...others] = meant.edits;
    const fix = replace('write the braces', first!.span, first!.newText);
    report(
      error(
        'E0101',
        T.placeOf(path, name),
        `the clauses of \`${name.image}\` stand in braces: \`${token.image} ${name.image} : NET { data …\``,
        {
          fixes: [{ ...fix, edits: [...fix.edits, ...others] }],
        },
      ),
    );
    out.push(...meant.tokens);
    i += lines.flat().length - 1;
  }
  return out;
};
