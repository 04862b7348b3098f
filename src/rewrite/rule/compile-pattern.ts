/** The left side of a rule as a graph, from its expression. */
import { error } from '../../diagnostic/diagnostic.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr, Name, TypeExpr } from '../../syntax/tree.ts';
import { chainsOf } from '../../syntax/walk.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import { lookup } from '../../typecheck/expr/scope.ts';
import { restsIn, statedArguments, type Chain, type OperatorCall } from './calls.ts';
import { twice } from './faults.ts';
import type { ArgPattern, BoundArg, ParamPattern, Pattern, PatternNode } from './pattern.ts';
import { walker, type Side } from './rule-walk.ts';
import type { Scope } from '../../typecheck/expr/values.ts';

type Draft = {
  readonly nodes: PatternNode[];
  readonly names: Map<string, number>;
  readonly recalled: Set<string>;
  readonly types: { readonly node: number; readonly type: TypeExpr }[];
  readonly rests: Map<string, readonly string[]>;
  readonly variables: Map<string, Span>;
};

/** Faults are reported, and what could be understood is returned. `std` holds the operators. */
export const compilePattern = (cx: Context, expr: Expr, std: Scope): Pattern => {
  const draft: Draft = {
    nodes: [{ tag: 'input' }],
    names: new Map(),
    recalled: new Set(),
    types: [],
    rests: new Map(),
    variables: new Map(),
  };
  const result = walker(cx, sideOf(cx, draft, std), std)(expr, 0);
  return { ...draft, result, apart: apartIn(draft.nodes), fromInput: fromInput(draft.nodes) };
};

/** For each `..f`, the joins that have it in some of their branches and not in all. */
const apartIn = (nodes: readonly PatternNode[]): Pattern['apart'] => {
  const parts = nodes.flatMap((n, i) => (n.tag === 'layers' ? [i] : []));
  if (parts.length === 0) return new Map();
  // the nodes on the way from the input to each node
  const above: ReadonlySet<number>[] = [];
  nodes.forEach((n, i) => {
    const inputs = n.tag === 'join' ? n.branches : n.tag === 'input' ? [] : [n.of];
    above.push(new Set([i, ...inputs.flatMap((input) => [...(above[input] ?? [])])]));
  });
  const isApart = (part: number, { branches }: Extract<PatternNode, { tag: 'join' }>): boolean => {
    const having = branches.filter((b) => above[b]?.has(part));
    return having.length > 0 && having.length < branches.length;
  };
  return new Map(
    parts.map((part) => [
      part,
      nodes.flatMap((n, i) => (n.tag === 'join' && isApart(part, n) ? [i] : [])),
    ]),
  );
};

/** The joins whose branches have nothing in common but the input. */
const fromInput = (nodes: readonly PatternNode[]): ReadonlySet<number> => {
  const behind = (of: number): readonly number[] => {
    const n = nodes[of];
    if (n === undefined || n.tag === 'input') return [];
    return [of, ...(n.tag === 'join' ? n.branches : [n.of]).flatMap(behind)];
  };
  const isApart = (n: PatternNode): boolean => {
    const all = n.tag === 'join' ? n.branches.flatMap((b) => [...new Set(behind(b))]) : [];
    return all.length > 0 && new Set(all).size === all.length;
  };
  return new Set(nodes.flatMap((n, i) => (isApart(n) ? [i] : [])));
};

const add = (draft: Draft, node: PatternNode): number => draft.nodes.push(node) - 1;

const sideOf = (cx: Context, draft: Draft, std: Scope): Side => ({
  layer: (call, of) => layer(cx, draft, call, of, std),
  spread: ({ name, span }, of) => add(draft, { tag: 'layers', name: name.text, of, span }),
  recall: (expr, of) => {
    const node = draft.names.get(expr.name.text);
    draft.recalled.add(expr.name.text);
    if (node === undefined)
      cx.report(
        error('E0311', expr.span, `nothing before this is remembered as \`${expr.name.text}\``),
      );
    return node ?? of;
  },
  join: (row, branches, span) =>
    add(draft, {
      tag: 'join',
      row,
      branches: row.commutes ? branches : branches.flatMap(flat(draft)),
      span,
    }),
  own: (expr, of, enter) => {
    if (expr.tag === 'as') {
      const node = enter(expr.body, of);
      name(cx, draft, expr.name, node);
      return node;
    }
    if (expr.tag !== 'ascribe') return undefined;
    draft.types.push({ node: of, type: expr.input });
    variablesOfType(draft, expr.input, std);
    const node = enter(expr.body, of);
    if (expr.output !== undefined) draft.types.push({ node, type: expr.output });
    return node;
  },
});

