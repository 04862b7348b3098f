/** The text of a call of Keras or PyTorch, in netc's words. */
import { answerTo, callsNamed } from './elsewhere.ts';
import { givenIn } from './orders.ts';
import { activation, translated } from './translate.ts';

/** The last part of a name: `Conv2D` of `layers.Conv2D`. */
export const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** `Conv2D(64, 3)` with these arguments as `conv3-64(pad = valid)`; undefined where netc has nothing for it. */
export const callInNetc = (name: string, list: string): string | undefined => {
  const word = lastPart(name);
  const given = givenIn(list);
  if (/^activation$/i.test(word)) return activation(given.positional[0] ?? '') || undefined;
  const answer = answerTo(word);
  if (answer === undefined || answer.tag === 'none') return undefined;
  const op = answer.tag === 'operator' ? answer.op : undefined;
  const calls = callsNamed(answer, word);
  if (calls.length === 0 && answer.tag === 'composed')
    return answer.exact && list.trim() === '' ? answer.written : undefined;
  const tried = [
    ...calls.filter(({ by }) => by === 'Keras'),
    ...calls.filter(({ by }) => by !== 'Keras'),
    undefined,
  ];
  for (const call of tried) {
    const made = translated(op, call, given);
    if (made.tag === 'written' && made.text !== '') return made.text;
  }
  return undefined;
};
