/** What a declaration says in its clauses, and takes over from the recipes behind `with`. */
import { error, replace } from '../diagnostic/diagnostic.ts';
import { near } from '../diagnostic/suggest.ts';
import type { Clause, Name, Protocol, Word } from '../syntax/tree.ts';
import type { Span } from '../syntax/source.ts';
import type { Context } from '../typecheck/expr/context.ts';
import { resolve, seek } from '../typecheck/expr/names.ts';
import { lookup, lookupModule, visible } from '../typecheck/expr/scope.ts';
import type { Scope, Value } from '../typecheck/expr/values.ts';
import { fromFirstName, showCircle } from './circle.ts';
import type { Env } from './env.ts';
import type { Read, Row } from './row.ts';
import { placeOf, reportClause, wordsOf } from './unknown-clause.ts';

/** Rows by the words of their clauses. */
export type Table<T> = { readonly [W in keyof T]: Row<T[W]> };

/** The rows of `train`, or of `eval`, and the words of clauses that the other has. */
export type Words<T> = { readonly table: Table<T>; readonly theirs: readonly string[] };

/** Clauses that are written, as far as they have a meaning. */
export type Clauses<T> = { readonly [W in keyof T]?: Read<T[W]> | 'faulty' };

/** What a declaration says; `isOpen` where what it takes over is not known, and so may be anything. */
export type Said<T> = { readonly clauses: Clauses<T>; readonly isOpen: boolean };

/** The clauses that a declaration has itself. */
const ownClauses = <T>(
  { cx, scopeOf }: Env,
  { table, theirs }: Words<T>,
  d: Protocol,
): Clauses<T> => {
  const scope = scopeOf(d.span.path);
  const said: { [W in keyof T]?: Read<T[W]> | 'faulty' } = {};
  const first = new Map<string, Span>();
  const ownersOf = (form: string): readonly string[] =>
    keysOf(table).filter((key) => table[key].forms.some(({ name }) => name === form));
  const read = <W extends keyof T>(key: W, clause: Clause, word: string): void => {
    said[key] = table[key].read({ cx, scope, clause, word, ownersOf }) ?? 'faulty';
  };
  for (const clause of d.clauses) {
    const word = wordsOf(clause);
    const before = first.get(word);
    if (!isKey(table, word)) {
      const rows = { keys: keysOf(table), row: (key: keyof T & string) => table[key], theirs };
      const meant = reportClause({ cx, scope, rows, declaration: d, clause, ownersOf });
      // a clause that is written otherwise is not lacking
      if (meant !== undefined) said[meant] ??= 'faulty';
    } else if (before !== undefined) reportAgain(cx, word, clause, before);
    else {
      first.set(word, placeOf(clause));
      const others = clausesBehind(clause, table);
      if (others.length === 0) read(word, clause, word);
      else {
        reportLine(cx, word, clause, others);
        for (const key of [word, ...others.map((o) => o.word)]) said[key] = 'faulty';
      }
    }
  }
  return said;
};

const keysOf = <T>(table: Table<T>): readonly (keyof T & string)[] =>
  Object.keys(table).filter((word) => isKey(table, word));

const isKey = <T>(table: Table<T>, word: string): word is keyof T & string =>
  Object.hasOwn(table, word);

const reportAgain = (cx: Context, word: string, clause: Clause, before: Span): void =>
  cx.report(
    error('E0924', placeOf(clause), `\`${word}\` is given twice`, {
      label: 'given again here',
      labels: [{ span: before, message: 'given first here' }],
    }),
  );

type Behind<T> = { readonly word: keyof T & string; readonly at: number };

/** Clauses that are written behind a clause, as if they were values of it. */
const clausesBehind = <T>({ values }: Clause, table: Table<T>): readonly Behind<T>[] =>
  values.flatMap(({ items: [head] }, at) => {
    const name = at > 0 && head?.tag === 'chain' ? head.word.parts[0]!.text : '';
    return isKey(table, name) ? [{ word: name, at }] : [];
  });

const reportLine = <T>(
  cx: Context,
  word: string,
  { values }: Clause,
  others: readonly Behind<T>[],
): void => {
  const gaps = others.map(({ at }) => {
    const [before, value] = [values[at - 1]!.span, values[at]!.span];
    return { span: { ...value, start: before.end, end: value.start }, newText: '\n  ' };
  });
  const [{ at, word: second }] = others as [Behind<T>];
  cx.report(
    error('E0923', values[at]!.span, `\`${second}\` is a clause, and stands behind \`${word}\``, {
      label: 'begins a line of its own',
      fixes: [{ title: 'begin a line for each clause', edits: gaps, applicability: 'certain' }],
    }),
  );
};

/** A name as the words of other expressions are looked up: `r.paper` is that of an import, and one of its names. */
export const wordOf = ({ text, span }: Name): Word => {
  const dot = text.lastIndexOf('.');
  if (dot < 0) return { parts: [{ text, span }], span };
  const at = span.start + dot;
  return {
    parts: [
      { text: text.slice(0, dot), span: { ...span, end: at } },
      { text: text.slice(dot + 1), span: { ...span, start: at + 1 } },
    ],
    span,
  };
};

