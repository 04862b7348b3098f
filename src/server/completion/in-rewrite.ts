/** In a pass, as the text says. */
import type { Context } from './context.ts';
import { inCall } from './in-call.ts';
import { argumentsIn, type Open } from './open-brackets.ts';

/** In a pass: its rules, each with a name, a pattern and a replacement. */
export const inRewrite = (text: string, open: readonly Open[], isLine: boolean): Context => {
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

/** As much text as a new layer and its arguments need. */
const LOOKED_AT = 1000;

/** In the braces behind `with`: the name of a weight, or what it is. */
const inWeights = (text: string, { at }: Open): Context => {
  const all = argumentsIn(text.slice(at + 1));
  if (/=/.test(all.at(-1) ?? '')) return { tag: 'weighing' };
  const [, callee = ''] =
    /([A-Za-z_]\w*)\s*(?:\([^;|]*\))?\s*(?:as\s+\w+\s*)?with\s*$/.exec(
      text.slice(Math.max(0, at - LOOKED_AT), at),
    ) ?? [];
  return { tag: 'weight', callee, given: all.flatMap((a) => /^\s*(\w+)\s*=/.exec(a)?.[1] ?? []) };
};
