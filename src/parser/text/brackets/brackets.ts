/**
 * Makes brackets balance. After this pass every opening bracket has its closing one, so the grammar can always
 * skip to the end of a bracket, and one missing bracket is one message.
 */
import type { IToken } from 'chevrotain';
import type { Source, Span } from '../../../syntax/source.ts';
import { collector, type Faults, type Report } from '../faults.ts';
import { cutAtDefs, declarationsOf, linesOf, type Region } from './lines.ts';
import { mend } from './mend.ts';
import { matches, type Balance } from './state.ts';

/** Tokens whose brackets balance, and where they did not before. */
export type Balanced = {
  readonly tokens: IToken[];
  /** Tokens at which a fault is a consequence of one that has been reported. */
  readonly silent: ReadonlySet<IToken>;
  /** The places of brackets within a line that were not closed, up to where they are closed now, in order. */
  readonly doubtful: readonly Span[];
  /** Closing brackets that close nothing. They may be consequences of faults that later passes find. */
  readonly strays: Faults;
};

/** Copies a region if its brackets match. */
const copied = ({ tokens, out }: Balance, [from, to]: Region): boolean => {
  const isFine = matches(tokens, from, to);
  for (let i = from; isFine && i < to; i++) out.push(tokens[i]!);
  return isFine;
};

/** Never fails; linear. A declaration is cut at its `def`s, which may be local, only if its brackets do not match. */
export const balance = (
  { path }: Source,
  text: string,
  tokens: IToken[],
  removed: readonly Span[],
  report: Report,
): Balanced => {
  const strays = collector();
  const silent = new Set<IToken>();
  if (matches(tokens, 0, tokens.length)) return { tokens, silent, doubtful: [], strays };
  const lines = linesOf(text, tokens);
  const state: Balance = {
    ...{ path, tokens, lines, removed, report, stray: strays.report },
    ...{ out: [], silent, doubtful: [] },
  };
  for (const region of declarationsOf(lines, tokens)) {
    if (copied(state, region)) continue;
    for (const part of cutAtDefs(lines, tokens, region))
      if (!copied(state, part)) mend(state, part);
  }
  return { tokens: state.out, silent, doubtful: state.doubtful, strays };
};
