/**
 * Source text to tree. Every text has a tree; what is wrong with it comes as diagnostics.
 *
 * The passes: characters (`scan`), tokens (`lex`), words (`classify`), brackets (`balance`), what
 * is written elsewhere (`mendHabits`), line breaks and other neighbours (`layOut`), deep brackets (`separate`), and at last the grammar.
 */
import { checked, type Checked } from '../diagnostic/checked.ts';
import { span, type Source } from '../syntax/source.ts';
import type { Tree } from '../syntax/tree.ts';
import { balance } from './text/brackets.ts';
import { collector, inOrder, withoutConsequences } from './faults.ts';
import { Grammar } from './grammar/grammar.ts';
import { mendHabits } from './text/habits/habits.ts';
import { mendRuleArrows } from './text/rule-arrows.ts';
import { separate } from './text/islands.ts';
import { layOut } from './text/layout.ts';
import { scan } from './text/scan/scan.ts';
import { lex } from './text/tokens.ts';
import { classify } from './text/words.ts';

let shared: Grammar | undefined;

/**
 * Any text gives a tree; never throws, never `left`. The parser knows no operator: `windowed` are the words whose first
 * number is a window and part of the word, as in `conv3`, and only how a slip is read depends on them.
 */
export const parse = (source: Source, windowed: ReadonlySet<string>): Checked<Tree> => {
  const { path } = source;
  const [odd, misspelt, open, stray, foreign, linted, misplaced] = [
    collector(),
    collector(),
    collector(),
    collector(),
    collector(),
    collector(),
    collector(),
  ] as const;
  const { text, removed } = scan(source, odd.report);
  const { tokens, comments } = lex(text);
  const words = classify(source, text, tokens, misspelt.report);
  const balanced = balance(source, text, words, removed, open.report, stray.report);
  mendRuleArrows(source, balanced.tokens, balanced.doubtful, foreign.report);
  const { doubtful } = balanced;
  const mended = mendHabits(source, text, balanced.tokens, doubtful, windowed, foreign.report);
  const lines = layOut(source, text, mended, linted.report);
  shared ??= new Grammar(false);
  const context = { source, comments, removed, ...balanced, report: misplaced.report };
  const declarations = shared.parse(context, separate(lines));
  const tree: Tree = { path, declarations, span: span(path, 0, source.text.length) };
  const found = [odd, misspelt, open, foreign, linted, misplaced];
  return checked(tree, inOrder([...found, withoutConsequences(stray, found, declarations)]));
};
