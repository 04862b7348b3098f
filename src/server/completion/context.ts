/**
 * What the text before the cursor asks for. It is found in the text alone, from the beginning of the declaration, because
 * the tree of a text that is being written says little about its end.
 */
import { declaringWords } from '../../parser/lexemes.ts';

/** An open bracket, and the word that it touches: `conv` of `conv(`. */
type Open = { readonly sign: string; readonly at: number; readonly word: string };

export type Context =
  /** a comment, a number, a place for a new name */
  | { readonly tag: 'nothing' }
  /** between declarations */
  | { readonly tag: 'declaration' }
  /** in quotes, after `import` */
  | { readonly tag: 'path'; readonly written: string; readonly start: number }
  /** in the brackets of an import of `from` */
  | { readonly tag: 'picked'; readonly from: string }
  /** where a rule may begin; its layers may go on, too */
  | { readonly tag: 'rule'; readonly orLayer: boolean }
  /** a type in a head; `within` is what stands behind its open bracket */
  | {
      readonly tag: 'type';
      readonly side: 'input' | 'output';
      readonly within: string | undefined;
    }
  /** after `@` */
  | { readonly tag: 'remembered' }
  /** after `r.` */
  | { readonly tag: 'member'; readonly module: string }
  | { readonly tag: 'layer' }
  /** a number: after `-` of paper notation, whose beginning `call` is, or in a type */
  | { readonly tag: 'number'; readonly call?: string }
  /** in the brackets of a call; `parameter` is the one behind whose `=` the cursor is */
  | {
      readonly tag: 'argument';
      readonly callee: string;
      readonly given: readonly string[];
      /** arguments without a name before this one */
      readonly index: number;
      readonly parameter: string | undefined;
      /** the clause that the call is a value of */
      readonly clause: string | undefined;
    }
  /** the word of a clause */
  | { readonly tag: 'clause'; readonly of: 'train' | 'eval' }
  /** a value of a clause */
  | { readonly tag: 'form'; readonly of: 'train' | 'eval'; readonly clause: string }
  /** a net, a recipe, or weights, in the head of `train` or `eval` */
  | { readonly tag: 'head'; readonly of: 'train' | 'eval'; readonly after: ':' | 'from' | 'with' }
  /** after `with` of a pass */
  | { readonly tag: 'pass' }
  | { readonly tag: 'assertion' };

/** The word that begins a declaration. */
const begins = new RegExp(`^(${declaringWords.join('|')})\\b`);

/** Where the declaration begins that a place may belong to. */
const startOfDeclaration = (text: string, offset: number): number => {
  for (let at = offset; at > 0;) {
    const line = text.lastIndexOf('\n', at - 1) + 1;
    if (begins.test(text.slice(line, line + 8))) return line;
    at = line - 1;
  }
  return 0;
};

type Scanned = {
  readonly open: readonly Open[];
  readonly inside: 'text' | 'string' | 'comment';
  readonly stringAt: number;
};

/** The word that ends at a place, with what paper notation adds to it: `conv3-64`. */
const wordBefore = (text: string, end: number): string => {
  let start = end;
  while (start > 0 && /[\w./-]/.test(text[start - 1]!)) start--;
  return /[\w.]+(?:[-/]\w+)*$/.exec(text.slice(start, end))?.[0] ?? '';
};

/** The brackets that are open, and whether the end lies in a string or a comment. */
const scan = (text: string): Scanned => {
  const open: Open[] = [];
  let inside: Scanned['inside'] = 'text';
  let stringAt = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\n') inside = 'text';
    else if (inside === 'comment') continue;
    else if (inside === 'string') {
      if (c === '\\') i++;
      else if (c === '"') inside = 'text';
    } else if (c === '"') {
      inside = 'string';
      stringAt = i;
    } else if (c === '-' && text[i + 1] === '-') inside = 'comment';
    else if ('([{'.includes(c)) {
      open.push({ sign: c, at: i, word: c === '(' ? wordBefore(text, i) : '' });
    } else if (')]}'.includes(c)) open.pop();
  }
  return { open, inside, stringAt };
};

/** A word without what paper notation adds to it. */
const bare = (word: string): string => word.replace(/(?<=[A-Za-z_])\d*(x\d+)?([-/].*)?$/, '');

/** The arguments that are written before the cursor, between commas that stand in no further bracket. */
const argumentsIn = (text: string): readonly string[] => {
  const all: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    if ('([{'.includes(text[i]!)) depth++;
    else if (')]}'.includes(text[i]!)) depth--;
    else if (text[i] === ',' && depth === 0) {
      all.push(text.slice(from, i));
      from = i + 1;
    }
  }
  return [...all, text.slice(from)];
};

const inCall = (text: string, { at, word }: Open, clause: string | undefined): Context => {
  const all = argumentsIn(text.slice(at + 1));
  const names = all.map((a) => /^\s*(\w+)\s*=(?!=)/.exec(a)?.[1]);
  const before = names.slice(0, -1);
  return {
    tag: 'argument',
    callee: bare(word),
    given: before.flatMap((name) => name ?? []),
    index: before.filter((name) => name === undefined).length,
    parameter: names.at(-1),
    clause,
  };
};

