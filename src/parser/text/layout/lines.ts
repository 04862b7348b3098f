/** Line breaks: which of them count, and the lint about lines that begin with a sign. */
import type { IToken } from 'chevrotain';
import { warning } from '../../../diagnostic/diagnostic.ts';
import * as T from '../tokens.ts';
import { endsValue, virtual } from '../words.ts';
import { breaks, type State } from './state.ts';

/** Does a layer begin with the token? In braces of layers, the line break before it counts. */
export const beginsLayer = T.oneOf(
  ...[T.Name, T.Qualified, T.Numeral, T.Size, T.Text, T.Any, T.LParen, T.LSquare, T.LCurly],
  ...[T.At, T.Block, T.Also, T.If, T.Not, T.Def],
);
const beginsClause = T.oneOf(T.Name, T.Qualified);
const joins = T.oneOf(T.Bar, T.Plus, T.Star);

/** Is this the first token of a line? */
export const isFirst = ({ text, tokens }: State, token: IToken, i: number): boolean => {
  const previous = tokens[i - 1];
  return (
    previous === undefined ||
    previous.tokenType === T.RuleOpen ||
    breaks(text, T.endOf(previous), token.startOffset)
  );
};

/** Does the line break before `token` count here? */
const separates = ({ frame, out }: State, token: IToken, next: IToken | undefined): boolean => {
  const before = out.at(-1);
  if (before === undefined || !endsValue(before)) return false;
  if (frame.holder === 'layers') {
    if (frame.inHead || T.is(out.at(-2), T.Also)) return false;
    return beginsLayer(token) || (T.is(token, T.DotDot) && T.touches(token, next));
  }
  return (
    (frame.holder === 'clauses' || frame.holder === 'inner') &&
    (beginsClause(token) || T.reserved.has(token.image))
  );
};

const lineBreak = (state: State): void => {
  const before = state.out.at(-1);
  const end = before === undefined ? 0 : T.endOf(before);
  state.out.push(virtual(T.NewLine, '', end));
  state.frame.semi = undefined;
  state.word = undefined;
};

/** W0109: a sign at the beginning of a line joins only what follows the last `;`. */
const lint = ({ path, frame, report }: State, token: IToken): void => {
  const { semi } = frame;
  if (semi === undefined || !joins(token)) return;
  const sign = token.image;
  const message = `\`${sign}\` binds tighter than the \`;\` before it: \`f; g ${sign} h\` is \`f; (g ${sign} h)\``;
  report(
    warning('W0109', T.placeOf(path, token), message, {
      label: 'joins only what follows the `;`',
      labels: [{ span: T.placeOf(path, semi), message: 'this `;`' }],
      notes: ['put parentheses around what is meant'],
    }),
  );
};

/** Reports what the first token of a line joins by mistake, and separates it from the last line if the break counts. */
export const atLineStart = (state: State, token: IToken, i: number): void => {
  lint(state, token);
  if (!T.closesBracket(token)) state.frame.semi = undefined;
  if (separates(state, token, state.tokens[i + 1])) lineBreak(state);
};
