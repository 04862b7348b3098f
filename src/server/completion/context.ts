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
  /** in quotes, after `import`, or where those are still to be written */
  | { readonly tag: 'path'; readonly written: string | undefined; readonly start: number }
  /** behind the path of an import */
  | { readonly tag: 'imported' }
  /** in the brackets of an import of `from` */
  | { readonly tag: 'picked'; readonly from: string }
  /** where a rule may begin; its layers may go on, too */
  | { readonly tag: 'rule'; readonly orLayer: boolean }
  /** a number of a rule, but not the name that is being given */
  | { readonly tag: 'variable'; readonly except: string | undefined }
  /** `kernel =` of a new layer of a rule */
  | { readonly tag: 'weight'; readonly callee: string; readonly given: readonly string[] }
  /** what a weight of a new layer is computed from */
  | { readonly tag: 'weighing' }
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
  /** `behind` is the end of a layer in the same line, where its `;` is still to be written, or `next` */
  | { readonly tag: 'layer'; readonly behind?: number; readonly next?: string }
  /** behind the condition of an `if` */
  | { readonly tag: 'condition' }
  /** the type of a layer, behind its `:` or `->` */
  | { readonly tag: 'ascribed'; readonly side: 'input' | 'output' }
  /** behind the name of a definition, its parameters, or a type of its head */
  | {
      readonly tag: 'opening';
      readonly of: 'net' | 'def';
      readonly has: 'name' | 'parameters' | 'input' | 'output';
    }
  /** the value that a parameter has when none is given */
  | { readonly tag: 'default'; readonly parameter: string }
  /** a number: after `-` or `/` of paper notation, whose beginning `call` is, in a type, or behind `where`, but not the name itself */
  | { readonly tag: 'number'; readonly call?: string; readonly except?: string }
  /** in the brackets of a call; `parameter` is the one behind whose `=` the cursor is */
  | {
      readonly tag: 'argument';
      readonly callee: string;
      /** the call as it is written up to this argument */
      readonly call: string;
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
  /** layers that are chosen, `first 4 conv`: what stands there of one of them, without `all but` */
  | { readonly tag: 'selection'; readonly words: readonly string[]; readonly ofSource: boolean }
  /** a net, a recipe, or weights, in the head of `train` or `eval` */
  | { readonly tag: 'head'; readonly of: 'train' | 'eval'; readonly after: ':' | 'from' | 'with' }
  /** behind a part of that head */
  | {
      readonly tag: 'heading';
      readonly of: 'train' | 'eval';
      readonly has: 'name' | 'net' | 'from' | 'with';
    }
  /** after `with` of a pass */
  | { readonly tag: 'pass' }
  /** behind the name of a pass, or its `when` */
  | { readonly tag: 'passing'; readonly has: 'name' | 'when' }
  /** a fact or a number; `compared` is what stands before the sign */
  | { readonly tag: 'assertion'; readonly compared?: string }
  /** behind what is to be compared */
  | { readonly tag: 'comparison' };

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

/** A word without what touches it. */
const bare = (word: string): string => word.replace(/[-/].*$/, '');

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
  const current = all.at(-1) ?? '';
  return {
    tag: 'argument',
    callee: bare(word),
    call: word + text.slice(at, text.length - current.length) + current.replace(/[\w.]*$/, ''),
    given: before.flatMap((name) => name ?? []),
    index: before.filter((name) => name === undefined).length,
    parameter: names.at(-1),
    clause,
  };
};

const headings: { readonly [part: string]: 'net' | 'from' | 'with' } = {
  ':': 'net',
  from: 'from',
  with: 'with',
};