/** `(f | g) | h` is one join of three, unless the inner join has a name. */
const flat =
  (draft: Draft) =>
  (branch: number): readonly number[] => {
    const node = draft.nodes[branch];
    const named = [...draft.names.values()].includes(branch);
    return node?.tag === 'join' && node.row.stacks === true && !named ? node.branches : [branch];
  };

const name = (cx: Context, draft: Draft, { text, span }: Name, node: number): void => {
  if (draft.names.has(text)) twice(cx, text, span);
  else draft.names.set(text, node);
};

const layer = (cx: Context, draft: Draft, call: OperatorCall, of: number, std: Scope): number => {
  const { row, chain } = call;
  const stated = statedArguments(cx, call, std);
  const [rest] = restsIn(chain);
  const params = row.params.map((param): ParamPattern => {
    const given = stated.find((a) => a.parameter === param.name);
    if (given !== undefined) return { param, pattern: argument(draft, given, std) };
    if (rest !== undefined) return { param, pattern: { tag: 'carried', rest: rest.name.text } };
    const { default: fallback } = param;
    if (fallback?.tag === 'as')
      return { param, pattern: { tag: 'same as', parameter: fallback.parameter } };
    const known = fallback?.tag === 'value' ? fallback.value : undefined;
    return { param, pattern: { tag: 'default', value: known } };
  });
  if (rest !== undefined) {
    const before = draft.rests.get(rest.name.text) ?? [];
    const behind = params.flatMap((p) => (p.pattern.tag === 'carried' ? [p.param.name] : []));
    draft.rests.set(rest.name.text, [...new Set([...before, ...behind])]);
  }
  return add(draft, { tag: 'layer', row, params, of, span: chain.span });
};

// ---------------------------------------------------------------------------------------- arguments

const argument = (draft: Draft, { source }: BoundArg, std: Scope): ArgPattern =>
  source.tag === 'expr'
    ? patternOf(draft, source.expr, std)
    : source.tag === 'value'
      ? { tag: 'value', value: source.value }
      : { tag: 'carried', rest: source.rest };

const patternOf = (draft: Draft, expr: Expr, std: Scope): ArgPattern => {
  const part = (e: Expr): ArgPattern => patternOf(draft, e, std);
  switch (expr.tag) {
    case 'group':
      return part(expr.body);
    case 'any':
      return { tag: 'any' };
    case 'times':
      return { tag: 'extent', h: part(expr.count), w: part(expr.body) };
    case 'range':
      return { tag: 'range', from: part(expr.from), to: part(expr.to) };
    case 'list':
      return { tag: 'sides', items: expr.items.map(part) };
    case 'chain': {
      const variable = variableOf(expr, std);
      if (variable === undefined) return { tag: 'expr', expr };
      if (!draft.variables.has(variable.text)) draft.variables.set(variable.text, variable.span);
      return { tag: 'variable', name: variable.text, span: variable.span };
    }
    default:
      return { tag: 'expr', expr };
  }
};

/** A word alone is a variable unless it is one of the language's own words for arguments. */
const variableOf = (chain: Chain, std: Scope): Name | undefined => {
  const [name, second] = chain.word.parts;
  if (name === undefined || second !== undefined || chain.links.length > 0) return undefined;
  return isWord(name.text, std) ? undefined : name;
};

const isWord = (text: string, std: Scope): boolean => {
  const found = lookup(std, text);
  if (found?.tag !== 'entry') return false;
  const { tag } = found.entry.value();
  return tag === 'builtin' || tag === 'flag';
};

/** Every name in the type of an input is bound there, or was before. */
const variablesOfType = (draft: Draft, type: TypeExpr, std: Scope): void => {
  if (type.tag === 'any') return;
  for (const axis of type.axes)
    for (const { word } of chainsOf(axis)) {
      const [part] = word.parts;
      if (part !== undefined && !isWord(part.text, std) && !draft.variables.has(part.text))
        draft.variables.set(part.text, part.span);
    }
};
