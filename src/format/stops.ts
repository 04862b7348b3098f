/** Where lines have parts that may stand in columns: by what holds the line, as rows. */
import type { Lexeme } from '../parser/lexemes.ts';
import { depths } from './line.ts';
import { spaceBetween } from './spaces.ts';

/** A word of a line before which a column may stand. Lines agree on a column by its name. */
export type Stop = { readonly name: string; readonly word: number };

type Find = (words: readonly Lexeme[], depth: readonly number[]) => number;

/** The first such word outside of brackets. */
const outer =
  (kind: Lexeme['kind'], text?: string): Find =>
  (words, depth) =>
    words.findIndex(
      (w, i) => depth[i] === 0 && w.kind === kind && (text === undefined || w.text === text),
    );

/** The one type that a line states, which parentheses may hold. */
const type: Find = (words) => {
  const colon = words.findIndex(({ kind }) => kind === 'type');
  return words.findLastIndex(({ kind }) => kind === 'type') === colon ? colon : -1;
};

type Part = readonly [name: string, find: Find];

const protocol = (first: string): readonly Part[] => [
  [`net of ${first}`, outer('of')],
  ['from', outer('keyword', 'from')],
  ['with', outer('keyword', 'with')],
  ['body', outer('=')],
];
const rule: readonly Part[] = [
  ['pattern', (words, depth) => outer(':')(words, depth) + 1],
  ['type', type],
  ['replacement', outer('=>')],
];
const clause: readonly Part[] = [
  ['values', ([, second]) => (second?.kind === 'keyword' && second.text === 'from' ? 2 : 1)],
];
const entry: readonly Part[] = [['value', outer('=')]];
const layer: readonly Part[] = [['type', type]];

const partsIn = (holder: string | undefined, first: string): readonly Part[] => {
  switch (holder) {
    case undefined:
      // nets stand in a column, and definitions in another
      if (first === 'train' || first === 'eval') return protocol(first);
      return first === 'assert' ? [] : [[`type of a ${first}`, type]];
    case 'rules{':
      return rule;
    case 'clauses{':
      return clause;
    case 'with{':
      return entry;
    default:
      return layer;
  }
};

/** The stops of a line that begins and ends within one bracket, from left to right. */
export const stopsIn = (holder: string | undefined, words: readonly Lexeme[]): readonly Stop[] => {
  const depth = depths(words);
  return partsIn(holder, words[0]?.text ?? '')
    .map(([name, find]) => ({ name, word: find(words, depth) }))
    .filter(
      // words that touch stay together: `sgd(rate = 0.1)` without the name of its clause
      ({ word }) =>
        word > 0 && word < words.length && spaceBetween(words[word - 1]!, words[word]!) !== '',
    );
};