/** Layers that are chosen: those of a clause, or in the braces of `init from`, which are of its source. */
const inSelection = (text: string, ofSource: boolean): Context => {
  const own = text.slice(Math.max(...[';', ',', '{', '\n'].map((c) => text.lastIndexOf(c))) + 1);
  const words = own
    .replace(/[\w"./]*$/, '')
    .split(/\s+/)
    .filter((word) => word !== '');
  return { tag: 'selection', words: words.filter((w) => w !== 'all' && w !== 'but'), ofSource };
};

/** In `train` and `eval`: their head, words of clauses, and values of those. */
const inProtocol = (text: string, of: 'train' | 'eval', open: readonly Open[]): Context => {
  const brace = open.find(({ sign }) => sign === '{');
  if (brace === undefined) {
    const after = /(:|\bfrom|\bwith)\s*[\w.]*$/.exec(text)?.[1];
    if (after === ':' || after === 'from' || after === 'with') return { tag: 'head', of, after };
    const [, part] = /(:|\bfrom|\bwith|^train|^eval)\s*[\w."/()-]+\s+\w*$/.exec(text) ?? [];
    if (part !== undefined) return { tag: 'heading', of, has: headings[part] ?? 'name' };
    return /=\s*[^]*$/.test(text) ? { tag: 'head', of: 'eval', after: 'from' } : { tag: 'nothing' };
  }
  const inner = open.filter(({ sign }) => sign === '{')[1];
  if (inner !== undefined) return inSelection(text, true);
  const line = text.slice(Math.max(text.lastIndexOf('\n'), brace.at) + 1);
  const [, clause] = /^\s*(\w+(?:\s+from)?)\s/.exec(line) ?? [];
  const call = open.findLast(({ sign, word }) => sign === '(' && word !== '');
  if (call !== undefined) return inCall(text, call, clause ?? '');
  if (clause === undefined) return { tag: 'clause', of };
  if (clause === 'freeze') return inSelection(`;${line.replace(/^\s*freeze\s/, '')}`, false);
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
  if (before.endsWith(':')) return { tag: 'type', side: 'input', within };
  const has = isIn ? undefined : headParts.find(([, ends]) => ends.test(text))?.[0];
  const of = text.startsWith('net') ? 'net' : 'def';
  return has === undefined ? { tag: 'nothing' } : { tag: 'opening', of, has };
};

/** What a head ends with. */
const headParts = [
  ['output', /->\s*(\[[^\]]*\]|_)\s*$/],
  ['input', /:\s*(\[[^\]]*\]|_)\s*$/],
  ['parameters', /^(net|def)\s+\w+\s*\([^]*\)\s*$/],
  ['name', /^(net|def)\s+\w+\s+$/],
] as const;

const inDefinition = (text: string, open: readonly Open[]): Context => {
  if (open[0]?.sign !== '(' && !inBody(text, open)) return inHead(text, open);
  if (!inBody(text, open)) {
    const [, parameter] = /\b(\w+)\s*=\s*\w*$/.exec(text) ?? [];
    return parameter === undefined ? { tag: 'nothing' } : { tag: 'default', parameter };
  }
  const last = open.at(-1);
  const [, bindings] = /\bwhere\b([^;{}]*)$/.exec(text.slice((last?.at ?? -1) + 1)) ?? [];
  if (bindings !== undefined) return inBindings(bindings);
  const side = ascribedSide(text);
  if (side !== undefined) return { tag: 'ascribed', side };
  if (last?.sign === '[') return { tag: 'number' };
  if (last !== undefined && last.sign === '(' && last.word !== '')
    return inCall(text, last, undefined);
  const [, condition] = /\bif\b([^;{}]*)$/.exec(text) ?? [];
  if (condition !== undefined && !/\bthen\b/.test(condition))
    return /[\w)]\s+\w*$/.test(condition.trimStart()) ? { tag: 'condition' } : { tag: 'number' };
  // a name that is new
  if (/\b(as|also)\s+\w*$/.test(text)) return { tag: 'nothing' };
  return { tag: 'layer' };
};

