/** In `train` and `eval`, as the text says. */
import type { Context } from './context.ts';
import { inCall } from './in-call.ts';
import type { Open } from './open-brackets.ts';

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
export const inProtocol = (text: string, of: 'train' | 'eval', open: readonly Open[]): Context => {
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
