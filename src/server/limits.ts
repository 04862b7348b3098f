/** How much an editor is answered about: what takes longer than a second belongs to the commands. */
import * as E from 'fp-ts/lib/Either.js';
import { declaringWords } from '../parser/lexemes.ts';
import { hasMoreWords } from '../syntax/source.ts';
import { thousands } from '../numeric/figures.ts';
import type { Files } from '../typecheck/program/modules.ts';

/** Of a file, in UTF-16 code units: tens of thousands of lines. */
const MOST_TEXT = 2 ** 20;
/** Words and signs of one declaration, which an edit reads anew: thousands of layers. */
const MOST_WORDS = 2 ** 15;

/** Layers of a net that is written out as a document, and of one that is drawn. */
export const mostLayers = { written: 20_000, drawn: 2_000 };

const beginning = new RegExp(`^(?:${declaringWords.join('|')})\\b`, 'gm');

/** Why a text is not checked while it is edited; undefined if it is. */
export const tooLong = (text: string): string | undefined => {
  if (text.length <= MOST_WORDS) return undefined;
  if (text.length > MOST_TEXT)
    return `is too long for an editor: it has more than ${thousands(MOST_TEXT)} characters`;
  let from = 0;
  for (const at of [...[...text.matchAll(beginning)].map(({ index }) => index), text.length]) {
    if (at - from > MOST_WORDS && hasMoreWords(text.slice(from, at), MOST_WORDS))
      return `is too long for an editor: one of its declarations has more than ${thousands(MOST_WORDS)} words`;
    from = at;
  }
  return undefined;
};

/** Files without those that are too long: of the disk, or open, which `held` has with the reason. */
export const limited = (files: Files, held: ReadonlyMap<string, string>): Files => {
  const refused = (message: string): ReturnType<Files['read']> =>
    E.left({ code: 'E0002', message, notes: ['`netc check` takes longer files'] });
  return {
    ...files,
    read: (path) => {
      const why = held.get(path);
      if (why !== undefined) return refused(why);
      const source = files.read(path);
      const long = E.isRight(source) ? tooLong(source.right.text) : undefined;
      return long === undefined ? source : refused(long);
    },
  };
};
