/** Walking a tree: the parts of an expression, in the order of the text. */
import type { Binding, Declaration, Expr, TypeExpr } from './tree.ts';

type Chain = Extract<Expr, { readonly tag: 'chain' }>;

const ofType = (t: TypeExpr | undefined): readonly Expr[] =>
  t === undefined || t.tag === 'any' ? [] : t.axes;

const ofBinding = (b: Binding): Expr => (b.tag === 'binding' ? b.value : b.condition);

/** The most frequent expression by far, so it is walked without arrays in between. */
const ofChain = ({ links }: Chain): readonly Expr[] => {
  const parts: Expr[] = [];
  for (const link of links)
    if (link.tag !== 'call') parts.push(link.argument);
    else for (const a of link.arguments) if (a.tag !== 'rest') parts.push(a.value);
  return parts;
};

/** The expressions directly below one; local definitions are not entered. */
export const partsOf = (e: Expr): readonly Expr[] => {
  switch (e.tag) {
    case 'number':
    case 'size':
    case 'string':
    case 'any':
    case 'recall':
    case 'spread':
    case 'missing':
      return [];
    case 'list':
      return e.items;
    case 'group':
    case 'negate':
    case 'label':
    case 'as':
    case 'not':
    case 'block':
    case 'also':
      return [e.body];
    case 'chain':
      return ofChain(e);
    case 'times':
      return [e.count, e.body];
    case 'ascribe':
      return [e.body, ...ofType(e.input), ...ofType(e.output)];
    case 'with':
      return [e.body, ...e.entries.map((w) => w.value)];
    case 'run':
      return e.operands;
    case 'range':
      return [e.from, e.to];
    case 'compare':
    case 'and':
    case 'or':
      return [e.left, e.right];
    case 'if':
      return [e.condition, e.then, e.else];
    case 'beside':
      return e.branches;
    case 'sequence':
      return e.steps;
    case 'where':
      return [e.body, ...e.bindings.map(ofBinding)];
  }
};

/** Every word with what touches it, anywhere below, local definitions included. */
export const chainsOf = (e: Expr): readonly Chain[] => {
  const found: Chain[] = [];
  const visit = (x: Expr): void => {
    if (x.tag === 'chain') found.push(x);
    if (x.tag === 'sequence') x.defs.forEach(visitDeclaration);
    partsOf(x).forEach(visit);
  };
  const visitDeclaration = (d: Declaration): void => {
    if (d.tag === 'def' || d.tag === 'net') visit(d.body);
  };
  visit(e);
  return found;
};

/** What is inside parentheses, however many. */
export const throughGroups = (e: Expr): Expr => (e.tag === 'group' ? throughGroups(e.body) : e);
