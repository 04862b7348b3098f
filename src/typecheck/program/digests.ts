/**
 * What declarations depend on: themselves, and what their words mean, through all that those mean. As long as that is the
 * same, so is the digest: one object.
 */
import { newKept, perObject, type Kept } from '../../syntax/memo.ts';
import type { Span } from '../../syntax/source.ts';
import type { Declaration, Definition, Word } from '../../syntax/tree.ts';
import { seek } from '../expr/names.ts';
import type { Entry, Scope } from '../expr/values.ts';

/** Stands for all that something depends on. It has no contents: the same object is the same meaning. */
export type Digest = object;

/** What a word means: it stays the same as long as the parts do. */
type Meaning = readonly unknown[];

/** The meanings that the words of a declaration had last. */
type Meanings = {
  readonly isFirst: boolean;
  readonly all: readonly Meaning[];
  readonly digest: Digest;
};

const isSame = (a: Meaning, b: Meaning): boolean =>
  a === b || (a.length === b.length && a.every((part, i) => part === b[i]));

/** What outlives a check. */
export type PastDigests = {
  readonly meanings: Kept<Declaration, Meanings>;
  /** all names that the files of a program could see last, by its entry */
  readonly names: Map<string, { readonly text: string; readonly digest: Digest }>;
};

/** Nothing has been checked yet. */
export const noDigests = (): PastDigests => ({ meanings: newKept(), names: new Map() });

/** What the declarations of a program depend on now. */
export type Digests = {
  /** undefined for what is not declared in a file of the program */
  readonly of: (d: Declaration) => Digest | undefined;
  /** all names that the files can see */
  readonly names: Digest;
};

/** What a file declares, and the names that it sees. */
export type FileScope = readonly [declarations: readonly Declaration[], scope: Scope];

const isWord = (part: object): part is Word => 'parts' in part;

const shown = ({ parts }: Word): string => parts.map(({ text }) => text).join('.');

/** The word of `with paper` or `with r.paper`, which the tree has as one name. */
const wordOf = (text: string, span: Span): Word => ({
  parts: text.split('.').map((part) => ({ text: part, span })),
  span,
});

/** Visits every word in a part of a tree. */
export const eachWord = (part: unknown, visit: (word: Word) => void): void => {
  if (Array.isArray(part)) for (const one of part) eachWord(one, visit);
  else if (typeof part === 'object' && part !== null) {
    if (isWord(part)) visit(part);
    else
      for (const [key, inner] of Object.entries(part)) if (key !== 'span') eachWord(inner, visit);
  }
};

/** Every word of a declaration, once, with its text; those that mean a parameter of it too. */
export const wordsOf: (d: Declaration) => readonly (readonly [string, Word])[] = perObject((d) => {
  const found = new Map<string, Word>();
  eachWord(d, (word) => found.set(shown(word), word));
  if ('with' in d && d.with !== undefined) found.set(d.with.text, wordOf(d.with.text, d.with.span));
  return [...found];
});

/** Whether its name means the declaration itself, which a message does not suggest in its own text. */
const isFirst = (d: Declaration, scope: Scope): boolean => {
  const value = 'name' in d ? scope.names.get(d.name.text)?.value() : undefined;
  return value?.tag === 'callable' && value.callee.tag === 'definition'
    ? value.callee.definition === d
    : true;
};

/** The parameters of a definition, as far as it depends on them where it is suggested. */
const parametersOf = perObject(({ parameters }: Definition): string =>
  parameters
    .map((p) => (p.tag === 'rest' ? '..' : `${p.name.text}${p.default === undefined ? '' : '='}`))
    .join(),
);

/** The kind of thing that a name means: some kinds are suggested where others are not. */
const kindOf = (entry: Entry): string => {
  const value = entry.value();
  if (value.tag === 'callable' && value.callee.tag === 'definition')
    return `callable(${parametersOf(value.callee.definition)})`;
  if (value.tag !== 'protocol') return value.tag;
  return `${value.train === undefined ? '' : 'train'}${value.eval === undefined ? '' : 'eval'}`;
};

/** All names that can be seen, those behind the name of an import too, each with its kind. */
const namesIn = (scope: Scope): string => {
  const names: string[] = [];
  for (let s: Scope | undefined = scope; s !== undefined; s = s.parent) {
    for (const [name, entry] of s.names) names.push(name, kindOf(entry));
    for (const [name, files] of s.more?.ambiguous ?? []) names.push(name, ...files);
    for (const [module, theirs] of s.more?.modules ?? []) {
      names.push(`${module}.`, theirs === undefined ? 'lost' : '');
      if (module !== 'std')
        for (const [name, entry] of theirs?.names ?? []) names.push(name, kindOf(entry));
    }
  }
  return names.join(' ');
};

/** Definitions that use each other in a longer chain are found anew in each check. */
const LONGEST_CHAIN = 500;

/** The digests of a program whose files, with their declarations, have these scopes. */
export const digestsOf = (
  past: PastDigests,
  entry: string,
  files: readonly FileScope[],
): Digests => {
  const scopes = new Map(files.flatMap(([all, scope]) => all.map((d) => [d, scope] as const)));
  const known = new Map<Declaration, Digest>();
  let chain = 0;

  const meaningOf = (found: Entry): Meaning => {
    const value = found.value();
    switch (value.tag) {
      case 'callable':
        return value.callee.tag === 'operator'
          ? [value.callee.row]
          : [digestOf(value.callee.definition)];
      case 'rewrite':
        // one that takes over rules is made of two declarations, and is another when either is
        return [digestOf(value.pass) ?? value.pass];
      case 'protocol':
        return [value.train, value.eval].map((d) => d && digestOf(d));
      default:
        return [value.tag];
    }
  };
  const meaningIn = (scope: Scope, word: Word): Meaning => {
    const sought = seek(word, scope);
    switch (sought.tag) {
      case 'entry':
        return meaningOf(sought.entry);
      case 'ambiguous':
        return [sought.tag, ...sought.files];
      default:
        return [sought.tag];
    }
  };
  /** Many declarations of a file have the same words. */
  const inFiles = new Map(files.map(([, scope]) => [scope, new Map<string, Meaning>()]));
  const meaningOnce = (scope: Scope, text: string, word: Word): Meaning => {
    const met = inFiles.get(scope)!;
    const meaning = met.get(text) ?? meaningIn(scope, word);
    met.set(text, meaning);
    return meaning;
  };
  const digestOf = (d: Declaration): Digest | undefined => {
    const scope = scopes.get(d);
    if (scope === undefined) return undefined;
    const found = known.get(d);
    if (found !== undefined) return found;
    // a declaration that seems to use itself is unlike any before, and so is one whose chain is too long
    const unlike = {};
    known.set(d, unlike);
    if (chain >= LONGEST_CHAIN) return unlike;
    const before = past.meanings.get(d);
    const first = isFirst(d, scope);
    chain++;
    const all = wordsOf(d).map(([text, word]) => meaningOnce(scope, text, word));
    chain--;
    const isAsBefore =
      before?.isFirst === first && all.every((meaning, i) => isSame(meaning, before.all[i]!));
    const digest = isAsBefore ? before.digest : {};
    if (!isAsBefore) past.meanings.set(d, { isFirst: first, all, digest });
    known.set(d, digest);
    return digest;
  };

  const text = files.map(([, scope]) => namesIn(scope)).join('\n');
  const before = past.names.get(entry);
  const names = before?.text === text ? before : { text, digest: {} };
  past.names.set(entry, names);
  return { of: digestOf, names: names.digest };
};
