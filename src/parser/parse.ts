/**
 * Source text to tree. Every text has a tree; what is wrong with it comes as diagnostics.
 *
 * The passes: characters (`scan`), tokens (`lex`), words (`classify`), brackets (`balance`), line breaks
 * and other neighbours (`layOut`), deep brackets (`separate`), and at last the grammar.
 */
import { checked, type Checked } from '../diagnostic/checked.ts';
import { span, type Source } from '../syntax/source.ts';
import type { Tree } from '../syntax/tree.ts';
import { balance } from './brackets.ts';
import { collector, inOrder } from './faults.ts';
import { Grammar } from './grammar.ts';
import { separate } from './islands.ts';
import { layOut } from './layout.ts';
import { scan } from './scan.ts';
import { lex } from './tokens.ts';
import { classify } from './words.ts';

let shared: Grammar | undefined;

/** Any text gives a tree; never throws, never `left`. */
export const parse = (source: Source): Checked<Tree> => {
  const { path } = source;
  const [odd, misspelt, open, linted, misplaced] = [
    collector(),
    collector(),
    collector(),
    collector(),
    collector(),
  ] as const;
  const { text, removed } = scan(source, odd.report);
  const { tokens, comments } = lex(text);
  const words = classify(source, text, tokens, misspelt.report);
  const balanced = balance(source, text, words, removed, open.report);
  const lines = layOut(source, text, balanced.tokens, linted.report);
  shared ??= new Grammar(false);
  const context = { source, comments, silent: balanced.silent, removed, report: misplaced.report };
  const declarations = shared.parse(context, separate(lines));
  const tree: Tree = { path, declarations, span: span(path, 0, source.text.length) };
  return checked(tree, inOrder([odd, misspelt, open, linted, misplaced]));
};
