/** Files and what they import: loading a whole program, and the names each file sees. */
import * as E from 'fp-ts/lib/Either.js';
import { diagnosticsOf, resultOf, type Checked } from '../../diagnostic/checked.ts';
import type { Code } from '../../diagnostic/codes.ts';
import { error, replace, type Diagnostic, type Fix } from '../../diagnostic/diagnostic.ts';
import { near } from '../../diagnostic/suggest.ts';
import { thousands } from '../../numeric/figures.ts';
import { table } from '../../ops/table.ts';
import { hasMoreWords, startOf, type Source, type Span } from '../../syntax/source.ts';
import { passesOfFile } from '../../syntax/taken-over.ts';
import type { Declaration, Protocol, Tree, Rewrite } from '../../syntax/tree.ts';
import { declare, reportTwice } from '../expr/bodies.ts';
import type { Context } from '../expr/context.ts';
import { inner, innerWithMore } from '../expr/scope.ts';
import { splitSize } from '../expr/split-size.ts';
import { eachWord } from './digests.ts';
import { unknown, type Value, type Entry, type Scope } from '../expr/values.ts';
import { standardScope } from '../expr/standard.ts';
import type { SourceFile, Program } from './program.ts';

/** Why a file cannot be read, in words that follow its name. */
export type ReadFault = {
  readonly code: Code;
  readonly message: string;
  readonly notes?: readonly string[];
  /** files of the same folder with a name like it */
  readonly near?: readonly string[];
  /** what of netc's own was probably meant, as an import writes it */
  readonly better?: string;
};

/** Where source text comes from: the disk, an editor's buffers, a test. Paths are relative to the project. */
export type Files = {
  readonly read: (path: string) => E.Either<ReadFault, Source>;
  /** the path of what `from` imports as `written`; refused when it leaves the project */
  readonly resolve: (from: string, written: string) => E.Either<ReadFault, string>;
  /** what to import for each pass that netc ships, by its name */
  readonly shipped?: ReadonlyMap<string, string>;
};

/** A parser. It is a parameter because the checker must not import one. */
export type Parse = (source: Source) => Checked<Tree>;

type Import = Extract<Declaration, { readonly tag: 'import' }>;

const MOST_FILES = 256;
const DEEPEST = 32;
const MOST_TEXT = 16 * 2 ** 20;
/** Of one file. It keeps a check within 256 MiB, and a file of 100,000 layers is below it. */
const MOST_WORDS = 500_000;

/** A file of the program with its tree. */
export type Module = SourceFile & {
  readonly path: string;
  /** what each import leads to; undefined when it could not be loaded */
  readonly imports: ReadonlyMap<Import, string | undefined>;
};

/** The report for an unreadable file: at the import, or for a file named on the command line. */
export const importFault = (fault: ReadFault, place: Span, written: string): Diagnostic => {
  const { code, message, near = [], better } = fault;
  // the entry is named on the command line, so there is no text to fix
  const isWritten = place.end > place.start;
  const quoted = `"${written.replace(/[^/\\]*$/, near[0] ?? '')}"`;
  const beside = `the same folder has ${near.map((n) => `\`${n}\``).join(', ')}`;
  const fixes = [
    ...(near.length === 0 ? [] : [replace(`write \`${quoted}\``, place, quoted)]),
    ...(better === undefined
      ? []
      : [replace(`write \`"${better}"\`, which netc ships`, place, `"${better}"`)]),
  ];
  return error(code, place, `\`${written}\` ${message}`, {
    notes: [
      ...(fault.notes ?? []),
      ...(near.length === 0 ? [] : [beside]),
      ...(better === undefined || isWritten ? [] : [`netc's own is \`${better}\``]),
    ],
    fixes: isWritten ? fixes : [],
  });
};

/** The files of a program, parsed; and what is wrong with them so far. */
export type Modules = {
  readonly entry: string;
  readonly byPath: ReadonlyMap<string, Module>;
  readonly found: readonly Diagnostic[];
  readonly shipped: NonNullable<Files['shipped']>;
};

