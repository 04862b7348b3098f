/** In a definition or a net, as the text says. */
import type { Context } from './context.ts';
import { inCall } from './in-call.ts';
import type { Open } from './open-brackets.ts';

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

export const inDefinition = (text: string, open: readonly Open[]): Context => {
  if (!inBody(text, open)) {
    if (open[0]?.sign !== '(') return inHead(text, open);
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
export const ascribedSide = (text: string): 'input' | 'output' | undefined => {
  const before = text.replace(/[\w[]*$/, '').trimEnd();
  if (before.endsWith('->')) return 'output';
  if (!before.endsWith(':')) return undefined;
  const layer = before.slice(0, -1);
  return /\s$/.test(layer) || !/(^|[\s;{(|])[A-Za-z_]\w*$/.test(layer) ? 'input' : undefined;
};
