/** The tree around a place: what a cursor is in, from the declaration to the smallest expression. */
import type { Span } from '../syntax/source.ts';
import type { Clause, Declaration, Definition, Expr, Rule } from '../syntax/tree.ts';
import { partsOf } from '../syntax/walk.ts';
import { treeOf, type Ground } from './ground.ts';

/** A part of a tree that has a place. */
export type Node =
  | { readonly tag: 'declaration'; readonly it: Declaration }
  | { readonly tag: 'rule'; readonly it: Rule }
  | { readonly tag: 'clause'; readonly it: Clause }
  | { readonly tag: 'expr'; readonly it: Expr };

const exprs = (all: readonly (Expr | undefined)[]): readonly Node[] =>
  all.flatMap((it) => (it === undefined ? [] : [{ tag: 'expr' as const, it }]));
const clauses = (all: readonly Clause[]): readonly Node[] =>
  all.map((it) => ({ tag: 'clause', it }));
const declared = (all: readonly Declaration[]): readonly Node[] =>
  all.map((it) => ({ tag: 'declaration', it }));

const axesOf = ({ signature }: Definition): readonly Expr[] =>
  [signature?.input, signature?.output].flatMap((type) =>
    type?.tag === 'tensor' ? type.axes : [],
  );

const inDeclaration = (d: Declaration): readonly Node[] => {
  switch (d.tag) {
    case 'def':
    case 'net':
      return exprs([
        ...d.parameters.map((p) => (p.tag === 'rest' ? undefined : p.default)),
        ...axesOf(d),
        d.body,
      ]);
    case 'import':
      return [];
    case 'assert':
      return exprs([d.condition]);
    case 'rewrite':
      return d.rules.map((it) => ({ tag: 'rule', it }));
    case 'train':
    case 'eval':
      return [...exprs([d.net, d.from]), ...clauses(d.clauses), ...exprs([d.body])];
  }
};

/** What lies directly in a part, in the order of the text. */
const partsIn = (node: Node): readonly Node[] => {
  switch (node.tag) {
    case 'declaration':
      return inDeclaration(node.it);
    case 'rule':
      return exprs([node.it.pattern, node.it.replacement]);
    case 'clause':
      return [...exprs(node.it.values.flatMap((v) => v.items)), ...clauses(node.it.inner)];
    case 'expr':
      return node.it.tag === 'sequence'
        ? [...declared(node.it.defs), ...exprs(node.it.steps)]
        : exprs(partsOf(node.it));
  }
};

const touches = ({ start, end }: Span, offset: number): boolean => start <= offset && offset <= end;

/** What a place lies in, from the declaration inwards. Of two parts that touch there the later one. */
export const pathAt = (ground: Ground, offset: number): readonly Node[] => {
  const { locate } = ground.view;
  const path: Node[] = [];
  let around = declared(treeOf(ground)?.declarations ?? []);
  for (;;) {
    const next = around.findLast(({ it }) => touches(locate(it.span), offset));
    if (next === undefined) return path;
    path.push(next);
    around = partsIn(next);
  }
};

/** The expressions of a path. */
export const exprsOf = (path: readonly Node[]): readonly Expr[] =>
  path.flatMap((node) => (node.tag === 'expr' ? [node.it] : []));

/** The innermost declaration of a path. */
export const declarationOf = (path: readonly Node[]): Declaration | undefined =>
  path.flatMap((node) => (node.tag === 'declaration' ? [node.it] : [])).at(-1);

/** The declaration that a place belongs to, or the text behind it does, which may be half written. */
export const declarationAround = (ground: Ground, offset: number): Declaration | undefined =>
  declarationOf(pathAt(ground, offset)) ?? outermostBefore(ground, offset);

/** The declaration of the file that begins last before a place. */
export const outermostBefore = (ground: Ground, offset: number): Declaration | undefined =>
  treeOf(ground)?.declarations.findLast(({ span }) => ground.view.locate(span).start <= offset);
