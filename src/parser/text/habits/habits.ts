/**
 * Mends what people write who come from other languages, or slip. Each habit is reported once, and its tokens
 * become what was meant, so that later passes do not stumble over it.
 */
import type { IToken } from 'chevrotain';
import type { Source, Span } from '../../../syntax/source.ts';
import type { Report } from '../faults.ts';
import * as T from '../tokens.ts';
import { endsValue, virtual } from '../words.ts';
import { commaInNumber, equalsForComparison, pointsInNumber } from './commas.ts';
import { keepMended, type Habit } from './habit.ts';
import {
  arrowBetweenLayers,
  braceForThen,
  colonBehindElse,
  colonForThen,
  pipeBetweenLayers,
  repeatWord,
} from './flow.ts';
import {
  bareOutput,
  doubleArrow,
  missingColon,
  missingDef,
  roundType,
  severalOutputs,
} from './heads.ts';
import { foreignDeclaration, misspeltDeclaration, misspeltStep } from './keywords.ts';
import {
  countBehindTimes,
  countBehindTimesOfGroup,
  countOfGroup,
  countOfLayer,
  countWithoutTimes,
  equalsForDash,
  spaceBeforeArgument,
  spaceBeforeLink,
  spaceBeforeWindow,
  wholeDivision,
} from './numbers.ts';
import {
  argumentBehindLayer,
  argumentBehindSpace,
  colonForEquals,
  commaBetweenLayers,
  missingComma,
  missingEquals,
  missingSemicolon,
  pairOfNumbers,
  semicolonBetweenArguments,
  spaceBeforeArguments,
} from './separators.ts';
import { sizesOfElsewhere } from './sizes.ts';
import { annotation, loop, result } from './statements.ts';
import * as W from './walk.ts';

// each table is for one class of tokens; the first habit that a token shows is mended

/** For a sign or keyword. */
const ofSigns = [
  pairOfNumbers,
  commaInNumber,
  pointsInNumber,
  argumentBehindLayer,
  commaBetweenLayers,
  arrowBetweenLayers,
  pipeBetweenLayers,
  wholeDivision,
  semicolonBetweenArguments,
  colonForEquals,
  colonForThen,
  colonBehindElse,
  equalsForComparison,
  equalsForDash,
  missingDef,
  severalOutputs,
  bareOutput,
  doubleArrow,
  roundType,
  annotation,
];
/** For an opening bracket. */
const ofBrackets = [
  spaceBeforeArguments,
  sizesOfElsewhere,
  missingColon,
  braceForThen,
  countOfGroup,
  countBehindTimesOfGroup,
];
/** For a word or number behind another. */
const ofValues = [
  argumentBehindSpace,
  countWithoutTimes,
  missingEquals,
  missingComma,
  missingSemicolon,
];
/** For a word or number with only space between it and the name before. */
const ofNeighbours = [
  repeatWord,
  ...[spaceBeforeLink, spaceBeforeWindow, spaceBeforeArgument],
  ...[
    countOfLayer,
    countBehindTimes,
    loop,
    result,
    foreignDeclaration,
    misspeltDeclaration,
    misspeltStep,
  ],
  ...ofValues,
];

/** All habits. Their examples are tests, and the rows of docs/habits.md. */
export const habits: readonly Habit[] = [...ofNeighbours, ...ofBrackets, ...ofSigns];

const beginsValue = T.oneOf(T.Name, T.Qualified, T.Numeral, T.Size, T.Text);
const isSign = T.oneOf(
  ...[T.Comma, T.Dot, T.Semi, T.Colon, T.Arrow, T.Where, T.Equals],
  ...[T.Bar, T.Greater, T.FatArrow, T.Slash],
  ...[T.Def, T.Net, T.Import, T.Rewrite, T.Train, T.Eval, T.Assert],
);

const opening = (walk: W.Walk, token: IToken): void => {
  const inner = W.openedBy(walk, token);
  if (T.is(token, T.LCurly)) walk.frame.inHead = false;
  keepMended(ofBrackets, walk, token);
  walk.frames.push(walk.frame);
  walk.frame = inner;
  walk.closed = undefined;
};

const closing = (walk: W.Walk, token: IToken): void => {
  W.sayTogether(walk, walk.frame);
  walk.closed = walk.frame;
  walk.frame = walk.frames.pop() ?? W.frameOf('file');
  W.keep(walk, token);
  if (walk.lacksElse.has(token)) {
    const end = T.endOf(token);
    // a token ends where its image does, and here that is the end of the bracket
    W.keep(walk, virtual(T.Else, '', end), virtual(T.Name, 'id', end - 'id'.length));
  }
};

/** Reads a word or number behind another; they may stand on two lines. */
const sideBySide = (walk: W.Walk, token: IToken, last: IToken): void => {
  const { frame } = walk;
  if (frame.inWhere && frame.holder === 'layers' && !W.sameLine(walk, last, token))
    frame.inWhere = false;
  const areNeighbours =
    frame.holder !== 'other' && T.is(last, T.Name) && W.onlySpace(walk, last, token);
  keepMended(areNeighbours ? ofNeighbours : ofValues, walk, token);
};

const sign = (walk: W.Walk, token: IToken): void => {
  if (T.is(token, T.Where)) walk.frame.inWhere = true;
  else if (T.declares(token)) W.begin(walk, token);
  keepMended(ofSigns, walk, token);
  if (T.is(token, T.Equals)) walk.frame.inHead = false;
};

const other = (walk: W.Walk, token: IToken): void => {
  const last = walk.out.at(-1);
  // `_` is a value only behind the `for` of a loop
  const begins = beginsValue(token) || (T.is(token, T.Any) && last?.image === 'for');
  if (last !== undefined && begins && endsValue(last)) sideBySide(walk, token, last);
  else if (isSign(token)) sign(walk, token);
  else W.keep(walk, token);
  walk.closed = undefined;
};

/**
 * The tokens as they were meant. In `doubtful` are the places of brackets without an end. Linear.
 */
export const mendHabits = (
  { path, text: source }: Source,
  text: string,
  tokens: readonly IToken[],
  doubtful: readonly Span[],
  known: W.KnownWords,
  report: Report,
): IToken[] => {
  const walk: W.Walk = {
    ...{ path, text, source, tokens, doubtful, known, report, lacksElse: new Set<IToken>() },
    ...{ at: 0, out: [], frame: W.frameOf('file'), frames: [] },
    ...{ declaration: undefined, closed: undefined, names: undefined, values: undefined },
  };
  for (; walk.at < tokens.length; walk.at++) {
    const token = tokens[walk.at]!;
    if (T.opensBracket(token)) opening(walk, token);
    else if (T.closesBracket(token)) closing(walk, token);
    else other(walk, token);
  }
  W.sayTogether(walk, walk.frame);
  return walk.out;
};
