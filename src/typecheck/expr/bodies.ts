/** Scopes of bodies: a call with its parameters, a `where` with its names, local definitions. */
import { error } from '../../diagnostic/diagnostic.ts';
import { Bug } from '../../diagnostic/bug.ts';
import { idOf, perObject } from '../../syntax/memo.ts';
import type { Span } from '../../syntax/source.ts';
import type { Declaration, Expr, Definition } from '../../syntax/tree.ts';
import { restOf } from './bind.ts';
import { lazily, once, type Context } from './context.ts';
import { bodyOf, freshFrame, inner, innerWithMore } from './scope.ts';
import { partsOf } from '../../syntax/walk.ts';
import {
  kindName,
  unknown,
  type Callee,
  type Value,
  type BoundArgument,
  type Entry,
  type Scope,
} from './values.ts';

type DefinitionCallee = Extract<Callee, { readonly tag: 'definition' }>;

/** Whether an expression recalls a value that is remembered around it. */
export const recalls: (e: Expr) => boolean = perObject(
  (e) => e.tag === 'recall' || partsOf(e).some(recalls),
);

/** An expression in the scope it is seen from: equal keys mean the same. */
export const closureKey = (expr: Expr, scope: Scope): string =>
  recalls(expr) ? `${idOf(expr)} ${scope.id} ${scope.frame.id}` : `${idOf(expr)} ${scope.id}`;

const valueKey = (v: Value): string => {
  switch (v.tag) {
    case 'number':
      return v.dropped === undefined ? `${v.value} ${v.integer}` : JSON.stringify(v);
    case 'layer':
      return `layer ${closureKey(v.expr, v.scope)}`;
    case 'list':
      return `[${v.items.map(valueKey).join()}]`;
    case 'callable':
      return v.callee.tag === 'operator'
        ? `operator ${v.callee.row.name}`
        : `definition ${idOf(v.callee.definition)} ${v.callee.scope.id}`;
    case 'rewrite':
      return `rewrite ${idOf(v.pass)}`;
    case 'protocol':
      return `protocol ${idOf(v.train ?? v.eval ?? v)}`;
    default:
      return JSON.stringify(v);
  }
};

/**
 * The scope of a definition's body in one call. A default sees the parameters before it and what
 * surrounds the declaration. The same arguments give the same scope. Undefined when calls nest too deep.
 */
export const callScope = (
  cx: Context,
  callee: DefinitionCallee,
  given: readonly BoundArgument[],
  place: Span,
): Scope | undefined =>
  cx.calling(place, () => {
    const filled = given.map((g) => `${g.parameter}=${valueKey(g.value())}`).join();
    const key = `${idOf(callee.definition)} ${callee.scope.id} ${filled}`;
    return once(cx, cx.scopes, key, () => newCallScope(cx, callee, given));
  });

const newCallScope = (
  cx: Context,
  callee: DefinitionCallee,
  given: readonly BoundArgument[],
): Scope => {
  const around = callee.scope;
  let scope = bodyOf(around);
  const before = beforeEach(callee, (name) => scope.names.get(name));
  callee.definition.parameters.forEach((parameter, i) => {
    if (parameter.tag === 'rest') {
      const withRest = innerWithMore(scope);
      withRest.more.rests.set(parameter.name.text, restOf(callee.definition, given));
      scope = withRest;
      return;
    }
    const name = parameter.name.text;
    const g = given.find((x) => x.parameter === name);
    const fallback = parameter.default;
    const standard =
      fallback === undefined
        ? undefined
        : lazily(
            cx,
            parameter.span,
            () => cx.evaluate(cx, fallback, before(i)),
            () => circular(cx, name, parameter.span),
          );
    const fits = g === undefined || standard === undefined || hasKind(cx, g, standard(), name);
    scope.names.set(name, {
      from: 'parameter',
      span: parameter.name.span,
      ...(g === undefined ? {} : { given: g.span }),
      value: fits ? (g?.value ?? standard ?? (() => unknown)) : () => unknown,
    });
  });
  return scope;
};

/** A copy of all names before it for each of many parameters would cost their square. */
const GROUP = 64;

/**
 * What the default of parameter `i` sees: the parameters before it, and what surrounds the declaration. Whole groups of
 * parameters are shared.
 */
const beforeEach = (
  { definition: { parameters }, scope: around }: DefinitionCallee,
  entryOf: (name: string) => Entry | undefined,
): ((i: number) => Scope) => {
  const withNames = (outer: Scope, from: number, to: number): Scope => {
    const seen = bodyOf(outer);
    for (const { name } of parameters.slice(from, to)) {
      const entry = entryOf(name.text);
      if (entry !== undefined) seen.names.set(name.text, entry);
    }
    return seen;
  };
  const groups = [around];
  return (i) => {
    const whole = Math.floor(i / GROUP);
    for (let n = groups.length; n <= whole; n++)
      groups.push(withNames(groups[n - 1]!, (n - 1) * GROUP, n * GROUP));
    return i === 0 ? freshFrame(around) : withNames(groups[whole]!, whole * GROUP, i);
  };
};