/** In `train` and `eval`: their head, words of clauses, and values of those. */
const inProtocol = (text: string, of: 'train' | 'eval', open: readonly Open[]): Context => {
  const brace = open.find(({ sign }) => sign === '{');
  if (brace === undefined) {
    const after = /(:|\bfrom|\bwith)\s*[\w.]*$/.exec(text)?.[1];
    if (after === ':' || after === 'from' || after === 'with') return { tag: 'head', of, after };
    return /=\s*[^]*$/.test(text) ? { tag: 'head', of: 'eval', after: 'from' } : { tag: 'nothing' };
  }
  const line = text.slice(Math.max(text.lastIndexOf('\n'), brace.at) + 1);
  const [, clause] = /^\s*(\w+(?:\s+from)?)\s/.exec(line) ?? [];
  const call = open.findLast(({ sign, word }) => sign === '(' && word !== '');
  if (call !== undefined) return inCall(text, call, clause ?? '');
  if (clause === undefined) return { tag: 'clause', of };
  return clause.endsWith('from') ? { tag: 'head', of, after: 'from' } : { tag: 'form', of, clause };
};

/** Whether the head of a definition is over: behind its `=` or `{`. */
const inBody = (text: string, open: readonly Open[]): boolean => {
  if (open.some(({ sign }) => sign === '{')) return true;
  let depth = 0;
  for (const c of text.replaceAll(/"[^"\n]*"|--[^\n]*/g, '')) {
    if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c)) depth--;
    else if (c === '=' && depth === 0) return true;
  }
  return false;
};

/** The types of a head. */
const inHead = (text: string, open: readonly Open[]): Context => {
  const [last] = open;
  const isIn = last?.sign === '[';
  const within = isIn
    ? text
        .slice(last.at + 1)
        .replace(/\w*$/, '')
        .trim()
    : undefined;
  const before = (isIn ? text.slice(0, last.at) : text).replace(/\w*$/, '').trimEnd();
  if (before.endsWith('->')) return { tag: 'type', side: 'output', within };
  return before.endsWith(':') ? { tag: 'type', side: 'input', within } : { tag: 'nothing' };
};

const inDefinition = (text: string, open: readonly Open[]): Context => {
  if (open[0]?.sign !== '(' && !inBody(text, open)) return inHead(text, open);
  if (!inBody(text, open)) return { tag: 'nothing' };
  const last = open.at(-1);
  if (last?.sign === '[') return { tag: 'number' };
  if (last !== undefined && last.sign === '(' && last.word !== '')
    return inCall(text, last, undefined);
  return { tag: 'layer' };
};

/** In a pass: its rules, each with a name, a pattern and a replacement. */
const inRewrite = (text: string, open: readonly Open[], isLine: boolean): Context => {
  const [brace] = open;
  if (brace?.sign !== '{') return { tag: /\bwith\s+\w*$/.test(text) ? 'pass' : 'nothing' };
  const inside = text.slice(brace.at + 1);
  const rule = /^[^]*\brule\b/.exec(inside);
  if (rule === null) return { tag: 'rule', orLayer: false };
  const own = inside.slice(rule[0].length);
  if (!own.includes(':')) return { tag: 'nothing' };
  return isLine && open.length === 1 && own.includes('=>')
    ? { tag: 'rule', orLayer: true }
    : { tag: 'layer' };
};

/** What is asked for at a place of a text. */
export const contextAt = (whole: string, offset: number): Context => {
  const from = startOfDeclaration(whole, offset);
  const text = whole.slice(from, offset);
  const { open, inside, stringAt } = scan(text);
  const [, keyword] = begins.exec(text) ?? [];
  if (inside === 'comment') return { tag: 'nothing' };
  if (inside === 'string')
    return keyword === 'import'
      ? { tag: 'path', written: text.slice(stringAt + 1), start: from + stringAt + 1 }
      : { tag: 'nothing' };
  const [, word = ''] = /(\w*)$/.exec(text) ?? [];
  const before = text.slice(0, text.length - word.length);
  if (/^\d/.test(word)) return { tag: 'nothing' };
  if (before.endsWith('@')) return { tag: 'remembered' };
  const [, module] = /([A-Za-z_]\w*)\.$/.exec(before) ?? [];
  if (module !== undefined) return { tag: 'member', module };
  const isLine = /(^|\n)[ \t]*$/.test(before);
  if (keyword === undefined || (isLine && open.length === 0 && before !== ''))
    return { tag: 'declaration' };
  if (text === word) return { tag: 'declaration' };
  const [touched, call] = /([\w.]*[\w)]-)$/.exec(before) ?? [];
  if (touched !== undefined || /[\w)]\/$/.test(before))
    return { tag: 'number', ...(call === undefined ? {} : { call }) };
  switch (keyword) {
    case 'train':
    case 'eval':
      return inProtocol(text, keyword, open);
    case 'assert': {
      const call = open.findLast(({ sign, word: callee }) => sign === '(' && callee !== '');
      return call === undefined ? { tag: 'assertion' } : inCall(text, call, undefined);
    }
    case 'net':
    case 'def':
      return inDefinition(text, open);
    case 'rewrite':
      return inRewrite(text, open, isLine);
    case 'import': {
      const [, from] = /^import\s*"([^"\n]*)"/.exec(text) ?? [];
      const isIn = from !== undefined && open.at(-1)?.sign === '(';
      return isIn ? { tag: 'picked', from } : { tag: 'nothing' };
    }
    default:
      return { tag: 'nothing' };
  }
};
