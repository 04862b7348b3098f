/** What the manual says of a word of another framework. */
import type { Answer } from '../ops/elsewhere/answer.ts';
import { translated } from '../ops/elsewhere/translate.ts';

/** In one line: what netc has for it. */
export const saidOf = (answer: Answer): string => {
  if (answer.tag === 'none') return `netc has no such layer: ${answer.says}.`;
  const { written, does } = answer;
  const but = answer.tag === 'operator' && answer.but ? `, which ${answer.but}` : '';
  return `netc writes \`${written}\`: ${does}${but}.`;
};

/** How a call without arguments is written, a line for each framework where they take different numbers; else nothing. */
export const defaultsOf = (answer: Answer): string => {
  if (answer.tag !== 'operator') return '';
  const lines = new Map(
    (answer.calls ?? []).flatMap((call) => {
      const made = translated(answer.op, call, { positional: [], named: [] });
      const [name] = call.names.split(' ');
      return made.tag === 'written' ? [[`- ${call.by}, \`${name}()\`: `, made.text] as const] : [];
    }),
  );
  const differ = new Set(lines.values()).size > 1;
  return differ
    ? [
        'What it is without arguments:',
        '',
        ...[...lines].map(([of, text]) => `${of}\`${text}\``),
      ].join('\n')
    : '';
};

/** The signs of what netc writes instead, such as those of joins. */
export const signsOf = (answer: Answer): readonly string[] =>
  answer.tag === 'composed' ? [...new Set(answer.written.match(/(?<= )[+*|](?= )|\bas\b|@/g))] : [];
