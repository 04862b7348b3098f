/**
 * What the text before the cursor asks for. It is found in the text alone, from the beginning of the declaration, because
 * the tree of a text that is being written says little about its end.
 */
import { declaringWords } from '../../parser/lexemes.ts';
import { endBehind, nextIn } from './behind-layer.ts';
import type { Context } from './context.ts';
import { inCall } from './in-call.ts';
import { ascribedSide, inDefinition } from './in-definition.ts';
import { inProtocol } from './in-protocol.ts';
import { inRewrite } from './in-rewrite.ts';
import { scan, type Open } from './open-brackets.ts';

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

/** Nobody writes such words, and to look for their ends again and again would take long. */
const isEndless = /[\w.]{500}/;

/** What is asked for at a place of a text. */
export const contextAt = (whole: string, offset: number): Context => {
  const from = startOfDeclaration(whole, offset);
  const text = whole.slice(from, offset);
  if (isEndless.test(text)) return { tag: 'nothing' };
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

/** What stands before the sign of a comparison. */
const comparedIn = (text: string): string | undefined => {
  const sign = text.search(/[<>]|[=!]=/);
  return sign < 0 ? undefined : text.slice('assert'.length, sign).trim();
};

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
      const left = comparedIn(text);
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
