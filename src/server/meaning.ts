/** What a name of a file may mean: what the file declares, and what its imports bring. */
import * as E from 'fp-ts/lib/Either.js';
import { resolveImport } from '../typecheck/program/import-path.ts';
import { perObject } from '../syntax/memo.ts';
import { splitSize } from '../typecheck/expr/split-size.ts';
import { standardScope } from '../typecheck/expr/standard.ts';
import { isOfNetc, type Span } from '../syntax/source.ts';
import type { Declaration, Definition, Name, Word } from '../syntax/tree.ts';
import type { View } from '../workspace/workspace.ts';

/** What kind of name it is, which says where it was found. */
export type From =
  | 'parameter'
  | 'size'
  | 'where'
  | 'declaration'
  | 'import'
  | 'std'
  /** `f as a`, `@a` */
  | 'remembered'
  /** `r` of `import … as r` */
  | 'module'
  /** a variable of a rule */
  | 'variable'
  /** a label, which names weights; a rule of a pass */
  | 'label'
  | 'rule'
  /** a form of a clause, such as `imagefolder` */
  | 'form';

/** Where a name is declared; the place is that of the name, where it lies now. */
export type Declared = {
  readonly span: Span;
  readonly from: From;
  /** what it names, where that is a declaration */
  readonly node?: Declaration;
  /** what the names around it mean, where it does not stand in its file itself */
  readonly around?: (text: string) => Declared | undefined;
};

/** A name in a text: the part of a word that names, without the size at its end. */
export type Use = {
  readonly word: Span;
  readonly text: string;
  readonly from: From;
  /** undefined for what is built in, or unknown */
  readonly declared: Declared | undefined;
  /** of `stride = 2` in a call, which means something to what is called alone */
  readonly argument?: {
    /** what is called, where that is an operator */
    readonly operator: string | undefined;
  };
};

/** Whether a use is the name of its own declaration. */
export const isDeclaration = ({ word, declared }: Use): boolean =>
  declared !== undefined && declared.span.path === word.path && declared.span.start === word.start;

type Table = ReadonlyMap<string, Declared>;

/** Names by what they may stand for: those of `train` and `eval` apart, because they may be the same. */
export type Tables = { readonly own: Table; readonly train: Table; readonly eval: Table };

/** The names that a file declares. */
export type FileNames = Tables & { readonly path: string };

/** What a file sees: its own names, and those that its imports bring. */
export type Seen = FileNames & {
  readonly imported: Tables;
  readonly modules: ReadonlyMap<
    string,
    { readonly at: Declared; readonly names: FileNames | undefined }
  >;
};

const tables = ['own', 'train', 'eval'] as const;

/** The path of what a file imports as `written`; undefined if the program has no such file. */
export const importedPath = (view: View, from: string, written: string): string | undefined => {
  const path = isOfNetc(written) ? E.right(written) : resolveImport(from, written);
  return E.isRight(path) && view.program?.files.has(path.right) === true ? path.right : undefined;
};

export const namesOf = (view: View, path: string): FileNames => {
  const names = { path, own: new Map(), train: new Map(), eval: new Map() };
  for (const node of view.program?.files.get(path)?.tree.declarations ?? []) {
    if (!('name' in node)) continue;
    const into = node.tag === 'train' || node.tag === 'eval' ? names[node.tag] : names.own;
    const { text, span } = node.name;
    // of two that have one name the first counts
    if (!into.has(text)) into.set(text, { span: view.locate(span), from: 'declaration', node });
  }
  return names;
};

/** Names that imports bring, with the files that they come from. */
type Brought = {
  readonly from: Map<string, string>;
  readonly names: { readonly [T in keyof Tables]: Map<string, Declared> };
};

const brought = (): Brought => ({
  from: new Map(),
  names: { own: new Map(), train: new Map(), eval: new Map() },
});

/** Brings a name of a file; one that another file has brought already means neither (E0309). */
const bring = ({ from, names }: Brought, theirs: FileNames, name: string): void => {
  const before = from.get(name) ?? theirs.path;
  from.set(name, before);
  for (const table of tables) {
    const declared = theirs[table].get(name);
    if (before !== theirs.path) names[table].delete(name);
    else if (declared !== undefined) names[table].set(name, { ...declared, from: 'import' });
  }
};

