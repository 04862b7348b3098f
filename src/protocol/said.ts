/** What a declaration says in its clauses, and takes over from the recipes behind `with`. */
import { error, replace } from '../diagnostic/diagnostic.ts';
import { near } from '../diagnostic/suggest.ts';
import type { Clause, Name, Protocol } from '../syntax/tree.ts';
import { across, type Span } from '../syntax/source.ts';
import type { Context } from '../typecheck/expr/context.ts';
import { lookup, visible } from '../typecheck/expr/scope.ts';
import type { Scope } from '../typecheck/expr/values.ts';
import type { Read, Row } from './row.ts';

/** Rows by the words of their clauses. */
export type Table<T> = { readonly [W in keyof T]: Row<T[W]> };

/** Clauses that are written, as far as they have a meaning. */
export type Clauses<T> = { readonly [W in keyof T]?: Read<T[W]> | 'faulty' };

/** What a declaration says; `isOpen` where what it takes over is not known, and so may be anything. */
export type Said<T> = { readonly clauses: Clauses<T>; readonly isOpen: boolean };

/** What reading declarations needs. */
export type Reader = {
  readonly cx: Context;
  /** the names of a file */
  readonly scopeOf: (path: string) => Scope;
};

const wordsOf = ({ words }: Clause): string => words.map((w) => w.text).join(' ');

const placeOf = ({ words: [first, second] }: Clause): Span =>
  second === undefined ? first!.span : across(first!.span, second.span);

/** The clauses that a declaration has itself. */
const ownClauses = <T>({ cx, scopeOf }: Reader, table: Table<T>, d: Protocol): Clauses<T> => {
  const scope = scopeOf(d.span.path);
  const said: { [W in keyof T]?: Read<T[W]> | 'faulty' } = {};
  const first = new Map<string, Span>();
  const read = <W extends keyof T>(key: W, clause: Clause, word: string): void => {
    said[key] = table[key].read({ cx, scope, clause, word }) ?? 'faulty';
  };
  for (const clause of d.clauses) {
    const word = wordsOf(clause);
    const before = first.get(word);
    if (!isKey(table, word)) reportClause(cx, table, d, clause);
    else if (before !== undefined) reportAgain(cx, word, clause, before);
    else {
      first.set(word, placeOf(clause));
      read(word, clause, word);
    }
  }
  return said;
};

const isKey = <T>(table: Table<T>, word: string): word is keyof T & string =>
  Object.hasOwn(table, word);

const reportClause = <T>(cx: Context, table: Table<T>, d: Protocol, clause: Clause): void => {
  const word = wordsOf(clause);
  if (word === '') return;
  const span = placeOf(clause);
  const [meant] = near(word, Object.keys(table));
  cx.report(
    error('E0921', span, `\`${d.tag}\` has no clause \`${word}\``, {
      label: meant === undefined ? 'unknown here' : `did you mean \`${meant}\`?`,
      fixes: meant === undefined ? [] : [replace(`write \`${meant}\``, span, meant)],
    }),
  );
};

const reportAgain = (cx: Context, word: string, clause: Clause, before: Span): void =>
  cx.report(
    error('E0924', placeOf(clause), `\`${word}\` is given twice`, {
      label: 'given again here',
      labels: [{ span: before, message: 'given first here' }],
    }),
  );

/** The declaration that a name stands for where a `train`, or an `eval`, is meant. */
const declaredAs = (
  { cx }: Reader,
  tag: Protocol['tag'],
  name: Name,
  scope: Scope,
): Protocol | undefined => {
  const found = lookup(scope, name.text);
  const value = found?.tag === 'entry' ? found.entry.value() : undefined;
  if (value?.tag === 'unknown' || found?.tag === 'lost') return undefined;
  const meant = value?.tag === 'protocol' ? value[tag] : undefined;
  if (meant === undefined) reportName(cx, tag, name, scope);
  return meant;
};

const reportName = (cx: Context, tag: Protocol['tag'], name: Name, scope: Scope): void => {
  const names = visible(scope).filter((n) => {
    const found = lookup(scope, n);
    const value = found?.tag === 'entry' ? found.entry.value() : undefined;
    return value?.tag === 'protocol' && value[tag] !== undefined;
  });
  const [meant] = near(name.text, names);
  cx.report(
    error('E0925', name.span, `no \`${tag}\` is called \`${name.text}\``, {
      label: meant === undefined ? 'unknown here' : `did you mean \`${meant}\`?`,
      fixes: meant === undefined ? [] : [replace(`write \`${meant}\``, name.span, meant)],
    }),
  );
};

/** Reads declarations with what they take over, each once. */
export const sayer = <T>(reader: Reader, table: Table<T>): ((d: Protocol) => Said<T>) => {
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
        reportCircle(reader.cx, [...chain.slice(chain.indexOf(d)), d]);
        base = { clauses: {}, isOpen: true };
        break;
      }
      chain.push(d);
      const over: Protocol | undefined =
        d.with && declaredAs(reader, d.tag, d.with, reader.scopeOf(d.span.path));
      if (d.with !== undefined && over === undefined) base = { clauses: {}, isOpen: true };
      d = over;
    }
    for (const d of chain.reverse()) {
      base = { ...base, clauses: { ...base.clauses, ...ownClauses(reader, table, d) } };
      known.set(d, base);
    }
    return base;
  };
};

const reportCircle = (cx: Context, circle: readonly Protocol[]): void => {
  const [first] = circle;
  const names = circle.map((d) => `\`${d.name.text}\``).join(' → ');
  cx.report(
    error('E0926', first!.with!.span, `recipes take over each other in a circle: ${names}`, {
      label: 'leads back here',
    }),
  );
};
