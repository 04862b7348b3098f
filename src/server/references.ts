/** Every place of a name, in all programs of the project that may have it. */
import { isOfNetc } from '../syntax/source.ts';
import type { Ground } from './ground.ts';
import type { Declared, Use } from './meaning.ts';
import type { View } from '../workspace/workspace.ts';
import { useAt, usesOf } from './uses.ts';

const tooMany =
  'the project has more files than are looked through, so it may stand in others; open a smaller folder';
const notRead = (path: string): string =>
  `it may stand in \`${path}\` too, which is too long for an editor; split that file`;

/** Files of a project that are checked for a name, after a search for it as text. */
const MOST_FILES = 100;

/** Whether two declarations are one. */
const sameDeclared = (a: Declared | undefined, b: Declared | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.span.path === b.span.path &&
  a.span.start === b.span.start &&
  a.span.end === b.span.end;

/** The name at a place. */
export const nameAt = ({ view, path }: Ground, offset: number): Use | undefined =>
  useAt(view, path, offset);

/** The uses of a declaration in the file itself. */
export const usesHere = ({ view, path }: Ground, declared: Declared): readonly Use[] =>
  usesOf(view, path).filter((use) => sameDeclared(use.declared, declared));

/** Names that other files can see. */
const isShared = ({ from, node }: Declared): boolean => {
  const isTop = node !== undefined && from !== 'module';
  return isTop || from === 'parameter';
};

const textAt = (ground: Ground, { span: { path, start, end } }: Declared): string =>
  ground.textOf(path)?.text.slice(start, end) ?? '';

/** Files that are looked through, and why there may be more. */
type Looked = { readonly paths: readonly string[]; readonly lacks: string | undefined };

/** The other files that import something and have this in their text. */
const mentioning = ({ projects, document }: Ground, all: readonly string[]): Looked => {
  const beside = projects.beside(document);
  const paths = beside.paths.filter((path) => {
    if (path === document.path) return false;
    const text = projects.read({ root: document.root, path }) ?? '';
    return all.every((word) => text.includes(word)) && /^\s*import\b/m.test(text);
  });
  const looked = paths.slice(0, MOST_FILES);
  if (!beside.areAll || looked.length < paths.length) return { paths: looked, lacks: tooMany };
  const unread = looked.find(
    (path) => !projects.view({ root: document.root, path }).sources.has(path),
  );
  return { paths: looked, lacks: unread === undefined ? undefined : notRead(unread) };
};

/** The uses of a declaration, and why there may be more in files that were not looked through. */
export type Everywhere = { readonly uses: readonly Use[]; readonly lacks: string | undefined };

/** The uses of a declaration in every file, each place once, in order of the files. */
export const usesEverywhere = (ground: Ground, declared: Declared): Everywhere => {
  const { projects, document, view } = ground;
  const found = new Map<string, Use>();
  const look = (paths: Iterable<string>, of: Ground['view']): void => {
    for (const path of paths)
      for (const use of usesOf(of, path))
        if (sameDeclared(use.declared, declared)) found.set(`${path} ${use.word.start}`, use);
  };
  look(view.program?.files.keys() ?? [], view);
  const others = isShared(declared) ? mentioning(ground, [textAt(ground, declared)]) : undefined;
  for (const path of others?.paths ?? []) {
    const other = projects.view({ root: document.root, path });
    if (other.sources.has(declared.span.path)) look(other.program?.files.keys() ?? [], other);
  }
  const uses = [...found.values()].filter(({ word }) => !isOfNetc(word.path));
  return { uses, lacks: others?.lacks };
};

/** The programs of other files that import this one, open or not. */
export const importing = (ground: Ground): readonly View[] => {
  const { projects, document } = ground;
  const file = document.path.split('/').at(-1)!;
  return mentioning(ground, [file])
    .paths.map((path) => projects.view({ root: document.root, path }))
    .filter(({ sources }) => sources.has(document.path));
};

/** The programs in which a declaration has its name, or could meet another of a new name. */
export const programsSeeing = (
  ground: Ground,
  declared: Declared,
  newName: string,
): readonly View[] => {
  const { projects, document, view } = ground;
  if (!isShared(declared)) return [view];
  const file = declared.span.path.split('/').at(-1)!;
  const paths = new Set([
    ...mentioning(ground, [textAt(ground, declared)]).paths,
    ...mentioning(ground, [newName, file]).paths,
  ]);
  const others = [...paths]
    .map((path) => projects.view({ root: document.root, path }))
    .filter(({ sources }) => sources.has(declared.span.path));
  return [view, ...others];
};
