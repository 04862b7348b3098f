/** What may be written in `train` and `eval`. */
import { allClauses } from '../../protocol/document.ts';
import { firstSentence } from '../../rewrite/document.ts';
import type { Ground } from '../ground.ts';
import { protocolsIn, seenIn } from '../meaning.ts';
import { outermostBefore } from '../tree-at.ts';
import type { Context } from './context.ts';
import { definitionsSeen } from './names.ts';
import { kinds, named, words, type Offer } from './offer.ts';

/** The clauses that are not there yet. */
export const clauses = (ground: Ground, offset: number, of: 'train' | 'eval'): readonly Offer[] => {
  const d = outermostBefore(ground, offset);
  const given = new Set(
    d !== undefined && 'clauses' in d
      ? d.clauses.map(({ words: w }) => w.map(({ text }) => text).join(' '))
      : [],
  );
  return allClauses
    .filter(({ word, of: own }) => (own === of || word === 'data') && !given.has(word))
    .map(({ word, row }) => ({
      label: word,
      kind: kinds.keyword,
      detail: row.example,
      doc: row.doc,
      snippet: `${word} `,
    }));
};

/** The values of a clause. */
export const forms = (clause: string): readonly Offer[] =>
  allClauses
    .filter(({ word }) => word === clause)
    .flatMap(({ row }) => row.forms)
    .map(({ name, doc, example }) => ({
      label: name,
      kind: kinds.value,
      detail: example,
      doc: firstSentence(doc),
    }));

type Head = Extract<Context, { readonly tag: 'head' }>;

/** A net, a recipe or weights; what is being written is none of them. */
export const head = (ground: Ground, offset: number, { of, after }: Head): readonly Offer[] => {
  const seen = seenIn(ground.view, ground.path);
  if (after === ':')
    return named(
      [...definitionsSeen(ground)].flatMap(([name, { node }]) =>
        node?.tag === 'net' ? [name] : [],
      ),
    );
  const own = outermostBefore(ground, offset);
  const tags = after === 'from' ? (['train', 'eval'] as const) : [of];
  const names = tags.flatMap((tag) =>
    [...protocolsIn(seen, tag)].flatMap(([name, { node }]) => (node === own ? [] : [name])),
  );
  return words(new Set(names));
};
