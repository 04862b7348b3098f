/** The walk behind `usesOf`: through bodies with what their names mean there, the innermost first. */
import { allClauses } from '../protocol/document.ts';
import type { Clause, Declaration, Expr, Name, Protocol, Rule, Word } from '../syntax/tree.ts';
import { chainsOf } from '../syntax/walk.ts';
import { importedPath, lastOf, type Declared } from './meaning.ts';

import {
  addName,
  body,
  declared,
  ofDefinition,
  ofExpr,
  ofLinks,
  ofWord,
  outside,
  place,
  type Names,
  type Inside,
  type Walk,
} from './uses-expr.ts';
/** Every name of some declarations. */
export const walkDeclarations = (declarations: readonly Declaration[], walk: Walk): void => {
  for (const declaration of declarations) ofDeclaration(walk, declaration, outside);
};

// ------------------------------------------------------------------------------------------------ declarations

const ofDeclaration = (walk: Walk, d: Declaration, around: Inside): void => {
  switch (d.tag) {
    case 'def':
    case 'net':
      declared(walk, d);
      return ofDefinition(walk, d, around);
    case 'import':
      return ofImport(walk, d);
    case 'assert':
      return ofExpr(walk, d.condition, body(around));
    case 'rewrite':
      declared(walk, d);
      if (d.with !== undefined) ofTakenOver(walk, d.with);
      return d.rules.forEach((rule) => ofRule(walk, rule));
    case 'train':
    case 'eval':
      return ofProtocol(walk, d);
  }
};

const ofImport = (walk: Walk, d: Extract<Declaration, { readonly tag: 'import' }>): void => {
  if (d.as !== undefined)
    addName(walk, d.as, 'module', { span: walk.view.locate(d.as.span), from: 'module', node: d });
  const path = importedPath(walk.view, walk.path, d.path.text);
  const theirs = path === undefined ? undefined : walk.namesOf(path);
  for (const name of d.picked ?? []) {
    const declared = theirs?.own.get(name.text);
    walk.add({
      word: walk.view.locate(name.span),
      text: name.text,
      from: 'import',
      declared: declared && { ...declared, from: 'import' },
    });
  }
};

/** A pass of the file whose rules stand before those of another. */
const ofTakenOver = (walk: Walk, name: Name): void => {
  const found = walk.seen.own.get(name.text);
  const declared = found?.node?.tag === 'rewrite' ? found : undefined;
  walk.add({ ...place(walk, name), from: 'declaration', declared });
};

const ofRule = (walk: Walk, rule: Rule): void => {
  const variables: Names = new Map();
  const inside: Inside = { ...body(outside), names: variables };
  addName(walk, rule.name, 'rule');
  ofExpr(walk, rule.pattern, { ...inside, variables });
  ofExpr(walk, rule.replacement, inside);
};

// ---------------------------------------------------------------------------------------------------- protocols

const forms: ReadonlySet<string> = new Set(
  allClauses.flatMap(({ row }) => row.forms.map(({ name }) => name)),
);

const ofProtocol = (walk: Walk, d: Protocol): void => {
  const { seen } = walk;
  declared(walk, d);
  if (d.net !== undefined) ofExpr(walk, d.net, body(outside));
  if (d.from !== undefined) ofNamed(walk, d.from, [seen.train, seen.eval]);
  if (d.with !== undefined) {
    const other = d.tag === 'train' ? seen.eval : seen.train;
    ofRecipe(walk, d.with, [seen[d.tag], other]);
  }
  if (d.body !== undefined)
    for (const { word, links } of chainsOf(d.body)) {
      if (links.length === 0) ofProtocolWord(walk, word, [seen.eval, seen.train]);
      else walk.add({ ...place(walk, lastOf(word)), from: 'form', declared: undefined });
    }
  d.clauses.forEach((clause) => ofClause(walk, clause));
};

/** `with paper`, where `r.paper` is one name too. */
const ofRecipe = (
  walk: Walk,
  name: Name,
  tables: readonly ReadonlyMap<string, Declared>[],
): void => {
  const dot = name.text.lastIndexOf('.');
  const text = name.text.slice(dot + 1);
  const module = dot < 0 ? undefined : walk.seen.modules.get(name.text.slice(0, dot))?.names;
  const from = module === undefined ? tables : [module.train, module.eval];
  const declared = from.map((t) => t.get(text)).find((d) => d !== undefined);
  const word = walk.view.locate(name.span);
  const own = { ...word, start: word.end - text.length };
  walk.add({ word: own, text, from: declared?.from ?? 'declaration', declared });
};

const ofProtocolWord = (
  walk: Walk,
  word: Word,
  tables: readonly ReadonlyMap<string, Declared>[],
): void => {
  const name = lastOf(word);
  const module =
    word.parts.length > 1 ? walk.seen.modules.get(word.parts[0]!.text)?.names : undefined;
  const from = module === undefined ? tables : [module.train, module.eval];
  const declared = from.map((t) => t.get(name.text)).find((d) => d !== undefined);
  if (declared === undefined) return void ofWord(walk, word, outside);
  walk.add({ ...place(walk, name), from: declared.from, declared });
};

/** A place where the name of a training stands; a path stands there, too. */
const ofNamed = (
  walk: Walk,
  expr: Expr,
  tables: readonly ReadonlyMap<string, Declared>[],
): void => {
  for (const { word } of chainsOf(expr)) ofProtocolWord(walk, word, tables);
};

const ofClause = (walk: Walk, clause: Clause): void => {
  const { seen } = walk;
  const isFrom = clause.words.length > 1; // `init from`
  for (const { items } of clause.values)
    items.forEach((item, i) => {
      if (isFrom && i === 0) return ofNamed(walk, item, [seen.train, seen.eval]);
      const head = item.tag === 'chain' && item.word.parts.length === 1 ? item : undefined;
      if (head === undefined || !forms.has(bareOf(head.word))) return ofExpr(walk, item, outside);
      walk.add({ ...place(walk, lastOf(head.word)), from: 'form', declared: undefined });
      return ofLinks(walk, head.links, undefined, outside);
    });
  clause.inner.forEach((inner) => ofClause(walk, inner));
};

const bareOf = (word: Word): string => lastOf(word).text.replace(/\d+(x\d+)?$/, '');
