/** From the text of a clause to what its forms make of it. Whatever is wrong is reported, and the value then unknown. */
import * as E from 'fp-ts/lib/Either.js';
import { error, replace, type Fix } from '../diagnostic/diagnostic.ts';
import type { Span } from '../syntax/source.ts';
import type { Argument, Expr } from '../syntax/tree.ts';
import { throughGroups } from '../syntax/walk.ts';
import type { Context } from '../typecheck/expr/context.ts';
import { usage, type Callsite } from '../typecheck/expr/fill.ts';
import { realNeeded } from '../typecheck/expr/coerce.ts';
import { evaluate } from '../typecheck/expr/evaluate.ts';
import { bindAt } from '../typecheck/expr/bind.ts';
import { inner } from '../typecheck/expr/scope.ts';
import {
  kindName,
  showValue,
  type BoundArgument,
  type ParameterInfo,
  type Scope,
  type Value,
} from '../typecheck/expr/values.ts';
import { parameterElsewhere } from './elsewhere/parameters.ts';
import type { Form, ParamInfo } from './form.ts';
import { soleItem } from './items.ts';
import type { Reading } from './reading.ts';
import { path, type Takes } from './takes.ts';
import { unknownForm } from './unknown-form.ts';

type Chain = Extract<Expr, { readonly tag: 'chain' }>;

/** Something read, with its place. */
export type Placed<A> = { readonly value: A; readonly span: Span };

/** What a form has made, with its place and the places of its arguments. */
export type ReadForm<X> = Placed<X> & {
  readonly name: string;
  readonly args: ReadonlyMap<string, Span>;
};

/** The names that an argument sees where some words mean themselves. */
const withWords = (scope: Scope, words: readonly string[] | undefined): Scope => {
  if (words === undefined) return scope;
  const seen = inner(scope);
  for (const name of words)
    seen.names.set(name, { from: 'std', value: () => ({ tag: 'builtin', name }) });
  return seen;
};

/** An argument as its parameter takes it. `named` is the parameter in messages, `` `rate` of `sgd` ``. */
const taken = <A>(
  { cx }: Reading,
  takes: Takes<A>,
  value: Value,
  at: {
    readonly named: string;
    readonly span: Span;
    readonly notes?: readonly string[];
    /** of a value of another kind */
    readonly fixes?: readonly Fix[];
  },
): { readonly value: A } | undefined => {
  if (value.tag === 'unknown') return undefined;
  if (takes.real && value.tag === 'number' && value.dropped !== undefined) {
    cx.report(realNeeded(cx, value.value, value.dropped.place));
    return undefined;
  }
  const read = takes.read(value);
  if (E.isRight(read)) return { value: read.right };
  const { named, span, notes = [], fixes = [] } = at;
  const { is, bounds = '' } = takes;
  const why = read.left;
  cx.report(
    why === 'kind'
      ? error('E0302', span, `${named} must be ${is}, and this is ${kindName(value)}`, {
          label: `${is} is needed`,
          notes,
          fixes: [...fixes, ...numberFixes(takes, value, cx.text(span), span)],
        })
      : error('E0307', span, `${named} must be ${bounds}, and this is ${showValue(value)}`, {
          label: why === 'bounds' ? bounds : why.says,
          fixes: why === 'bounds' ? [] : [bettered(span, cx.text(span), why.better)],
        }),
  );
  return undefined;
};

/** `5` for `5.0` and for `"5"`, where that is taken. */
const numberFixes = <A>(
  takes: Takes<A>,
  value: Value,
  written: string,
  span: Span,
): readonly Fix[] => {
  const n = Number(
    value.tag === 'string' ? value.value : value.tag === 'number' ? value.value : NaN,
  );
  const isMeant =
    (value.tag !== 'string' || value.value.trim() !== '') &&
    E.isRight(takes.read({ tag: 'number', value: n, integer: Number.isInteger(n) }));
  return isMeant ? [bettered(span, written, String(n))] : [];
};

/** What stands for a path without its quotes: names and signs that mean no word, number or string. */
const bareText = (cx: Context, { span, value }: BoundArgument): string | undefined => {
  const { tag } = cx.quietly(value).value;
  if (tag === 'string' || tag === 'number' || tag === 'builtin') return undefined;
  const written = cx.text(span).replace(named, '');
  return /^[\w./~-]+$/.test(written) ? written : undefined;
};

/** The name before the value of an argument. */
const named = /^\w+\s*=(?!=)\s*/;

/** The argument with another value, behind its name if it has one. */
const bettered = (span: Span, written: string, better: string): Fix => {
  const name = named.exec(written)?.[0] ?? '';
  return replace(`write \`${better}\``, { ...span, start: span.start + name.length }, better);
};

/** The number, or whatever else `takes` takes, that a clause is. */
export const readValue = <A>(r: Reading, takes: Takes<A>): Placed<A> | undefined => {
  const expr = soleItem(r);
  return expr && readItem(r, takes, expr);
};

/** One of the values of a clause. */
export const readItem = <A>(r: Reading, takes: Takes<A>, expr: Expr): Placed<A> | undefined => {
  const value = evaluate(r.cx, expr, withWords(r.scope, takes.words));
  const read = taken(r, takes, value, { named: `\`${r.word}\``, span: expr.span });
  return read && { ...read, span: expr.span };
};

