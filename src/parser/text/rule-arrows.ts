/**
 * Runs before habits and mends rules whose sides are joined by `=` or `->`. The sign becomes the `=>` that was
 * meant, so that no later pass reads it as the sign of a name or a type.
 */
import type { IToken } from 'chevrotain';
import { error, replace } from '../../diagnostic/diagnostic.ts';
import type { Source, Span } from '../../syntax/source.ts';
import { meets, type Report } from './faults.ts';
import * as T from './tokens.ts';

/** The sign that should be the `=>` of the rule after `at`; undefined when the rule has a `=>`, or no such sign. */
const meantArrow = (tokens: readonly IToken[], at: number): IToken | undefined => {
  let arrow: IToken | undefined;
  let depth = 0;
  let isWhere = false; // after `where` a `=` gives a name its value
  for (let i = at + 1; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (T.opensBracket(token)) depth++;
    else if (T.closesBracket(token)) depth--;
    if (depth < 0 || T.is(token, T.Rule) || T.declares(token)) return arrow;
    if (depth > 0) continue;
    if (T.is(token, T.FatArrow)) return undefined;
    if (T.is(token, T.Where)) isWhere = true;
    if (isWhere || T.is(arrow, T.Equals)) continue;
    // after the arrow of a type stands a type; a layer does not begin with `[`
    if (T.is(token, T.Equals) || (T.is(token, T.Arrow) && !T.is(tokens[i + 1], T.LSquare)))
      arrow = token;
  }
  return arrow;
};

/** Changes the tokens in place. Linear: each rule is searched once, up to the next. */
export const mendRuleArrows = (
  { path }: Source,
  tokens: readonly IToken[],
  doubtful: readonly Span[],
  report: Report,
): void => {
  let inPass = false;
  tokens.forEach((token, i) => {
    if (T.declares(token)) inPass = T.is(token, T.Rewrite);
    if (!inPass || !T.is(token, T.Rule)) return;
    const arrow = meantArrow(tokens, i);
    if (arrow === undefined) return;
    const place = T.placeOf(path, arrow);
    const fixes = [replace('write `=>`', place, '=>', 'certain')];
    if (!meets(doubtful, place.start, place.end))
      report(
        error('E0101', place, '`=>` separates the pattern of a rule from its replacement', {
          fixes,
        }),
      );
    T.retag(arrow, T.FatArrow);
  });
};
