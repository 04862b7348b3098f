/**
 * Checks a declaration without a use: its parameters, and whether its words have a meaning. Each use checks the rest.
 */
import type {
  Declaration,
  Expr,
  Link,
  Parameter,
  TypeExpr,
  Definition,
} from '../../syntax/tree.ts';
import { partsOf } from '../../syntax/walk.ts';
import { reportTwice } from '../expr/bodies.ts';
import type { Context } from '../expr/context.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { perObject } from '../../syntax/memo.ts';
import type { Span } from '../../syntax/source.ts';
import { recursive } from './recursion.ts';
import { unknownRest } from '../expr/fill.ts';
import { isForeign, resolve, sizeNames } from '../expr/names.ts';
import { inner, innerWithMore, lookupRest } from '../expr/scope.ts';
import { unknown, type Scope } from '../expr/values.ts';

/** What can be called, among what a file consists of. */
export const isDefinition = (d: Declaration): d is Definition => d.tag === 'def' || d.tag === 'net';

/** The lists of local definitions in a body, each with its neighbours; those of their bodies too. */
const localLists = (body: Expr): readonly (readonly Definition[])[] => [
  ...(body.tag === 'sequence' && body.defs.length > 0 ? [body.defs.filter(isDefinition)] : []),
  ...(body.tag === 'sequence' ? body.defs.filter(isDefinition) : []).flatMap((d) =>
    localLists(d.body),
  ),
  ...partsOf(body).flatMap(localLists),
];

/** What is wrong with a definition wherever it stands, and the local ones that use themselves. */
export const faultsWithin: (definition: Definition) => {
  readonly found: readonly Diagnostic[];
  readonly recursive: readonly Definition[];
} = perObject((definition) => {
  const found: Diagnostic[] = [];
  const reports: Reporting = { report: (d) => found.push(d) };
  const lists = localLists(definition.body);
  for (const { parameters } of [definition, ...lists.flat()]) {
    reportNamesakes(reports, parameters);
    reportOrder(reports, parameters);
  }
  return { found, recursive: lists.flatMap((list) => [...recursive(reports, list)]) };
});

type Reporting = Pick<Context, 'report'>;

const reportNamesakes = (cx: Reporting, parameters: readonly Parameter[]): void => {
  const seen = new Map<string, Parameter>();
  for (const p of parameters) {
    const before = seen.get(p.name.text);
    if (before === undefined) seen.set(p.name.text, p);
    else reportTwice(cx, p.name.text, p.name.span, before.name.span);
  }
};

/** Parameters without default come first. */
const reportOrder = (cx: Reporting, parameters: readonly Parameter[]): void => {
  let optional: Span | undefined;
  for (const p of parameters) {
    if (p.tag === 'rest') continue;
    if (p.default !== undefined) optional ??= p.name.span;
    else if (optional !== undefined)
      cx.report(
        error('E0312', p.name.span, `\`${p.name.text}\` has no default and follows one that has`, {
          label: 'must come first, or have a default',
          labels: [{ span: optional, message: 'has a default' }],
        }),
      );
  }
};

/** Checks the words of a definition, even of an unused one; its parameters may mean anything. */
export const checkWords = (cx: Context, definition: Definition, around: Scope): void => {
  const scope = parametersIn(cx, definition.parameters, around);
  const { signature } = definition;
  const body = signature === undefined ? scope : naming(scope, sizeNames(signature.input));
  if (signature?.output !== undefined)
    visitType(cx, signature.output, withBindings(definition.body, body));
  visit(cx, definition.body, body);
};

/** Names with an unknown meaning. */
const naming = (scope: Scope, names: readonly string[]): Scope => {
  const named = inner(scope);
  for (const name of names) named.names.set(name, { from: 'parameter', value: () => unknown });
  return named;
};

const parametersIn = (cx: Context, parameters: readonly Parameter[], around: Scope): Scope => {
  let scope = around;
  for (const p of parameters) {
    if (p.tag === 'rest') {
      const more = innerWithMore(scope);
      more.more.rests.set(p.name.text, []);
      scope = more;
    } else {
      if (p.default !== undefined) visit(cx, p.default, scope);
      scope = naming(scope, [p.name.text]);
    }
  }
  return scope;
};

const withBindings = (e: Expr, scope: Scope): Scope =>
  e.tag === 'where'
    ? naming(
        scope,
        e.bindings.flatMap((b) => (b.tag === 'binding' ? [b.name.text] : [])),
      )
    : scope;

const visitType = (cx: Context, type: TypeExpr, scope: Scope): void => {
  if (type.tag === 'tensor') for (const e of type.axes) visit(cx, e, scope);
};

const visit = (cx: Context, e: Expr, scope: Scope): void => {
  switch (e.tag) {
    case 'chain':
      resolve(cx, e, scope);
      if (!isForeign(e, scope)) e.links.forEach((link) => visitLink(cx, link, scope));
      return;
    case 'where': {
      const named = withBindings(e, scope);
      partsOf(e).forEach((part) => visit(cx, part, named));
      return;
    }
    case 'sequence': {
      const named = naming(
        scope,
        e.defs.flatMap((d) => (d.tag === 'def' ? [d.name.text] : [])),
      );
      for (const d of e.defs) if (d.tag === 'def') checkWords(cx, d, named);
      e.steps.forEach((step) => visit(cx, step, named));
      return;
    }
    case 'ascribe': {
      const sized = naming(scope, sizeNames(e.input));
      visit(cx, e.body, sized);
      if (e.output !== undefined) visitType(cx, e.output, sized);
      return;
    }
    case 'with': // of rules, whose words are their own
      return;
    default:
      partsOf(e).forEach((part) => visit(cx, part, scope));
  }
};

const visitLink = (cx: Context, link: Link, scope: Scope): void => {
  if (link.tag !== 'call') return visit(cx, link.argument, scope);
  for (const a of link.arguments) {
    if (a.tag !== 'rest') visit(cx, a.value, scope);
    else if (lookupRest(scope, a.name.text) === undefined) cx.report(unknownRest(a.name, scope));
  }
};
