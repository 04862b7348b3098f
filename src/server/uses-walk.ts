/** The walk behind `usesOf`: through bodies with what their names mean there, the innermost first. */
import { allClauses } from '../protocol/document.ts';
import { wordOf } from '../protocol/said.ts';
import type { ParamInfo } from '../protocol/form.ts';
import type {
  Clause,
  Declaration,
  Expr,
  Link,
  Name,
  Protocol,
  Rule,
  Word,
} from '../syntax/tree.ts';
import { chainsOf } from '../syntax/walk.ts';
import { declaredIn, importedPath, lastOf, protocolsIn } from './meaning.ts';
import {
  addName,
  body,
  declared,
  ofDefinition,
  ofArgument,
  ofExpr,
  ofModule,
  ofOperator,
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
    const declared = theirs && declaredIn(theirs, name.text);
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

/** The parameters of the forms of all clauses, by the names of forms. */
const forms = new Map(
  allClauses.flatMap(({ row }) => row.forms.map(({ name, params }) => [name, params] as const)),
);

const ofProtocol = (walk: Walk, d: Protocol): void => {
  declared(walk, d);
  if (d.net !== undefined) ofExpr(walk, d.net, body(outside));
  if (d.from !== undefined) ofNamed(walk, d.from, ['train', 'eval']);
  const other = d.tag === 'train' ? 'eval' : 'train';
  if (d.with !== undefined) ofProtocolWord(walk, wordOf(d.with), [d.tag, other]);
  if (d.body !== undefined)
    for (const { word, links } of chainsOf(d.body)) {
      if (links.length === 0) ofProtocolWord(walk, word, ['eval', 'train']);
      else walk.add({ ...place(walk, lastOf(word)), from: 'form', declared: undefined });
    }
  d.clauses.forEach((clause) => ofClause(walk, clause));
};

type Protocols = readonly Protocol['tag'][];

/** The name of a training or an evaluation, `paper` or `r.paper`; where both have it, the first that may stand here. */
const ofProtocolWord = (walk: Walk, word: Word, tags: Protocols): void => {
  const name = lastOf(word);
  const whole = word.parts.map(({ text }) => text).join('.');
  const declared = tags
    .map((tag) => protocolsIn(walk.seen, tag).get(whole))
    .find((d) => d !== undefined);
  if (declared === undefined) return void ofWord(walk, word, outside);
  if (word.parts.length > 1) ofModule(walk, word.parts[0]!);
  walk.add({ ...place(walk, name), from: declared.from, declared });
};

/** A place where the name of a training stands; a path stands there, too. */
const ofNamed = (walk: Walk, expr: Expr, tags: Protocols): void => {
  for (const { word } of chainsOf(expr)) ofProtocolWord(walk, word, tags);
};

const ofClause = (walk: Walk, clause: Clause): void => {
  const isFrom = clause.words.length > 1; // `init from`
  if (clause.words[0]?.text === 'freeze') return ofSelection(walk, clause);
  for (const { items } of clause.values)
    items.forEach((item, i) => {
      if (isFrom && i === 0) return ofNamed(walk, item, ['train', 'eval']);
      const head = item.tag === 'chain' && item.word.parts.length === 1 ? item : undefined;
      const params = head && forms.get(bareOf(head.word));
      if (head === undefined || params === undefined) return ofExpr(walk, item, outside);
      walk.add({ ...place(walk, lastOf(head.word)), from: 'form', declared: undefined });
      return head.links.forEach((link) => ofFormLink(walk, link, params));
    });
  clause.inner.forEach((inner) => (isFrom ? ofSelection(walk, inner) : ofClause(walk, inner)));
};

/** `first 4 conv`: layers are counted by their operators, whatever the file calls so. */
const ofSelection = (walk: Walk, { values }: Clause): void => {
  for (const item of values.flatMap(({ items }) => items))
    if (item.tag === 'chain' && item.word.parts.length === 1) ofOperator(walk, item.word.parts[0]!);
};

/** Words such as the `data` of `mean = data` mean themselves, whatever the file calls so. */
const ofFormLink = (walk: Walk, link: Link, params: readonly ParamInfo[]): void => {
  if (link.tag !== 'call') return ofExpr(walk, link.argument, outside);
  link.arguments.forEach((argument, i) => {
    if (argument.tag === 'rest') return ofArgument(walk, argument, undefined, outside);
    const isNamed = argument.tag === 'named';
    const takes = isNamed
      ? params.find(({ name }) => name === argument.name.text)?.takes
      : params[i]?.takes;
    const { value } = argument;
    const isWord =
      value.tag === 'chain' && takes?.words?.includes(lastOf(value.word).text) === true;
    if (!isWord) return ofArgument(walk, argument, undefined, outside);
    if (isNamed)
      walk.add({ ...place(walk, argument.name), from: 'parameter', declared: undefined });
    walk.add({ ...place(walk, lastOf(value.word)), from: 'std', declared: undefined });
  });
};

const bareOf = (word: Word): string => lastOf(word).text.replace(/\d+(x\d+)?$/, '');
