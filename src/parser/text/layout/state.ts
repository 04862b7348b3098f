/** The state of the layout: what it knows of the place where a token stands. */
import type { IToken } from 'chevrotain';
import type { Report } from '../faults.ts';

/** What holds the tokens: the file, `( )`, `[ ]`, or one of the four kinds of braces. */
export type Holder =
  'file' | 'parentheses' | 'list' | 'layers' | 'clauses' | 'inner' | 'rules' | 'weights';

/** A bracket that is open, or the file around them all. */
export type Frame = {
  readonly holder: Holder;
  /** Does the closing bracket end a chain, as in `f(a)` and `f-(a)`? */
  readonly chains: boolean;
  /** The last `;` directly in this bracket on the current line of it. */
  semi: IToken | undefined;
  /** In the head of a local `def`, where a line break is a space. */
  inHead: boolean;
};

/** What the layout knows before it reads a token. */
export type State = {
  readonly path: string;
  readonly text: string;
  readonly tokens: readonly IToken[];
  readonly report: Report;
  /** The tokens before this one, as the grammar sees them. */
  readonly out: IToken[];
  /** The innermost bracket around this token, and those around that one. */
  frame: Frame;
  readonly frames: Frame[];
  /** The word that begins the declaration at the top. */
  declaration: IToken | undefined;
  /** The last token, if it is one that paper notation may touch. */
  word: IToken | undefined;
  /** Does this token touch that one? */
  chained: boolean;
  /** Does nothing but space stand before this token on its line? */
  first: boolean;
};

/** A bracket that has just been opened. */
export const frameOf = (holder: Holder, chains = false): Frame => ({
  holder,
  chains,
  semi: undefined,
  inHead: false,
});

/** Does the text between two offsets hold a line break? */
export const breaks = (text: string, from: number, to: number): boolean => {
  for (let i = from; i < to; i++) {
    const c = text.charCodeAt(i);
    if (c === 10 || c === 13) return true;
  }
  return false;
};