/** A parameter takes its default's kind. */
const hasKind = (cx: Context, given: BoundArgument, fallback: Value, name: string): boolean => {
  const value = given.value();
  const expected = kindClass(fallback);
  const found = kindClass(value);
  if (expected === undefined || found === undefined || expected === found) return true;
  cx.report(
    error(
      'E0302',
      given.span,
      `the default of \`${name}\` is ${kindName(fallback)}, and this is ${kindName(value)}`,
      {
        label: kindName(value),
      },
    ),
  );
  return false;
};

/** A number may stand for a size or a real. Words are distinguished by the operator that takes them. */
const kindClass = (v: Value): 'number' | 'flag' | 'string' | 'layer' | undefined => {
  switch (v.tag) {
    case 'number':
    case 'pixels':
    case 'extent':
      return 'number';
    case 'flag':
    case 'string':
    case 'layer':
      return v.tag;
    case 'callable':
      return 'layer';
    default:
      return undefined;
  }
};

const circular = (cx: Context, name: string, span: Span): Value => {
  cx.report(error('E0308', span, `\`${name}\` is defined in terms of itself`));
  return unknown;
};

/** The names of a `where`, seen in all of its body and by each other. */
export const whereScope = (
  cx: Context,
  expr: Extract<Expr, { readonly tag: 'where' }>,
  scope: Scope,
): Scope => {
  const key = `where ${closureKey(expr, scope)}`;
  const names = once(cx, cx.scopes, key, () => bindings(cx, expr, scope));
  return { ...names, frame: scope.frame, repeated: scope.repeated };
};

/** A `where` that ends a declaration is seen in its output type too. */
export const seenAtEnd = (cx: Context, body: Expr, scope: Scope): Scope =>
  body.tag === 'where' ? whereScope(cx, body, scope) : scope;

const bindings = (
  cx: Context,
  expr: Extract<Expr, { readonly tag: 'where' }>,
  scope: Scope,
): Scope => {
  const names = inner(scope);
  for (const binding of expr.bindings) {
    if (binding.tag === 'guard') {
      cx.report(error('E0317', binding.span, 'only a rule can have a condition'));
      continue;
    }
    const { text, span } = binding.name;
    enter(cx, names, text, {
      from: 'where',
      span,
      written: { expr: binding.value, scope: names },
      value: lazily(
        cx,
        binding.span,
        () => cx.evaluate(cx, binding.value, names),
        () => circular(cx, text, span),
      ),
    });
  }
  return names;
};

/** Local definitions, seen in the whole body. */
export const localScope = (cx: Context, defs: readonly Declaration[], scope: Scope): Scope => {
  if (defs.length === 0) return scope;
  const key = `defs ${idOf(defs)} ${scope.id}`;
  const names = once(cx, cx.scopes, key, () => definitionsIn(cx, defs, scope));
  return { ...names, frame: scope.frame, repeated: scope.repeated };
};

const definitionsIn = (cx: Context, defs: readonly Declaration[], scope: Scope): Scope => {
  const names = inner(scope);
  for (const d of defs) {
    if (d.tag === 'def') declare(cx, names, d, names);
    // the parser has reported anything else
  }
  return names;
};

/** Enters a definition into a scope; its body sees `around`. */
export const declare = (cx: Context, into: Scope, definition: Definition, around: Scope): void => {
  const { text, span } = definition.name;
  const callable: Value = {
    tag: 'callable',
    callee: { tag: 'definition', definition, scope: around },
  };
  enter(cx, into, text, {
    from: 'declaration',
    span,
    value: () => (cx.recursive.has(definition) ? unknown : callable),
  });
};

/** Of two with one name the first stays (E0310). */
const enter = (
  cx: Context,
  into: Scope,
  name: string,
  entry: Entry & { readonly span: Span },
): void => {
  const before = into.names.get(name);
  if (before === undefined) into.names.set(name, entry);
  else reportTwice(cx, name, entry.span, before.span);
};

/** Reports a name that is declared twice, with both places and a next step where one is known (E0310). */
export const reportTwice = (
  { report }: Pick<Context, 'report'>,
  name: string,
  span: Span,
  before: Span | undefined,
  notes: readonly string[] = [],
): void => {
  if (before === undefined) throw new Bug(`${name} has no place`);
  report(
    error('E0310', span, `\`${name}\` is declared twice`, {
      label: 'declared again here',
      labels: [{ span: before, message: 'declared first here' }],
      notes,
    }),
  );
};