/** The declaration that a name within another stands for, a `train` or an `eval`; others are reported (E0925). */
export const declaredAs = (
  { cx }: Pick<Env, 'cx'>,
  tag: Protocol['tag'],
  name: Name,
  scope: Scope,
  within?: Protocol,
): Protocol | undefined => {
  if (name.text === '') return undefined; // the parser has reported that there is none
  const word = wordOf(name);
  const found = seek(word, scope);
  const entry = found.tag === 'entry' && found.size === undefined ? found.entry : undefined;
  const value = entry?.value();
  if (value?.tag === 'unknown' || found.tag === 'lost') return undefined;
  const meant = value?.tag === 'protocol' ? value[tag] : undefined;
  if (meant !== undefined) return meant;
  if (found.tag === 'no module' || found.tag === 'ambiguous')
    resolve(cx, { word, links: [], span: word.span }, scope);
  else reportName(cx, tag, word, scopeBehind(word, scope), { within, value });
  return undefined;
};

/** The names among which the last one of a word is looked for. */
const scopeBehind = ({ parts }: Word, scope: Scope): Scope => {
  const module = parts.length > 1 ? lookupModule(scope, parts[0]!.text) : undefined;
  return module === undefined || module === 'lost' ? scope : module;
};

const reportName = (
  cx: Context,
  tag: Protocol['tag'],
  word: Word,
  scope: Scope,
  { within, value }: { readonly within: Protocol | undefined; readonly value: Value | undefined },
): void => {
  const name = word.parts[word.parts.length - 1]!;
  // a declaration does not stand for itself
  const own = word.parts.length === 1 && within?.tag === tag ? within.name.text : undefined;
  const names = visible(scope).filter((n) => n !== own && isDeclared(tag, n, scope));
  const imported = word.parts.length > 1 ? [] : importsWith(tag, name.text, scope);
  const [meant] = [...near(name.text, names), ...imported];
  const listed = names.length <= mostNamed ? names : [];
  cx.report(
    error('E0925', name.span, `no \`${tag}\` is called \`${cx.text(word.span)}\``, {
      label: meant === undefined ? otherwise(value) : `did you mean \`${meant}\`?`,
      notes:
        meant === undefined && listed.length > 0
          ? [`there is ${listed.map((n) => `\`${n}\``).join(', ')}`]
          : [],
      fixes: meant === undefined ? [] : [replace(`write \`${meant}\``, name.span, meant)],
    }),
  );
};

/** What a name is that is not what was asked for. */
const otherwise = (value: Value | undefined): string => {
  if (value?.tag === 'rewrite') {
    const pass = value.pass.name.text;
    return `a pass rewrites the net: \`: ${pass}(N)\``;
  }
  if (value?.tag !== 'callable' || value.callee.tag !== 'definition') return 'unknown here';
  return `this is a \`${value.callee.definition.tag}\``;
};

const isDeclared = (tag: Protocol['tag'], name: string, scope: Scope): boolean => {
  const found = lookup(scope, name);
  const value = found?.tag === 'entry' ? found.entry.value() : undefined;
  return value?.tag === 'protocol' && value[tag] !== undefined;
};

/** The name behind each import that is named itself and has it: `r.paper`. */
const importsWith = (tag: Protocol['tag'], name: string, scope: Scope): readonly string[] => {
  const found: string[] = [];
  for (let s: Scope | undefined = scope; s !== undefined; s = s.parent)
    for (const [module, seen] of s.more?.modules ?? [])
      if (seen !== undefined && isDeclared(tag, name, seen)) found.push(`${module}.${name}`);
  return found;
};

/** Names that are listed where none of them is near. */
const mostNamed = 5;

/** Reads declarations with what they take over, each once. */
export const sayer = <T>(reader: Env, words: Words<T>): ((d: Protocol) => Said<T>) => {
  const known = new Map<Protocol, Said<T>>();
  return (declaration) => {
    const chain: Protocol[] = [];
    let base: Said<T> = { clauses: {}, isOpen: false };
    for (let d: Protocol | undefined = declaration; d !== undefined;) {
      const before = known.get(d);
      if (before !== undefined) {
        base = before;
        break;
      }
      if (chain.includes(d)) {
        reportCircle(reader.cx, fromFirstName(chain.slice(chain.indexOf(d))));
        base = { clauses: {}, isOpen: true };
        break;
      }
      chain.push(d);
      const over: Protocol | undefined =
        d.with && declaredAs(reader, d.tag, d.with, reader.scopeOf(d.span.path), d);
      if (d.with !== undefined && over === undefined) base = { clauses: {}, isOpen: true };
      d = over;
    }
    for (const d of chain.reverse()) {
      base = { ...base, clauses: { ...base.clauses, ...ownClauses(reader, words, d) } };
      known.set(d, base);
    }
    return base;
  };
};

const reportCircle = (cx: Context, circle: readonly Protocol[]): void => {
  const [first] = circle;
  const message = `recipes take over each other in a circle: ${showCircle(circle)}`;
  cx.report(error('E0926', first!.with!.span, message, { label: 'leads back here' }));
};
