/** Selections that grow around a place. */
import * as E from 'fp-ts/lib/Either.js';
import type { SelectionRange } from 'vscode-languageserver-protocol';
import { at } from '../client.ts';
import { groundOf, invalid, offsetIn, type Feature } from '../feature.ts';
import { rangeIn, type Ground } from '../ground.ts';
import { pathAt } from '../tree-at.ts';

/** What grows from a place: the word, then each expression around it, the declaration, the file. */
const selectionAt = (ground: Ground, offset: number): SelectionRange => {
  const { text } = ground.text;
  const ranges: { start: number; end: number }[] = [{ start: 0, end: text.length }];
  const add = (start: number, end: number): void => {
    const last = ranges.at(-1)!;
    const isInside = last.start <= start && end <= last.end;
    if (isInside && (last.start !== start || last.end !== end)) ranges.push({ start, end });
  };
  for (const { it } of pathAt(ground, offset)) {
    const { start, end } = ground.view.locate(it.span);
    add(start, end);
    if ('word' in it) {
      const word = ground.view.locate(it.word.span);
      if (word.start <= offset && offset <= word.end) add(word.start, word.end);
    }
  }
  return ranges.reduce<SelectionRange | undefined>(
    (parent, range) => ({
      range: rangeIn(ground, range),
      ...(parent === undefined ? {} : { parent }),
    }),
    undefined,
  )!;
};

export const selectionRanges: Feature = {
  method: 'textDocument/selectionRange',
  name: 'Selections',
  doc: 'that grow from a word to the layer, its expression, the declaration',
  offers: () => ({ selectionRangeProvider: true }),
  answer: (session, params) =>
    E.chain((ground: Ground) => {
      const positions = at(params, 'positions');
      if (!Array.isArray(positions)) return invalid('`positions` must be a list');
      const offsets = positions.map((position) => offsetIn(ground, position));
      const wrong = offsets.find(E.isLeft);
      if (wrong !== undefined) return wrong;
      return E.right(offsets.flatMap((o) => (E.isRight(o) ? [selectionAt(ground, o.right)] : [])));
    })(groundOf(session, params)),
};
