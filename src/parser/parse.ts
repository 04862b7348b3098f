/** Source text to tree. Every text has a tree; what is wrong with it comes as diagnostics. */
import type { IToken } from 'chevrotain';
import { checked, type Checked } from '../diagnostic/checked.ts';
import { lazy } from '../syntax/memo.ts';
import { span, type Source, type Span } from '../syntax/source.ts';
import type { Tree, Declaration } from '../syntax/tree.ts';
import {
  collector,
  inOrder,
  withoutConsequences,
  type Faults,
  type Report,
} from './text/faults.ts';
import { Grammar } from './grammar/grammar.ts';
import { balance } from './text/brackets/brackets.ts';
import { mendHabits } from './text/habits/habits.ts';
import type { KnownWords } from './text/habits/walk.ts';
import { readCalledClauses } from './text/called-clauses.ts';
import { mendIndentedClauses } from './text/indented-clauses.ts';
import { separate, type Island } from './text/islands.ts';
import { layOut } from './text/layout/layout.ts';
import { mendRuleArrows } from './text/rule-arrows.ts';
import { scan } from './text/scan/scan.ts';
import * as T from './text/tokens.ts';
import { classify } from './text/classify.ts';

/** A text on its way to a tree: the results of the passes so far. */
type Reading = {
  readonly source: Source;
  readonly known: KnownWords;
  /** As long as the source, without strange characters; `removed` has the places of what was taken out. */
  readonly text: string;
  readonly removed: readonly Span[];
  readonly tokens: IToken[];
  readonly comments: readonly IToken[];
  /** Tokens and places at which faults are consequences of reported ones. */
  readonly silent: ReadonlySet<IToken>;
  readonly doubtful: readonly Span[];
  /** Closing brackets that close nothing. */
  readonly strays: Faults;
  readonly islands: readonly Island[];
  readonly declarations: readonly Declaration[];
};

/** A step from text to tree. It reads the results of the steps before it, and gives its own. */
type Pass = {
  readonly name: string;
  readonly run: (reading: Reading, report: Report) => Partial<Reading>;
};

const grammar = lazy(() => new Grammar(false));

const passes: readonly Pass[] = [
  // characters that no token is made of, and brackets nested too deeply
  { name: 'scan', run: ({ source }, report) => scan(source, report) },
  { name: 'lex', run: ({ text }) => T.lex(text) },
  // names and reserved words, numbers that touch words
  {
    name: 'words',
    run: ({ source, text, tokens }, report) => ({
      tokens: classify(source, text, tokens, report),
    }),
  },
  // missing and superfluous brackets: after this pass brackets balance
  {
    name: 'brackets',
    run: ({ source, text, tokens, removed }, report) =>
      balance(source, text, tokens, removed, report),
  },
  // what is written in other languages, or misspelt
  {
    name: 'habits',
    run: ({ source, text, tokens, doubtful, known }, report) => {
      mendRuleArrows(source, tokens, doubtful, report);
      // a long program without trainings is not copied
      const trains = tokens.some((token) => T.is(token, T.Train, T.Eval));
      const read = trains
        ? readCalledClauses(text, mendIndentedClauses(source, text, tokens, report))
        : tokens;
      return { tokens: mendHabits(source, text, read, doubtful, known, report) };
    },
  },
  // line breaks, and signs that depend on their neighbours
  {
    name: 'layout',
    run: ({ source, text, tokens }, report) => ({ tokens: layOut(source, text, tokens, report) }),
  },
  // deep brackets, one by one
  { name: 'islands', run: ({ tokens }) => separate(tokens) },
  {
    name: 'grammar',
    run: (reading, report) => {
      return { declarations: grammar().parse({ ...reading, report }, reading) };
    },
  },
];

/** A text that was read: what it is made of, before brackets are taken apart, and its tree. */
type Read = Pick<Reading, 'tokens' | 'comments'> & { readonly tree: Checked<Tree> };

/** Reads a text, whatever it is; see `parse`. */
export const read = (source: Source, known: KnownWords): Read => {
  let reading: Reading = {
    ...{ source, known, text: source.text, removed: [] },
    ...{ tokens: [], comments: [], silent: new Set(), doubtful: [], strays: collector() },
    ...{ islands: [], declarations: [] },
  };
  let { tokens } = reading;
  const found: Faults[] = [];
  for (const { name, run } of passes) {
    const faults = collector();
    reading = { ...reading, ...run(reading, faults.report) };
    if (name === 'layout') tokens = reading.tokens;
    found.push(faults);
  }
  const { strays, comments, declarations } = reading;
  const place = span(source.path, 0, source.text.length);
  const tree: Tree = { path: source.path, pieces: [source], declarations, span: place };
  const faults = inOrder([...found, withoutConsequences(strays, found, declarations)]);
  return { tokens, comments, tree: checked(tree, faults) };
};

/**
 * The tree of a text, whatever the text: never throws, never `left`. The parser does not know the operators.
 * Only how slips are read depends on the words that are `known`.
 */
export const parse = (source: Source, known: KnownWords): Checked<Tree> => read(source, known).tree;
