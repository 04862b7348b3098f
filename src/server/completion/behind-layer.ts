/** Behind a layer that is whole, in its line. */

/** Words behind which a layer begins. */
const leading = new Set(['then', 'else', 'if', 'not', 'and', 'or', 'block', 'x', 'where', 'rule']);

/** Where a layer ends that is whole, and behind which the cursor is in the same line. */
export const endBehind = (before: string): number | undefined => {
  const [found, last] = /([\w)\]}]+)[ \t]+$/.exec(before) ?? [];
  if (found === undefined || last === undefined) return undefined;
  return leading.has(last) || /^\d+x$/.test(last) ? undefined : before.trimEnd().length;
};

/** What a layer may be followed by that is half of something: of an `if`, or of a rule. */
export const nextIn = (text: string): string | undefined => {
  const [, chosen] = /\bthen\b([^;{}]*)$/.exec(text) ?? [];
  if (chosen !== undefined && !/\belse\b/.test(chosen)) return 'else';
  const rule = text.lastIndexOf('rule ');
  return text.startsWith('rewrite') && rule >= 0 && !text.slice(rule).includes('=>')
    ? '=>'
    : undefined;
};
