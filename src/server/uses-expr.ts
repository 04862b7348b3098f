/** The names of expressions and definitions: bodies with what their names mean there, the innermost first. */
import type { Span } from '../syntax/source.ts';
import type {
  Argument,
  Declaration,
  Definition,
  Expr,
  Link,
  Name,
  TypeExpr,
  Word,
} from '../syntax/tree.ts';
import { chainsOf, partsOf } from '../syntax/walk.ts';
import type { View } from '../workspace/workspace.ts';
import { kindOfDeclared } from './definition-kinds.ts';
import {
  definitionOf,
  lastOf,
  meant,
  meantIn,
  type Declared,
  type FileNames,
  type From,
  type Meant,
  type Seen,
  type Use,
} from './meaning.ts';

export type Names = Map<string, Declared>;

/** What a body sees beside its file. */
export type Inside = {
  readonly names: Names;
  readonly parent: Inside | undefined;
  /** what is remembered in this branch, and around it */
  readonly remembered: { readonly names: Names; readonly parent: Inside['remembered'] } | undefined;
  /** in a pattern: unknown names are variables, which are declared here */
  readonly variables: Names | undefined;
};

export type Walk = {
  readonly view: View;
  readonly path: string;
  readonly seen: Seen;
  readonly namesOf: (path: string) => FileNames;
  readonly add: (use: Use) => void;
};

export const outside: Inside = {
  names: new Map(),
  parent: undefined,
  remembered: undefined,
  variables: undefined,
};

const inner = (around: Inside, names: Names = new Map()): Inside => ({
  ...around,
  names,
  parent: around,
});
/** A body, which remembers nothing of what surrounds it. */
export const body = (around: Inside): Inside => ({
  ...inner(around),
  remembered: { names: new Map(), parent: undefined },
});
/** A branch or a repetition, whose remembered values stay inside. */
const branch = (around: Inside): Inside => ({
  ...around,
  remembered: { names: new Map(), parent: around.remembered },
});

const lookup = (inside: Inside | undefined, text: string): Declared | undefined => {
  for (let i = inside; i !== undefined; i = i.parent) {
    const found = i.names.get(text);
    if (found !== undefined) return found;
  }
  return undefined;
};

const lookupRemembered = ({ remembered }: Inside, text: string): Declared | undefined => {
  for (let r = remembered; r !== undefined; r = r.parent) {
    const found = r.names.get(text);
    if (found !== undefined) return found;
  }
  return undefined;
};

export const addName = (
  { view, add }: Walk,
  { text, span }: Name,
  from: From,
  declared?: Declared,
): Declared => {
  const word = view.locate(span);
  const own = declared ?? { span: word, from };
  add({ word, text, from, declared: own });
  return own;
};

/** The name of a declaration itself. */
export const declared = (walk: Walk, node: Extract<Declaration, { readonly name: Name }>): void =>
  void addName(walk, node.name, 'declaration', {
    span: walk.view.locate(node.name.span),
    from: 'declaration',
    node,
  });

const declare = (walk: Walk, name: Name, from: From, into: Names): void => {
  if (name.text !== '') into.set(name.text, addName(walk, name, from));
};

export const place = ({ view }: Walk, { text, span }: Name): Pick<Use, 'word' | 'text'> => ({
  word: view.locate(span),
  text,
});

export const ofDefinition = (walk: Walk, d: Definition, around: Inside): void => {
  const inside = body(around);
  for (const parameter of d.parameters) {
    if (parameter.tag === 'parameter' && parameter.default !== undefined)
      ofExpr(walk, parameter.default, inner(inside, new Map(inside.names)));
    declare(walk, parameter.name, 'parameter', inside.names);
  }
  ofInput(walk, d.signature?.input, inside);
  // a `where` that ends a declaration is seen in its output type too
  const seen = d.body.tag === 'where' ? whereNames(walk, d.body, inside) : inside;
  ofType(walk, d.signature?.output, seen);
  if (d.body.tag === 'where') ofWhere(walk, d.body, seen);
  else ofExpr(walk, d.body, inside);
};

type Where = Extract<Expr, { readonly tag: 'where' }>;

/** The names of a `where`, which all of it sees; of two that are the same the first counts. In a rule they are variables. */
const whereNames = (walk: Walk, { bindings }: Where, around: Inside): Inside => {
  const local = inner(around, around.variables === undefined ? new Map() : around.names);
  const seen = new Set<string>();
  for (const b of bindings) {
    if (b.tag !== 'binding') continue;
    if (seen.has(b.name.text)) addName(walk, b.name, 'where');
    else declare(walk, b.name, 'where', local.names);
    seen.add(b.name.text);
  }
  return local;
};

