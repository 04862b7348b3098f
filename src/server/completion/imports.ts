/** What an import may name. */
import { passTable } from '../../rewrite/passes.ts';
import type { Ground } from '../ground.ts';
import { importedPath, namesOf } from '../meaning.ts';
import { relativePath } from '../paths.ts';
import { outermostBefore } from '../tree-at.ts';
import { kinds, type Offer } from './offer.ts';

/** The files that netc ships, as imports name them. */
const shipped: readonly string[] = [...new Set(passTable.map(({ file }) => `netc:passes/${file}`))];

/**
 * The other files of the project, as an import of this one names them, and netc's own; in quotes where nothing is written
 * yet. Those that begin with `./` are written so where the path begins so.
 */
export const paths = (
  { projects, document, path }: Ground,
  written: string | undefined,
): readonly Offer[] => {
  const beside = projects
    .beside(document)
    .paths.filter((other) => other !== path)
    .map((other) => relativePath(path, other));
  const below = beside.filter((other) => !other.startsWith('.'));
  const above = beside.filter((other) => other.startsWith('.'));
  const here = written?.startsWith('./') === true ? './' : '';
  const all = [...below.map((other) => here + other), ...above, ...shipped];
  return all.map((label) => ({
    label: written === undefined ? JSON.stringify(label) : label,
    kind: kinds.file,
  }));
};

/** What may stand behind the path. */
export const pickings: readonly Offer[] = [
  { label: '( )', kind: kinds.keyword, doc: 'some names only', snippet: '($0)' },
  { label: 'as', kind: kinds.keyword, doc: 'all names behind a word', snippet: 'as ${1:name}' },
];

/** The names of a file that may be picked, but those that are picked already. */
export const picked = (ground: Ground, offset: number, from: string): readonly Offer[] => {
  const { view, path } = ground;
  const d = outermostBefore(ground, offset);
  const before = new Set(
    d?.tag === 'import'
      ? d.picked?.flatMap(({ text, span }) => (view.locate(span).end < offset ? [text] : []))
      : [],
  );
  const file = importedPath(view, path, from);
  const {
    own,
    train,
    eval: evals,
  } = file === undefined
    ? { own: new Map(), train: new Map(), eval: new Map() }
    : namesOf(view, file);
  const passes = passTable.filter((pass) => `netc:passes/${pass.file}` === from);
  const declared = [...own, ...train, ...evals].map(([name, { node }]): Offer => ({
    label: name,
    kind: kinds.function,
    detail: node?.tag,
    doc: node !== undefined && 'doc' in node ? node.doc : undefined,
  }));
  const all =
    declared.length > 0
      ? declared
      : passes.map(({ name }): Offer => ({ label: name, kind: kinds.function, detail: 'rewrite' }));
  return all.filter(({ label }) => !before.has(label));
};
