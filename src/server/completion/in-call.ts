/** In the brackets of a call, as the text says. */
import type { Context } from './context.ts';
import { argumentsIn, type Open } from './open-brackets.ts';

/** A word without what touches it. */
const bare = (word: string): string => word.replace(/[-/].*$/, '');

/** `text` begins with the declaration; `clause` is the one that the call is a value of. */
export const inCall = (text: string, { at, word }: Open, clause: string | undefined): Context => {
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