/** The entry file and all that it imports, each once. Faults are reported where the import stands. */
export const loadModules = (files: Files, parse: Parse, entry: string): Modules => {
  const found: Diagnostic[] = [];
  const report = (fault: Diagnostic): void => void found.push(fault);
  const modules = new Map<string, Module>();
  const loading: string[] = [];
  let characters = 0;

  const load = (path: string, place: Span, written: string): string | undefined => {
    if (modules.has(path)) return path;
    if (loading.includes(path)) {
      const cycle = [...loading.slice(loading.indexOf(path)), path];
      report(
        error(
          'E0004',
          place,
          `this import closes a cycle: ${cycle.map((p) => `\`${p}\``).join(' → ')}`,
          {
            label: 'imports a file that imports it',
            notes: ['move what both files need into a third one'],
          },
        ),
      );
      return undefined;
    }
    if (modules.size + loading.length >= MOST_FILES || loading.length > DEEPEST) {
      const bound =
        loading.length > DEEPEST
          ? `imports are nested at most ${DEEPEST} deep`
          : `a program has at most ${MOST_FILES} files`;
      report(error('E0006', place, bound));
      return undefined;
    }
    const source = files.read(path);
    if (E.isLeft(source)) {
      report(importFault(source.left, place, written));
      return undefined;
    }
    characters += source.right.text.length;
    if (characters > MOST_TEXT) {
      report(error('E0003', place, 'the program with its imports is larger than 16 MiB'));
      return undefined;
    }
    if (hasMoreWords(source.right.text, MOST_WORDS)) {
      report(
        error(
          'E0002',
          place,
          `\`${written}\` has more than ${thousands(MOST_WORDS)} words and signs`,
        ),
      );
      return undefined;
    }
    const parsed = parse(source.right);
    diagnosticsOf(parsed).forEach(report);
    const tree = resultOf(parsed);
    if (tree === undefined) return undefined;
    loading.push(path);
    const imports = new Map<Import, string | undefined>();
    for (const d of tree.declarations) {
      if (d.tag !== 'import') continue;
      // of a path that is not written the parser has said so
      if (d.path.span.start === d.path.span.end) {
        imports.set(d, undefined);
        continue;
      }
      const target = files.resolve(path, d.path.text);
      if (E.isLeft(target)) {
        report(importFault(target.left, d.path.span, d.path.text));
        imports.set(d, undefined);
      } else imports.set(d, load(target.right, d.path.span, d.path.text));
    }
    loading.pop();
    modules.set(path, { path, source: source.right, tree, imports });
    return path;
  };
  load(entry, startOf(entry), entry);
  return { entry, byPath: modules, found, shipped: files.shipped ?? new Map() };
};

/** The scope of every file. */
export const moduleScopes = (
  cx: Context,
  modules: ReadonlyMap<string, Module>,
): ReadonlyMap<string, Scope> => {
  const std = standardScope();
  const scopes = new Map<string, Scope>();
  // imported files come before those that import them
  for (const module of modules.values())
    scopes.set(module.path, moduleScope(cx, module, scopes, modules, std));
  return scopes;
};

type ScopeWithMore = ReturnType<typeof innerWithMore>;

/** Enters names with the files they come from; a name from two files is ambiguous. */
const bringer = (into: ScopeWithMore): ((name: string, from: string, entry: Entry) => void) => {
  const origin = new Map<string, string>();
  return (name, from, entry) => {
    const other = origin.get(name);
    if (other === undefined) {
      origin.set(name, from);
      into.names.set(name, { ...entry, from: 'import' });
    } else if (other !== from) {
      into.names.delete(name);
      into.more.ambiguous.set(name, [other, from]);
    }
  };
};

const moduleScope = (
  cx: Context,
  module: Module,
  scopes: ReadonlyMap<string, Scope>,
  modules: ReadonlyMap<string, Module>,
  std: Scope,
): Scope => {
  const imported = innerWithMore(std);
  // a picked name wins over one that came with a whole file
  const picks = innerWithMore(imported);
  const file = innerWithMore(picks);
  const bringAll = bringer(imported);
  const bringPicked = bringer(picks);
  for (const [declaration, path] of module.imports) {
    const theirs = path === undefined ? undefined : scopes.get(path);
    const target = path === undefined ? undefined : modules.get(path);
    if (path === undefined || theirs === undefined || target === undefined) {
      lose(declaration, imported, picks, file);
      continue;
    }
    if (declaration.as?.text === 'std')
      cx.report(
        error('E0310', declaration.as.span, '`std` is already the name of the operators', {
          label: 'choose another name',
        }),
      );
    else if (declaration.as !== undefined)
      file.more.modules.set(declaration.as.text, exported(theirs));
    else if (declaration.picked === undefined) {
      for (const [name, entry] of theirs.names)
        if (!name.startsWith('_') && !table.has(name)) bringAll(name, path, entry);
    } else
      for (const picked of declaration.picked) {
        const entry = theirs.names.get(picked.text);
        if (entry !== undefined) bringPicked(picked.text, path, entry);
        else {
          reportMissing(
            cx,
            picked,
            declaration.path.text,
            theirs,
            usesOf(module.tree.declarations, picked.text),
          );
          picks.names.set(picked.text, lost);
        }
      }
  }
  const passes = new Map(passesOfFile(module.tree).map((pass) => [pass.name, pass]));
  for (const d of module.tree.declarations) {
    if (d.tag === 'def' || d.tag === 'net') declare(cx, file, d, file);
    else if (d.tag === 'rewrite')
      declareNamed(cx, file, d.name, { tag: 'rewrite', pass: passes.get(d.name) ?? d });
    else if (d.tag === 'train' || d.tag === 'eval') declareProtocol(cx, file, d);
  }
  return file;
};