const known = perObject((_view: View) => new Map<string, Seen>());

/** What a file sees. A picked name wins over one that comes with a whole file. */
export const seenIn = (view: View, path: string): Seen => {
  const seen = known(view).get(path) ?? lookAround(view, path);
  known(view).set(path, seen);
  return seen;
};

const lookAround = (view: View, path: string): Seen => {
  const [whole, picked] = [brought(), brought()];
  const modules = new Map<string, { at: Declared; names: FileNames | undefined }>();
  const std = standardScope().names;
  for (const node of view.program?.files.get(path)?.tree.declarations ?? []) {
    if (node.tag !== 'import') continue;
    const from = importedPath(view, path, node.path.text);
    const theirs = from === undefined ? undefined : namesOf(view, from);
    if (node.as !== undefined) {
      const at: Declared = { span: view.locate(node.as.span), from: 'module', node };
      modules.set(node.as.text, { at, names: theirs });
    } else if (theirs !== undefined && node.picked === undefined) {
      const all = new Set(tables.flatMap((table) => [...theirs[table].keys()]));
      for (const name of all)
        if (!name.startsWith('_') && !std.has(name)) bring(whole, theirs, name);
    } else if (theirs !== undefined)
      node.picked?.forEach(({ text }) => bring(picked, theirs, text));
  }
  const both = (table: keyof Tables): Table =>
    new Map([
      ...[...whole.names[table]].filter(([name]) => !picked.from.has(name)),
      ...picked.names[table],
    ]);
  const imported = { own: both('own'), train: both('train'), eval: both('eval') };
  return { ...namesOf(view, path), imported, modules };
};

/** Whatever a file declares under a name: of a `train` and an `eval` the first. */
export const declaredIn = (names: Tables, name: string): Declared | undefined =>
  tables.map((table) => names[table].get(name)).find((declared) => declared !== undefined);

/** The trainings, or the evaluations, that a file sees, each as it is written there. */
export const protocolsIn = (
  { imported, modules, ...own }: Seen,
  tag: 'train' | 'eval',
): ReadonlyMap<string, Declared> =>
  new Map([
    ...own[tag],
    ...[...imported[tag]].filter(([name]) => !own[tag].has(name)),
    ...[...modules].flatMap(([module, { names }]) =>
      [...(names?.[tag] ?? [])].map(([name, declared]) => [`${module}.${name}`, declared] as const),
    ),
  ]);

/** What a name means in a file, apart from what a body adds to that. */
const inFile = (seen: Seen, text: string): Declared | 'std' | undefined =>
  declaredIn(seen, text) ??
  declaredIn(seen.imported, text) ??
  (standardScope().names.has(text) ? 'std' : undefined);

/** A meaning, and the part of the word that has it. */
export type Meant = { readonly text: string; readonly declared: Declared | 'std' };

/** Looks a word up whole, and then without the size at its end. */
export const meant = (
  seen: Seen,
  name: Name,
  inBody: (text: string) => Declared | undefined,
): Meant | undefined => {
  const of = (text: string): Meant | undefined => {
    const declared = inBody(text) ?? inFile(seen, text);
    return declared && { text, declared };
  };
  const parts = splitSize(name.text);
  return of(name.text) ?? (parts && of(parts.stem));
};

/** A name of a module. */
export const meantIn = (names: FileNames | 'std', name: Name): Meant | undefined => {
  const of = (text: string): Meant | undefined => {
    const declared =
      names === 'std' ? (standardScope().names.has(text) ? 'std' : undefined) : names.own.get(text);
    return declared && { text, declared };
  };
  const parts = splitSize(name.text);
  return of(name.text) ?? (parts && of(parts.stem));
};

/** The definition behind a name. */
export const definitionOf = (declared: Declared | undefined): Definition | undefined =>
  declared?.node?.tag === 'def' || declared?.node?.tag === 'net' ? declared.node : undefined;

/** The last name of a word, which is what it means. */
export const lastOf = ({ parts }: Word): Name => parts[parts.length - 1]!;
