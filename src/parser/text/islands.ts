/**
 * Takes deep brackets out of the token list, to be parsed before what surrounds them. So the stack of the parser
 * stays small however deep the text is: a parser made of functions needs some fifty frames for a bracket, and
 * Node's stack has room for 150 brackets at most.
 */
import type { IToken } from 'chevrotain';
import * as T from './tokens.ts';

/** So many brackets may nest within one run of the parser. */
const levels = 24;

/** A bracket with its contents. */
export type Island = {
  readonly tokens: IToken[];
  readonly inRule: boolean;
};

/** The brackets of a file that are parsed one by one, so that no nesting is too deep. */
export type Archipelago = {
  /** Inner ones before outer ones: an outer one holds only the two brackets of an inner one. */
  readonly islands: readonly Island[];
  /** The rest of the file, likewise. */
  readonly tokens: IToken[];
};

/** Brackets that have a rule of their own in the grammar. */
const opensIsland = T.oneOf(T.LParen, T.CallOpen, T.LSquare, T.LCurly, T.WithOpen, T.ClauseOpen);
const opensOther = T.oneOf(T.ParametersOpen, T.RuleOpen);

type Frame = { readonly start: number; readonly run: number; readonly inRule: boolean };

/** Cuts tokens whose brackets balance. Linear. */
export const separate = (tokens: IToken[]): Archipelago => {
  const islands: Island[] = [];
  const out: IToken[] = [];
  const frames: Frame[] = [];
  let run = 0; // brackets around this one, since the last island began
  let inRule = false;
  for (const token of tokens) {
    const island = opensIsland(token);
    if (island || opensOther(token)) {
      frames.push({ start: out.length, run, inRule });
      run = island && run >= levels ? 0 : run + 1;
      inRule ||= token.tokenType === T.RuleOpen;
    }
    out.push(token);
    if (!T.closesBracket(token)) continue;
    const frame = frames.pop();
    if (frame === undefined) continue;
    if (run === 0) {
      islands.push({ tokens: out.slice(frame.start), inRule });
      out.splice(frame.start + 1, out.length - frame.start - 2);
    }
    run = frame.run;
    inRule = frame.inRule;
  }
  return { islands, tokens: islands.length === 0 ? tokens : out };
};