/** Behind `where`: names of one's own, and numbers. */
const inBindings = (text: string): Context => {
  const except = /(\w+)\s*=[^=,]*$/.exec(text)?.[1];
  return except !== undefined && /[=(+*/-]\s*\w*$/.test(text)
    ? { tag: 'number', except }
    : { tag: 'nothing' };
};

/** Whether the type of a layer is to be written: what stands before its `:` is more than the name of a label. */
const ascribedSide = (text: string): 'input' | 'output' | undefined => {
  const before = text.replace(/[\w[]*$/, '').trimEnd();
  if (before.endsWith('->')) return 'output';
  if (!before.endsWith(':')) return undefined;
  const layer = before.slice(0, -1);
  return /\s$/.test(layer) || !/(^|[\s;{(|])[A-Za-z_]\w*$/.test(layer) ? 'input' : undefined;
};

/** Words behind which a layer begins. */
const leading = new Set(['then', 'else', 'if', 'not', 'and', 'or', 'block', 'x', 'where', 'rule']);

/** Where a layer ends that is whole, and behind which the cursor is in the same line. */
const endBehind = (before: string): number | undefined => {
  const [found, last] = /([\w)\]}]+)[ \t]+$/.exec(before) ?? [];
  if (found === undefined || last === undefined) return undefined;
  return leading.has(last) || /^\d+x$/.test(last) ? undefined : before.trimEnd().length;
};

/** In a pass: its rules, each with a name, a pattern and a replacement. */
const inRewrite = (text: string, open: readonly Open[], isLine: boolean): Context => {
  const [brace, ...inner] = open;
  if (brace?.sign !== '{') return inPassHead(text);
  const inside = text.slice(brace.at + 1);
  const rule = /^[^]*\brule\b/.exec(inside);
  if (rule === null) return { tag: 'rule', orLayer: false };
  const own = inside.slice(rule[0].length);
  if (!own.includes(':')) return { tag: 'nothing' };
  if (isLine && open.length === 1 && own.includes('=>')) return { tag: 'rule', orLayer: true };
  const weights = inner.find(({ sign }) => sign === '{');
  if (weights !== undefined && own.includes('=>')) return inWeights(text, weights);
  const [, bindings] = /\bwhere\b([^{}]*)$/.exec(own) ?? [];
  if (bindings !== undefined)
    return { tag: 'variable', except: /(\w+)\s*=(?!=)[^=,]*$/.exec(bindings)?.[1] };
  if (/\bas\s+\w*$/.test(own)) return { tag: 'nothing' };
  const call = inner.findLast(({ sign, word }) => sign === '(' && word !== '');
  return call === undefined ? { tag: 'layer' } : inCall(text, call, undefined);
};

const inPassHead = (text: string): Context => {
  if (/\bwith\s+\w*$/.test(text)) return { tag: 'pass' };
  if (/\bwhen\s+\w*$/.test(text)) return { tag: 'passing', has: 'when' };
  return /^rewrite\s+\w+\s+\w*$/.test(text) ? { tag: 'passing', has: 'name' } : { tag: 'nothing' };
};

/** In the braces behind `with`: the name of a weight, or what it is. */
const inWeights = (text: string, { at }: Open): Context => {
  const all = argumentsIn(text.slice(at + 1));
  if (/=/.test(all.at(-1) ?? '')) return { tag: 'weighing' };
  const [, callee = ''] =
    /([A-Za-z_]\w*)\s*(?:\([^;|]*\))?\s*(?:as\s+\w+\s*)?with\s*$/.exec(text.slice(0, at)) ?? [];
  return { tag: 'weight', callee, given: all.flatMap((a) => /^\s*(\w+)\s*=/.exec(a)?.[1] ?? []) };
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
  const [touched, call] = /([A-Za-z_][\w.]*(?:-\w+)?[-/]|[\w)][-/])$/.exec(before) ?? [];
  if (touched !== undefined) return { tag: 'number', ...(call === undefined ? {} : { call }) };
  const context = ofKeyword(keyword, text, open, isLine);
  if (context.tag === 'path') return { ...context, start: from + before.length };
  const behind = context.tag === 'layer' ? endBehind(before) : undefined;
  if (behind === undefined) return context;
  const next = nextIn(before);
  return { tag: 'layer', behind: from + behind, ...(next === undefined ? {} : { next }) };
};

/** What a layer may be followed by that is half of something: of an `if`, or of a rule. */
const nextIn = (text: string): string | undefined => {
  const [, chosen] = /\bthen\b([^;{}]*)$/.exec(text) ?? [];
  if (chosen !== undefined && !/\belse\b/.test(chosen)) return 'else';
  const rule = text.lastIndexOf('rule ');
  return text.startsWith('rewrite') && rule >= 0 && !text.slice(rule).includes('=>')
    ? '=>'
    : undefined;
};

/** The sign of a comparison, and what stands before it. */
const compared = /^assert\s+([^]*?)\s*(==|!=|<=|>=|<|>)/;

/** In the text of a declaration, outside of strings and comments. */
const ofKeyword = (
  keyword: string,
  text: string,
  open: readonly Open[],
  isLine: boolean,
): Context => {
  switch (keyword) {
    case 'train':
    case 'eval':
      return inProtocol(text, keyword, open);
    case 'assert': {
      const call = open.findLast(({ sign, word: callee }) => sign === '(' && callee !== '');
      if (ascribedSide(text) !== undefined)
        return { tag: 'type', side: 'input', within: undefined };
      if (call !== undefined) return inCall(text, call, undefined);
      const [, left] = compared.exec(text) ?? [];
      if (left !== undefined) return { tag: 'assertion', compared: left };
      return /[\w)]\s+$/.test(text.slice('assert'.length))
        ? { tag: 'comparison' }
        : { tag: 'assertion' };
    }
    case 'net':
    case 'def':
      return inDefinition(text, open);
    case 'rewrite':
      return inRewrite(text, open, isLine);
    case 'import': {
      const [, from] = /^import\s*"([^"\n]*)"/.exec(text) ?? [];
      const isIn = from !== undefined && open.at(-1)?.sign === '(';
      if (from === undefined) return { tag: 'path', written: undefined, start: 0 };
      if (isIn) return { tag: 'picked', from };
      return /"\s+\w*$/.test(text) ? { tag: 'imported' } : { tag: 'nothing' };
    }
    default:
      return { tag: 'nothing' };
  }
};