const lost: Entry = { from: 'import', value: () => unknown };

/** Makes the names of an import that could not be loaded unknown, so that they are not reported again. */
const lose = (
  declaration: Import,
  imported: ScopeWithMore,
  picks: ScopeWithMore,
  file: ScopeWithMore,
): void => {
  if (declaration.as !== undefined) file.more.modules.set(declaration.as.text, undefined);
  else if (declaration.picked === undefined) imported.more.open.value = true;
  else for (const { text } of declaration.picked) picks.names.set(text, lost);
};

const declareNamed = (
  cx: Context,
  file: Scope,
  name: { readonly text: string; readonly span: Span },
  value: Value,
): void => {
  const before = file.names.get(name.text);
  if (before !== undefined) reportTwice(cx, name.text, name.span, before.span);
  else file.names.set(name.text, { from: 'declaration', span: name.span, value: () => value });
};

/** A `train` and an `eval` may share a name: where one is meant, the other is not. */
const declareProtocol = (cx: Context, file: Scope, d: Protocol): void => {
  const before = file.names.get(d.name.text);
  const theirs = before?.value();
  if (theirs?.tag === 'callable') {
    const { text, span } = d.name;
    const what = d.tag === 'train' ? 'a training' : 'an evaluation';
    const own = `${what} has a name of its own: \`${d.tag} first : ${text}\``;
    return reportTwice(cx, text, span, before?.span, [own]);
  }
  if (theirs?.tag !== 'protocol' || theirs[d.tag] !== undefined)
    return declareNamed(cx, file, d.name, { tag: 'protocol', [d.tag]: d });
  const both: Value = { ...theirs, [d.tag]: d };
  file.names.set(d.name.text, { from: 'declaration', span: d.name.span, value: () => both });
};

/** The names behind `r.`: those that the file declares, without its imports and the operators. */
const exported = (theirs: Scope): Scope => {
  const scope = inner(undefined);
  for (const [name, entry] of theirs.names) scope.names.set(name, entry);
  return scope;
};

/** The passes in scope of a file, by name; the innermost wins. */
export const passesSeen = (file: Scope | undefined): ReturnType<Program['passes']> => {
  const found = new Map<string, Rewrite>();
  const ambiguous = new Map<string, readonly string[]>();
  const enter = (name: string, { value }: Entry): void => {
    const meant = value();
    if (meant.tag === 'rewrite' && !found.has(name)) found.set(name, meant.pass);
  };
  for (let s: Scope | undefined = file; s !== undefined; s = s.parent) {
    for (const [name, entry] of s.names) enter(name, entry);
    for (const [name, files] of s.more?.ambiguous ?? [])
      if (!found.has(name)) ambiguous.set(name, files);
    for (const [module, theirs] of s.more?.modules ?? [])
      for (const [name, entry] of theirs?.names ?? []) enter(`${module}.${name}`, entry);
  }
  return { byName: found, ambiguous };
};

/** Where a name is used, with or without a size at its end. */
const usesOf = (declarations: readonly Declaration[], name: string): readonly Span[] => {
  const uses: Span[] = [];
  eachWord(declarations, ({ parts: [first, more] }) => {
    const isUse = first?.text === name || splitSize(first?.text ?? '')?.stem === name;
    if (first === undefined || more !== undefined || !isUse) return;
    uses.push({ ...first.span, end: first.span.start + name.length });
  });
  return uses;
};

const reportMissing = (
  cx: Context,
  picked: { readonly text: string; readonly span: Span },
  file: string,
  theirs: Scope,
  uses: readonly Span[],
): void => {
  const [first] = near(picked.text, [...theirs.names.keys()]);
  cx.report(
    error('E0007', picked.span, `\`${file}\` declares no \`${picked.text}\``, {
      ...(first === undefined ? {} : { label: `did you mean \`${first}\`?` }),
      fixes: first === undefined ? [] : [renaming(picked, first, uses)],
    }),
  );
};

/** The fix that writes another name, where it is picked and where it is used. */
const renaming = (
  picked: { readonly text: string; readonly span: Span },
  name: string,
  uses: readonly Span[],
): Fix => ({
  title: `write \`${name}\``,
  edits: [picked.span, ...uses].map((span) => ({ span, newText: name })),
  applicability: 'likely',
});
