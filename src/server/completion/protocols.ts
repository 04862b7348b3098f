/** What may be written in `train` and `eval`. */
import { allClauses } from '../../protocol/document.ts';
import { firstSentence } from '../../rewrite/document.ts';
import type { Ground } from '../ground.ts';
import { rowOf } from '../../ops/table.ts';
import { withoutNet } from '../../protocol/selection.ts';
import type { Expr } from '../../syntax/tree.ts';
import { trainedIn } from '../../typecheck/net/costs.ts';
import { writtenOut } from '../../typecheck/net/flat.ts';
import { lastOf, protocolsIn, seenIn } from '../meaning.ts';
import { outermostBefore } from '../tree-at.ts';
import type { Context } from './context.ts';
import { netsSeen } from './names.ts';
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

/** The values of a clause; of one without forms its example. */
export const forms = (clause: string): readonly Offer[] =>
  allClauses
    .filter(({ word }) => word === clause)
    .flatMap(({ row }): readonly Offer[] =>
      row.forms.length === 0
        ? [{ label: row.example, kind: kinds.value, doc: row.takes }]
        : row.forms.map(({ name, doc, example }) => ({
            label: name,
            kind: kinds.value,
            detail: example,
            doc: firstSentence(doc),
          })),
    );

const clausesOf = (of: 'train' | 'eval'): Offer => ({
  label: '{ }',
  kind: kinds.keyword,
  doc: 'clauses, one a line',
  snippet: of === 'train' ? '{\n  data $0\n}' : '{\n  $0\n}',
});

const joining = (label: string, doc: string): Offer => ({
  label,
  kind: kinds.keyword,
  doc,
  snippet: `${label} `,
});

/** What may follow a part of the head. */
export const headings = (
  ground: Ground,
  { of, has }: Extract<Context, { readonly tag: 'heading' }>,
): readonly Offer[] => {
  const nets = has === 'name' ? named(netsSeen(ground).map((name) => `: ${name}`)) : [];
  const from = joining('from', 'the training, or the file, whose weights are taken');
  const recipe = joining('with', 'the clauses of another');
  const rest =
    of === 'eval' && (has === 'net' || has === 'name')
      ? [from, recipe]
      : has === 'with'
        ? []
        : [recipe];
  return [...nets, ...rest, clausesOf(of)];
};

/** The layers with weights of the net that a declaration is about. */
const weighted = (
  ground: Ground,
  offset: number,
  ofSource: boolean,
): readonly { readonly path: string; readonly op: string }[] => {
  const { view, path } = ground;
  const d = outermostBefore(ground, offset);
  if (d === undefined || !('clauses' in d)) return [];
  const nameIn = (expr: Expr | undefined): string | undefined =>
    expr?.tag === 'chain' ? lastOf(expr.word).text : undefined;
  const source = d.clauses.find(({ words: w }) => w[1]?.text === 'from')?.values[0]?.items[0];
  const trained = protocolsIn(seenIn(view, path), 'train').get(nameIn(source) ?? '')?.node;
  const about = ofSource && trained !== undefined && 'net' in trained ? trained.net : d.net;
  const net = view.program?.nets.find(({ name }) => name === nameIn(about));
  if (net === undefined) return [];
  return writtenOut(net).layers.filter(
    ({ op, args, inputTypes }) => trainedIn(rowOf(op).weights(args, inputTypes)) > 0,
  );
};

const counts = ['1', '2', '3', '4'];

/** Which layers are chosen: from an end, of an operator, or at a path. */
export const selections = (
  ground: Ground,
  offset: number,
  { words: [head, count], ofSource }: Extract<Context, { readonly tag: 'selection' }>,
): readonly Offer[] => {
  if (head === undefined)
    return [
      joining('first', 'so many layers of an operator from the beginning'),
      joining('last', 'so many layers of an operator from the end'),
      joining('within', 'the layers at a path'),
      joining('all but', 'the others'),
    ];
  const layers = weighted(ground, offset, ofSource);
  if (head === 'within') {
    const folders = layers.flatMap(({ path }) => {
      const parts = withoutNet(path).split('/');
      return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
    });
    return words([...new Set(folders)].map((path) => JSON.stringify(path)));
  }
  return words(count === undefined ? counts : new Set(layers.map(({ op }) => op)));
};

type Head = Extract<Context, { readonly tag: 'head' }>;

/** A net, a recipe or weights; what is being written is none of them. */
export const head = (ground: Ground, offset: number, { of, after }: Head): readonly Offer[] => {
  const seen = seenIn(ground.view, ground.path);
  if (after === ':') return named(netsSeen(ground));
  const own = outermostBefore(ground, offset);
  const tags = after === 'from' ? (['train', 'eval'] as const) : [of];
  const names = tags.flatMap((tag) =>
    [...protocolsIn(seen, tag)].flatMap(([name, { node }]) => (node === own ? [] : [name])),
  );
  return words(new Set(names));
};