const ofWhere = (walk: Walk, { body, bindings }: Where, local: Inside): void => {
  ofExpr(walk, body, local);
  for (const b of bindings) ofExpr(walk, b.tag === 'binding' ? b.value : b.condition, local);
};

// -------------------------------------------------------------------------------------------------------- types

/** An input type: names that mean nothing yet are sizes. */
const ofInput = (walk: Walk, type: TypeExpr | undefined, inside: Inside): void => {
  if (type?.tag === 'tensor') for (const axis of type.axes) ofAxis(walk, axis, inside);
};

const declaredAs = ({ seen }: Walk, inside: Inside, text: string): Declared | undefined =>
  lookup(inside, text) ?? seen.own.get(text) ?? seen.imported.own.get(text);

/** `h`, `16*n` and `2*n + 1` may name a size. */
const ofAxis = (walk: Walk, axis: Expr, inside: Inside): void => {
  switch (axis.tag) {
    case 'group':
      return ofAxis(walk, axis.body, inside);
    case 'run':
      return axis.operands.forEach((operand) => ofAxis(walk, operand, inside));
    case 'chain': {
      const { word, links } = axis;
      const name = lastOf(word);
      const found = declaredAs(walk, inside, name.text);
      const isCalled = links.some(({ tag }) => tag === 'call');
      if (
        word.parts.length > 1 ||
        isCalled ||
        (found !== undefined && kindOfDeclared(walk.view, found) === 'number')
      )
        return ofChain(walk, axis, inside);
      declare(walk, name, 'size', inside.names);
      return ofLinks(walk, links, undefined, inside);
    }
    default:
      return ofExpr(walk, axis, inside);
  }
};

const ofType = (walk: Walk, type: TypeExpr | undefined, inside: Inside): void => {
  if (type?.tag === 'tensor') for (const axis of type.axes) ofExpr(walk, axis, inside);
};

// -------------------------------------------------------------------------------------------------- expressions

export const ofExpr = (walk: Walk, expr: Expr, inside: Inside): void => {
  switch (expr.tag) {
    case 'chain':
      return ofChain(walk, expr, inside);
    case 'recall':
      return ofRemembered(walk, expr.name, inside);
    case 'spread':
      return void (inside.variables === undefined
        ? ofParameter(walk, expr.name, inside)
        : variable(walk, expr.name, inside));
    case 'label':
      addName(walk, expr.name, 'label');
      return ofExpr(walk, expr.body, inside);
    case 'also':
      addName(walk, expr.name, 'label');
      return ofExpr(walk, expr.body, branch(inside));
    case 'block':
      if (expr.name !== undefined) addName(walk, expr.name, 'label');
      return ofExpr(walk, expr.body, inside);
    case 'as':
      ofExpr(walk, expr.body, inside);
      return declare(walk, expr.name, 'remembered', inside.remembered?.names ?? new Map());
    case 'times':
      ofExpr(walk, expr.count, inside);
      return ofExpr(walk, expr.body, branch(inside));
    case 'beside':
      return expr.branches.forEach((b) => ofExpr(walk, b, ofBranch(inside)));
    case 'run':
      return expr.operands.forEach((o) => ofExpr(walk, o, ofBranch(inside)));
    case 'ascribe': {
      const typed = inner(inside, inside.variables ?? new Map());
      ofInput(walk, expr.input, typed);
      ofExpr(walk, expr.body, typed);
      return ofType(walk, expr.output, typed);
    }
    case 'sequence': {
      const local = expr.defs.length === 0 ? inside : inner(inside);
      for (const node of expr.defs)
        if ('name' in node)
          local.names.set(node.name.text, {
            span: walk.view.locate(node.name.span),
            from: 'declaration',
            node,
            around: (text) => lookup(local, text),
          });
      for (const d of expr.defs)
        if (d.tag === 'def' || d.tag === 'net') {
          declared(walk, d);
          ofDefinition(walk, d, local);
        }
      return expr.steps.forEach((step) => ofExpr(walk, step, local));
    }
    case 'where':
      return ofWhere(walk, expr, whereNames(walk, expr, inside));
    default:
      return partsOf(expr).forEach((part) => ofExpr(walk, part, inside));
  }
};

/** In a rule the values of both sides are one body. */
const ofBranch = (inside: Inside): Inside =>
  inside.variables === undefined ? branch(inside) : inside;

const ofRemembered = (walk: Walk, name: Name, inside: Inside): void => {
  const declared = lookupRemembered(inside, name.text);
  walk.add({ ...place(walk, name), from: 'remembered', declared });
};

const ofParameter = (walk: Walk, name: Name, inside: Inside): void =>
  walk.add({ ...place(walk, name), from: 'parameter', declared: lookup(inside, name.text) });

