/**
 * The shape of a flat list of operands and infix signs, loosest sign first. Splitting level by level needs
 * no recursion along the list, so a list may be as long as a file.
 */
import type { IToken } from 'chevrotain';
import type { Comparator, Expr, Sign } from '../../syntax/tree.ts';
import { across } from '../../syntax/source.ts';
import * as T from '../text/tokens.ts';

/** `not`s before an operand; they bind looser than comparisons. */
export type Operand = { readonly nots: readonly IToken[]; readonly value: Expr };

/** Reports a sign or `not` that has no meaning where it stands. */
type Report = (token: IToken, message: string) => void;
type Run = {
  readonly operands: readonly Operand[];
  readonly signs: readonly IToken[];
  readonly report: Report;
};

const comparators: ReadonlyMap<string, Comparator> = new Map([
  ...(['==', '!=', '<', '<=', '>', '>='] as const).map((c): [string, Comparator] => [c, c]),
  ['≠', '!='],
  ['≤', '<='],
  ['≥', '>='],
  ['=', '=='], // a habit that has been reported
]);
const arithmetic: ReadonlyMap<string, Sign> = new Map(
  (['+', '-', '*', '/'] as const).map((s): [string, Sign] => [s, s]),
);

/** The ends of the parts of operands[from, to) between the signs that `splits` accepts. */
const partsOf = (
  run: Run,
  from: number,
  to: number,
  splits: (token: IToken) => boolean,
): readonly number[] => {
  const ends: number[] = [];
  for (let i = from; i < to - 1; i++) if (splits(run.signs[i]!)) ends.push(i + 1);
  ends.push(to);
  return ends;
};

const bar = T.oneOf(T.Bar);
const or = T.oneOf(T.Or);
const and = T.oneOf(T.And);
const comparison = T.oneOf(T.Same, T.Different, T.Less, T.AtMost, T.Greater, T.AtLeast);
const dots = T.oneOf(T.DotDot);

const arithmeticRun = (run: Run, from: number, to: number): Expr => {
  const operands: Expr[] = [];
  for (let i = from; i < to; i++) {
    operands.push(run.operands[i]!.value);
  }
  const first = operands[0]!;
  if (operands.length === 1) return first;
  const { path } = first.span;
  return {
    tag: 'run',
    operands,
    signs: run.signs
      .slice(from, to - 1)
      .map((token) => ({ sign: arithmetic.get(token.image)!, span: T.placeOf(path, token) })),
    span: across(first.span, operands.at(-1)!.span),
  };
};

/** Two parts at most: a third has no meaning and is left out. */
const pair = (
  run: Run,
  from: number,
  to: number,
  splits: (token: IToken) => boolean,
  part: (run: Run, from: number, to: number) => Expr,
  join: (left: Expr, sign: IToken, right: Expr) => Expr,
  message: string,
): Expr => {
  const [middle, end, further] = partsOf(run, from, to, splits);
  const left = part(run, from, middle!);
  if (end === undefined) return left;
  if (further !== undefined) run.report(run.signs[end - 1]!, message);
  return join(left, run.signs[middle! - 1]!, part(run, middle!, end));
};

const range = (run: Run, from: number, to: number): Expr =>
  pair(
    run,
    from,
    to,
    dots,
    arithmeticRun,
    (left, _, right) => ({
      tag: 'range',
      from: left,
      to: right,
      span: across(left.span, right.span),
    }),
    'a range has two ends',
  );

const compare = (run: Run, from: number, to: number): Expr => {
  const value = pair(
    run,
    from,
    to,
    comparison,
    range,
    (left, sign, right) => ({
      tag: 'compare',
      left,
      comparator: comparators.get(sign.image)!,
      right,
      span: across(left.span, right.span),
    }),
    'comparisons do not chain; write `a < b and b < c`',
  );
  for (let i = from + 1; i < to; i++) {
    const misplaced = run.operands[i]!.nots[0];
    if (misplaced !== undefined) run.report(misplaced, '`not` after a sign needs parentheses');
  }
  const { nots } = run.operands[from]!;
  return nots.reduceRight<Expr>(
    (body, token) => ({
      tag: 'not',
      body,
      span: across(T.placeOf(body.span.path, token), body.span),
    }),
    value,
  );
};

/** `and` and `or` are associative, so a chain may be cut in halves: its depth is the logarithm of its length. */
const balanced = (tag: 'and' | 'or', parts: readonly Expr[], from: number, to: number): Expr => {
  if (to - from === 1) return parts[from]!;
  const middle = (from + to + 1) >> 1;
  const left = balanced(tag, parts, from, middle);
  const right = balanced(tag, parts, middle, to);
  return { tag, left, right, span: across(left.span, right.span) };
};

const logical =
  (
    tag: 'and' | 'or',
    splits: (token: IToken) => boolean,
    part: (run: Run, from: number, to: number) => Expr,
  ) =>
  (run: Run, from: number, to: number): Expr => {
    const parts: Expr[] = [];
    let begin = from;
    for (const end of partsOf(run, from, to, splits)) {
      parts.push(part(run, begin, end));
      begin = end;
    }
    return balanced(tag, parts, 0, parts.length);
  };
const conjunction = logical('and', and, compare);
const disjunction = logical('or', or, conjunction);

/** The expression of a list; it has one operand more than signs. */
export const shape = (
  operands: readonly Operand[],
  signs: readonly IToken[],
  report: Report,
): Expr => {
  const run: Run = { operands, signs, report };
  const branches: Expr[] = [];
  let begin = 0;
  for (const end of partsOf(run, 0, run.operands.length, bar)) {
    branches.push(disjunction(run, begin, end));
    begin = end;
  }
  const first = branches[0]!;
  if (branches.length === 1) return first;
  return { tag: 'beside', branches, span: across(first.span, branches.at(-1)!.span) };
};
