/**
 * Before habits: a rule whose sides are joined by `=` or `->`. The sign becomes the `=>` that was meant, so that
 * neither is read as a type or as `as`.
 */
import type { IToken } from 'chevrotain';
import { error, replace } from '../../diagnostic/diagnostic.ts';
import type { Source, Span } from '../../syntax/source.ts';
import { meets, type Report } from './faults.ts';
import * as T from './tokens.ts';

/** The sign of the rule behind `at` that stands for `=>`; undefined when the rule has one, or nothing like it. */
const meantArrow = (tokens: readonly IToken[], at: number): IToken | undefined => {
  let arrow: IToken | undefined;
  let depth = 0;
  let isWhere = false; // what stands there is `name = value`
  for (let i = at + 1; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (T.opensBracket(token)) depth++;
    else if (T.closesBracket(token)) depth--;
    if (depth < 0 || T.is(token, T.Rule) || T.declares(token)) return arrow;
    if (depth > 0) continue;
    if (T.is(token, T.FatArrow)) return undefined;
    if (T.is(token, T.Where)) isWhere = true;
    if (isWhere || T.is(arrow, T.Equals)) continue;
    // a type follows the arrow of a type, and no layer begins with `[`
    if (T.is(token, T.Equals) || (T.is(token, T.Arrow) && !T.is(tokens[i + 1], T.LSquare)))
      arrow = token;
  }
  return arrow;
};

/** The tokens are changed where they stand. Linear: every rule is gone through once, to the next. */
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
        error('E0101', place, '`=>` stands between what a rule matches and what replaces it', {
          fixes,
        }),
      );
    T.retag(arrow, T.FatArrow);
  });
};
