/**
 * Where a text may be cut so that its pieces, parsed one by one, give the trees and faults of the whole. What is known of
 * a piece stays true while others are edited.
 */
import { isOtherLanguage } from './text/scan/other-languages.ts';
import { lineEndFrom } from './text/scan/state.ts';
import { declaringWords, endOfString } from './text/tokens.ts';

/** A declaration at the margin: its word, and a name or a path unless it has none; `rewrite with` lacks its name. */
const head = new RegExp(
  `^(?:${declaringWords.filter((word) => word !== 'assert').join('|')})[ \\t]+(?!with\\b)[A-Za-z_"]|^assert(?!\\w)`,
);
/** A word at the margin that may begin a declaration where brackets are mended, though no name stands behind it. */
const nameless = new RegExp(`^(?:${declaringWords.join('|')})(?!\\w)`);
/** The longest beginning that `head` has to see: `rewrite`, some spaces and a letter. */
const HEAD = 24;

/** A declaration that begins at the margin, and how many brackets are open before it. */
type Head = { readonly at: number; readonly depth: number };

/** Declarations up to one that ends whatever is open, as all do but `def`, which may be local. */
type Run = { readonly heads: Head[]; readonly open: string[]; matches: boolean };

const newRun = (): Run => ({ heads: [], open: [], matches: true });

/** Signs of the language that are not ASCII. */
const signs = new Set('⇒→≠≤≥…×');

const closerOf: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Closes a bracket. False where that is not the one that is open. */
const closes = (open: string[], sign: string): boolean => open.pop() === sign;

/** Does a number such as `25M` end here? What the letter means depends on the names of the whole file. */
const endsShortNumber = (text: string, at: number): boolean =>
  /\d/.test(text[at - 1] ?? '') && !/\w/.test(text[at + 1] ?? '');

/**
 * The runs of a text. Undefined where the parser must see it as a whole: it is another language, or has its comments or
 * quotes, numbers such as `25M`, brackets that match only across declarations, or brackets to mend beside a word without its
 * name.
 */
const runsOf = (text: string): readonly Run[] | undefined => {
  if (isOtherLanguage(text)) return undefined;
  let run = newRun();
  const runs = [run];
  const whole: string[] = [];
  let matches = true;
  let begins = true;
  let isNamed = true;
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (begins && c >= 97 && c <= 122) {
      const word = text.slice(at, at + HEAD);
      if (head.test(word)) {
        if (c !== 100) runs.push((run = newRun())); // `d` of `def`
        run.heads.push({ at, depth: run.open.length });
      } else isNamed &&= !nameless.test(word);
    }
    begins = c === 10 || c === 13;
    switch (c) {
      case 40: // (
      case 91: // [
      case 123: // {
        run.open.push(closerOf[text[at]!]!);
        whole.push(closerOf[text[at]!]!);
        break;
      case 41: // )
      case 93: // ]
      case 125: // }
        run.matches = closes(run.open, text[at]!) && run.matches;
        matches = closes(whole, text[at]!) && matches;
        break;
      case 45: // -
        if (text[at + 1] === '-') at = lineEndFrom(text, at) - 1;
        break;
      case 34: // "
        at = endOfString(text, at) - 1;
        break;
      case 47: // /
        if (text[at + 1] === '/' || text[at + 1] === '*') return undefined;
        break;
      case 71: // G
      case 75: // K
      case 77: // M
        if (endsShortNumber(text, at)) return undefined;
        break;
      case 35: // #
      case 39: // '
        return undefined;
      default:
        if (c > 127 && !signs.has(text[at]!)) return undefined;
    }
  }
  for (const one of runs) one.matches &&= one.open.length === 0;
  const balances = matches && whole.length === 0;
  return runs.some((one) => !one.matches) && (balances || !isNamed) ? undefined : runs;
};

/** Where the comment lines begin that stand directly above an offset, which begins a line. */
const withComments = (text: string, at: number): number => {
  let start = at;
  while (start > 0) {
    // the line before ends at `\n`, `\r\n` or `\r`
    let end = start - 1;
    if (text[end] === '\n' && text[end - 1] === '\r') end--;
    let line = end;
    while (line > 0 && text[line - 1] !== '\n' && text[line - 1] !== '\r') line--;
    if (!/^[ \t]*--/.test(text.slice(line, end))) break;
    start = line;
  }
  return start;
};

/** Of a text whose first word is indented the margin is elsewhere. */
const indented = /^(?:[ \t]*(?:--[^\n\r]*)?(?:\r\n|\n|\r))*[ \t]+(?!--)[^\s]/;

/** The offsets at which the pieces of a text begin, in order; the first is 0. Linear. */
export const cuts = (text: string): readonly number[] => {
  const runs = indented.test(text) ? undefined : runsOf(text);
  const starts = (runs ?? []).flatMap(({ heads, matches }) =>
    heads.flatMap(({ at, depth }) => (matches && depth > 0 ? [] : [withComments(text, at)])),
  );
  return [0, ...starts.filter((at) => at > 0)];
};