/** A variable of a rule, which is declared where it stands first. */
const variable = (walk: Walk, name: Name, inside: Inside): void => {
  const before = lookup(inside, name.text);
  if (before !== undefined) walk.add({ ...place(walk, name), from: before.from, declared: before });
  else declare(walk, name, 'variable', inside.variables ?? inside.names);
};

const ofChain = (
  walk: Walk,
  { word, links }: Extract<Expr, { readonly tag: 'chain' }>,
  inside: Inside,
): void => {
  ofLinks(walk, links, ofWord(walk, word, inside), inside);
};

/** The name that an import has, before a name of its file. */
export const ofModule = (walk: Walk, name: Name): ReturnType<Seen['modules']['get']> => {
  const module = walk.seen.modules.get(name.text);
  if (module !== undefined) walk.add({ ...place(walk, name), from: 'module', declared: module.at });
  return module;
};

/** What a word means. */
export const ofWord = (walk: Walk, word: Word, inside: Inside): Meant | undefined => {
  const name = lastOf(word);
  const first = word.parts.length > 1 ? word.parts[0]! : undefined;
  if (first === undefined) {
    const found = meant(walk.seen, name, (text) => lookup(inside, text));
    if (found === undefined && inside.variables !== undefined)
      return void variable(walk, name, inside);
    return addMeant(walk, name, found);
  }
  if (first.text === 'std') return ofOperator(walk, name);
  const module = ofModule(walk, first);
  if (module !== undefined)
    return addMeant(walk, name, module.names && meantIn(module.names, name));
  // `k.kernel`, in a rule
  return void ofRemembered(walk, first, inside);
};

/** The name of an operator, where nothing that the file declares is meant. */
export const ofOperator = (walk: Walk, name: Name): Meant | undefined =>
  addMeant(walk, name, meantIn('std', name));

const addMeant = (
  walk: Walk,
  { text, span }: Name,
  found: Meant | undefined,
): Meant | undefined => {
  const whole = walk.view.locate(span);
  const length = found?.text.length ?? text.length;
  const word = { ...whole, end: whole.start + length };
  const declared = found?.declared === 'std' ? undefined : found?.declared;
  const from = declared?.from ?? (found === undefined ? 'declaration' : 'std');
  walk.add({ word, text: found?.text ?? text, from, declared });
  return found;
};

const ofLinks = (
  walk: Walk,
  links: readonly Link[],
  callee: Meant | undefined,
  inside: Inside,
): void => {
  for (const link of links)
    if (link.tag === 'call') link.arguments.forEach((a) => ofArgument(walk, a, callee, inside));
    else ofExpr(walk, link.argument, inside);
};

export const ofArgument = (
  walk: Walk,
  argument: Argument,
  callee: Meant | undefined,
  inside: Inside,
): void => {
  if (argument.tag === 'rest')
    return inside.variables === undefined
      ? ofParameter(walk, argument.name, inside)
      : variable(walk, argument.name, inside);
  if (argument.tag === 'named') {
    const filled = callee && parameterOf(walk, callee, argument.name.text, 0);
    const operator = typeof filled === 'string' ? filled : undefined;
    const declared: Declared | undefined =
      typeof filled === 'object' ? { span: filled, from: 'parameter' } : undefined;
    const named = { ...place(walk, argument.name), declared, argument: { operator } };
    walk.add({ ...named, from: 'parameter' });
  }
  ofExpr(walk, argument.value, inside);
};

const MOST_FOLLOWED = 8;

/** What a word means where nothing but declarations is known. */
const meantAtTop = ({ seen }: Walk, { parts }: Word): Meant | undefined => {
  const [first, second] = parts;
  if (second === undefined) return meant(seen, first!, () => undefined);
  if (first!.text === 'std') return meantIn('std', second);
  const names = seen.modules.get(first!.text)?.names;
  return names && meantIn(names, second);
};

/** The parameter that a name of a call fills, or its operator; behind `..p` that of the call which it is passed to. */
const parameterOf = (
  walk: Walk,
  callee: Meant,
  text: string,
  followed: number,
): Span | string | undefined => {
  if (callee.declared === 'std') return callee.text;
  const definition = definitionOf(callee.declared);
  if (definition === undefined) return undefined;
  const own = definition.parameters.find((p) => p.tag === 'parameter' && p.name.text === text);
  if (own !== undefined) return walk.view.locate(own.name.span);
  const rest = definition.parameters.find((p) => p.tag === 'rest');
  if (rest === undefined || followed > MOST_FOLLOWED) return undefined;
  const passes = chainsOf(definition.body).find(({ links }) =>
    links.some((l) => l.tag === 'call' && l.arguments.some((a) => a.tag === 'rest')),
  );
  const next = passes && meantAtTop(walk, passes.word);
  return next && next.declared !== callee.declared
    ? parameterOf(walk, next, text, followed + 1)
    : undefined;
};