/** What a value says in one of some forms. */
export const readForm = <X>(
  r: Reading,
  forms: readonly Form<X>[],
  expr: Expr,
): ReadForm<X> | undefined => {
  const chain = throughGroups(expr);
  const [name, more] = chain.tag === 'chain' ? chain.word.parts : [];
  const form = more === undefined ? forms.find((f) => f.name === name?.text) : undefined;
  if (chain.tag !== 'chain' || form === undefined) {
    const fault = unknownForm(r, forms, expr);
    if (fault !== undefined) r.cx.report(fault);
    return undefined;
  }
  return applied(r, form, chain);
};

const parametersOf = <X>({ params, others }: Form<X>, chain: Chain): readonly ParameterInfo[] => {
  const own = params.map(({ name, fallback }) => ({
    name,
    fallback: fallback && (fallback.text ?? ''),
  }));
  if (others === undefined) return own;
  const named = chain.links
    .flatMap((link): readonly Argument[] => (link.tag === 'call' ? link.arguments : []))
    .flatMap((a) => (a.tag === 'named' ? [a.name.text] : []));
  const more = [...new Set(named)].filter((n) => !params.some(({ name }) => name === n));
  return [...own, ...more.map((name) => ({ name, fallback: undefined }))];
};

/** The name of the only other parameter that takes an argument without a name: `step([30, 60])` has them `at` epochs. */
const otherPlace = (
  cx: Context,
  params: readonly ParamInfo[],
  given: ReadonlySet<string>,
  { span, value, parameter }: BoundArgument,
): readonly Fix[] => {
  if (named.test(cx.text(span))) return [];
  const found = cx.quietly(value).value;
  const others = params.filter(
    (p) => p.name !== parameter && !given.has(p.name) && E.isRight(p.takes.read(found)),
  );
  const [only, more] = others;
  if (only === undefined || more !== undefined) return [];
  const text = `${only.name} = ${cx.text(span)}`;
  return [replace(`write \`${text}\``, span, text)];
};

const hasStranger = ({ links }: Chain, parameters: readonly ParameterInfo[]): boolean =>
  links.some(
    (link) =>
      link.tag === 'call' &&
      link.arguments.some(
        (a) => a.tag === 'named' && !parameters.some(({ name }) => name === a.name.text),
      ),
  );

/** A form with the arguments that it is written with. */
const applied = <X>(r: Reading, form: Form<X>, chain: Chain): ReadForm<X> | undefined => {
  const { cx, scope } = r;
  const { name, params, others } = form;
  const wordsOf = (parameter: string): readonly string[] | undefined =>
    params.find((p) => p.name === parameter)?.takes.words;
  const site: Callsite = {
    callee: undefined,
    name,
    parameters: parametersOf(form, chain),
    example: form.example,
    call: { word: chain.word, size: undefined, links: chain.links, scope, span: chain.span },
    scopeFor: (parameter) => withWords(scope, wordsOf(parameter)),
    elsewhere: (parameter) =>
      parameterElsewhere(
        parameter,
        params.map((p) => p.name),
      ),
  };
  const given = new Map(bindAt(cx, site).map((g) => [g.parameter, g]));
  const notes = [usage(name, site.parameters)];
  const valueOf = (p: ParamInfo, g: BoundArgument): { readonly value: unknown } | undefined => {
    const named = `\`${g.parameter}\` of \`${name}\``;
    const isGiven = g.span.start !== chain.span.start;
    const bare = p.takes.isPath === true && isGiven ? bareText(cx, g) : undefined;
    if (bare === undefined) {
      const fixes = isGiven ? otherPlace(cx, params, new Set(given.keys()), g) : [];
      return taken(r, p.takes, g.value(), { named, span: g.span, notes, fixes });
    }
    cx.report(
      error('E0302', g.span, `${named} must be ${path.is}, and this is without them`, {
        label: 'quotes are needed',
        fixes: [bettered(g.span, cx.text(g.span), JSON.stringify(bare))],
      }),
    );
    return undefined;
  };
  const found = new Map<string, unknown>();
  for (const p of params) {
    const g = given.get(p.name);
    const value = g === undefined ? p.fallback : valueOf(p, g);
    if (value !== undefined) found.set(p.name, value.value);
  }
  const more: { [name: string]: number } = {};
  if (others !== undefined)
    for (const g of given.values()) {
      if (params.some((p) => p.name === g.parameter)) continue;
      const value = valueOf(others, g)?.value;
      if (typeof value === 'number') more[g.parameter] = value;
    }
  const args = new Map([...given].map(([parameter, g]) => [parameter, g.span]));
  if (found.size < params.length) return undefined;
  // a mistyped name is the same mistake as what is lacking without it
  if (hasStranger(chain, site.parameters)) return undefined;
  const mismatch = form.check(found);
  if (mismatch === undefined)
    return { value: form.make(found, more), span: chain.span, name, args };
  const { at, message, label } = mismatch;
  const span = (at === undefined ? undefined : args.get(at)) ?? chain.span;
  cx.report(error('E0935', span, message, { label }));
  return undefined;
};
