/** Which argument of a call fills which parameter, and the reports about those that fill none. */
import { near } from '../../diagnostic/suggest.ts';
import {
  error,
  replace,
  type Diagnostic,
  type Fix,
  type Label,
} from '../../diagnostic/diagnostic.ts';
import { perObject } from '../../syntax/memo.ts';
import type { Span } from '../../syntax/source.ts';
import type { Argument, Expr, Link, Name, Word } from '../../syntax/tree.ts';
import { lazily, type Context } from './context.ts';
import { isForeignArgument, meantCalls, type Stranger } from './foreign-arguments.ts';
import { lookupRest, visibleMore } from './scope.ts';
import type { Callee, Value, BoundArgument, Meaning, ParameterInfo, Scope } from './values.ts';
import { followsDash } from '../../ops/paper.ts';

type Chain = Extract<Expr, { readonly tag: 'chain' }>;

/** A call as written: the word, the size at its end, and what touches it. */
export type Call = {
  readonly word: Word;
  readonly size: { readonly value: Value; readonly span: Span } | undefined;
  readonly links: readonly Link[];
  readonly scope: Scope;
  readonly span: Span;
};

/** The call that a chain makes of a callable word. */
export const callOf = (chain: Chain, meaning: Pick<Meaning, 'size'>, scope: Scope): Call => ({
  word: chain.word,
  size: meaning.size,
  links: chain.links,
  scope,
  span: chain.span,
});

/** The names in a list of parameters, which many calls may share. */
const namesOf = perObject(
  (parameters: readonly ParameterInfo[]): ReadonlySet<string> =>
    new Set(parameters.map((p) => p.name)),
);

/** A call: its callee, the name it is called by, its arguments, and the parameters that they fill. */
export type Callsite = {
  /** undefined for a form of a clause, whose parameters have no usual places such as `size` */
  readonly callee: Callee | undefined;
  readonly name: string;
  readonly parameters: readonly ParameterInfo[];
  readonly call: Call;
  /** how it is written where something lacks */
  readonly example?: string;
  /** where the argument of a parameter is seen from, if not where the call is */
  readonly scopeFor?: (parameter: string) => Scope;
  /** what another framework's name of an argument means here */
  readonly elsewhere?: (
    name: string,
  ) => { readonly write?: string; readonly says?: string } | undefined;
};

/** Which argument fills which parameter, and what is wrong with the others. */
export type Filled = {
  readonly given: readonly BoundArgument[];
  /** those whose names no parameter has */
  readonly strangers: readonly Stranger[];
  /** one for each argument without a parameter, for the reports */
  readonly faults: readonly (() => Diagnostic)[];
};

/** Arguments on their way to the parameters of one call. */
type Filling = {
  readonly cx: Context;
  readonly site: Callsite;
  readonly known: ReadonlySet<string>;
  readonly given: Map<string, BoundArgument>;
  readonly faults: (() => Diagnostic)[];
  /** those whose names no parameter has */
  readonly strangers: Stranger[];
  /** parameters reported as given twice; a third argument is the same mistake */
  again: Set<string> | undefined;
  /** an argument without a parameter was reported; those after it are the same mistake */
  full: boolean;
};

/** Gives each argument its parameter. Nothing is reported, and no argument evaluated. */
export const fill = (cx: Context, site: Callsite): Filled => {
  const { call } = site;
  const f: Filling = {
    cx,
    site,
    known: namesOf(site.parameters),
    given: new Map(),
    strangers: [],
    faults: [],
    again: undefined,
    full: false,
  };
  if (call.size !== undefined) {
    const { value, span } = call.size;
    give(f, 'size', span, () => value);
  }
  for (const link of call.links) {
    if (link.tag === 'call') fillFrom(f, link.arguments);
    else if (link.tag === '/')
      give(f, 'stride', link.argument.span, delayed(f, 'stride', link.argument));
    else place(f, free(f, site.callee !== undefined), link.argument);
  }
  return { given: [...f.given.values()], strangers: f.strangers, faults: f.faults };
};

/** The arguments behind `..p` first (an explicit one wins), then named ones, then the others in order. */
const fillFrom = (f: Filling, written: readonly Argument[]): void => {
  for (const argument of written)
    if (argument.tag === 'rest') spreadRest(f, argument.name, written);
  for (const argument of written)
    if (argument.tag === 'named')
      give(f, argument.name.text, argument.span, delayed(f, argument.name.text, argument.value));
  for (const argument of written)
    if (argument.tag === 'positional') place(f, free(f, false), argument.value, argument.span);
};

const spreadRest = (f: Filling, name: Name, written: readonly Argument[]): void => {
  const rest = lookupRest(f.site.call.scope, name.text);
  if (rest === undefined) {
    f.faults.push(() => unknownRest(name, f.site.call.scope));
    return;
  }
  const named = new Set(written.flatMap((a) => (a.tag === 'named' ? [a.name.text] : [])));
  for (const g of rest) if (!named.has(g.parameter)) give(f, g.parameter, g.span, g.value);
};

const delayed = ({ cx, site }: Filling, parameter: string, expr: Expr): (() => Value) =>
  lazily(cx, expr.span, () => cx.evaluate(cx, expr, site.scopeFor?.(parameter) ?? site.call.scope));

/** The first parameter that is free; paper notation passes over `size` and `stride`. */
const free = ({ site, given }: Filling, paper: boolean): string | undefined =>
  site.parameters.find((p) => !given.has(p.name) && (!paper || followsDash(p)))?.name;

const place = (f: Filling, parameter: string | undefined, value: Expr, span = value.span): void => {
  if (parameter !== undefined) give(f, parameter, span, delayed(f, parameter, value));
  else if (!f.full) {
    f.full = true;
    f.faults.push(() => decimalComma(f, span) ?? oneTooMany(f, span));
  }
};

const give = (f: Filling, parameter: string, span: Span, value: () => Value): void => {
  const before = f.given.get(parameter);
  if (!f.known.has(parameter)) {
    const stranger = { name: parameter, span };
    f.strangers.push(stranger);
    // those of other frameworks are one mistake, which `bind` reports
    if (!isForeignArgument(f.site.callee, stranger, f.site.call.size?.span))
      f.faults.push(() => unknownParameter(f.site, parameter, span, f.given));
  } else if (before === undefined) f.given.set(parameter, { parameter, span, value });
  else if (f.again?.has(parameter) !== true) {
    (f.again ??= new Set()).add(parameter);
    f.faults.push(() => givenTwice(f.site, parameter, span, before));
  }
};

const givenTwice = (
  f: Callsite,
  parameter: string,
  span: Span,
  before: BoundArgument,
): Diagnostic =>
  error('E0306', span, `\`${parameter}\` of \`${f.name}\` is given twice`, {
    label: 'given again here',
    labels: [{ span: before.span, message: 'given first here' }],
    fixes: leftOut(f.call, span, true),
  });

/** `upsample2`: the number of a word that has no size, where its first parameter is one. */
const dashed = ({ callee, call }: Callsite, span: Span): readonly Fix[] => {
  if (callee?.tag !== 'operator' || call.size?.span !== span || call.links.length > 0) return [];
  const { value } = call.size;
  const isCount = callee.row.params[0]?.kind.tag === 'integer';
  if (!isCount || value.tag !== 'number') return [];
  const written = `${callee.row.name}-${value.value}`;
  return [replace(`write \`${written}\``, { ...span, end: span.start }, '-')];
};

/** `fc-c/r`: a quotient behind `-` stands in parentheses. */
const quotient = ({ links }: Call, { path, start, end }: Span): readonly Fix[] => {
  const i = links.findIndex((l) => l.tag === '/' && l.argument.span.start === start);
  const before = links[i - 1];
  // between numerals it is a stride: `conv3-64/2`
  if (before?.tag !== '-' || before.argument.tag !== 'chain') return [];
  const at = (place: number): Span => ({ path, start: place, end: place });
  const edits = [
    { span: at(before.argument.span.start), newText: '(' },
    { span: at(end), newText: ')' },
  ];
  return [{ title: 'put the quotient into parentheses', edits, applicability: 'likely' }];
};

const unknownParameter = (
  f: Callsite,
  parameter: string,
  span: Span,
  given: ReadonlyMap<string, BoundArgument>,
): Diagnostic => {
  const counts = [...dashed(f, span), ...quotient(f.call, span)];
  const elsewhere = f.elsewhere?.(parameter);
  const first = elsewhere === undefined ? meantParameter(f, parameter) : elsewhere.write;
  const before = first === undefined ? undefined : given.get(first);
  const isGiven = before !== undefined && before.span.start < span.start;
  const meant = first === undefined ? 'unknown here' : `did you mean \`${first}\`?`;
  // a sign such as `/` names its parameter without spelling it
  const name = { ...span, end: Math.min(span.end, span.start + parameter.length) };
  return error('E0305', name, `\`${f.name}\` has no parameter \`${parameter}\``, {
    label: elsewhere?.says ?? meant,
    labels: declaredHere(f.callee),
    notes: [usage(f.name, f.parameters)],
    fixes:
      first === undefined ? counts : isGiven ? [] : [replace(`write \`${first}\``, name, first)],
  });
};

/** `dropout(0,5)`: one number of a call with one parameter, which is written with a `,` before its decimals. */
const decimalComma = ({ cx, site }: Filling, span: Span): Diagnostic | undefined => {
  const { callee, call, parameters } = site;
  const link = call.links.find((l) => l.tag === 'call' && l.arguments[1]?.span === span);
  if (link?.tag !== 'call' || link.arguments.length !== 2 || parameters.length !== 1)
    return undefined;
  const place = { ...span, start: link.arguments[0]!.span.start };
  const number = /^(\d+),(\d+)$/.exec(cx.text(place));
  const takesReal = callee?.tag === 'operator' && callee.row.params[0]?.kind.tag !== 'integer';
  if (number === null || !(takesReal || number[1] === '0')) return undefined;
  const written = `${number[1]}.${number[2]}`;
  const message = `the decimals of a number stand behind a \`.\`; write \`${written}\``;
  return error('E0101', place, message, {
    fixes: [replace(`write \`${written}\``, place, written)],
  });
};

const oneTooMany = ({ cx, site }: Filling, span: Span): Diagnostic => {
  const { callee, call, name, parameters } = site;
  const meant = callee?.tag === 'operator' ? meantCalls(callee.row, call.span, cx.text) : [];
  return error('E0303', span, `\`${name}\` takes no further argument`, {
    label: 'one too many',
    labels: declaredHere(callee),
    notes: [usage(name, parameters)],
    fixes: meant.length > 0 ? meant : leftOut(call, span, false),
  });
};

/** Fixes that remove an argument and those after it in its call; with `alone`, none where others follow. */
const leftOut = ({ links }: Call, span: Span, alone: boolean): readonly Fix[] => {
  const link = links[links.length - 1];
  if (link === undefined) return [];
  if (link.tag !== 'call')
    return link.argument.span.start === span.start ? [replace('leave it out', link.span, '')] : [];
  const i = link.arguments.findIndex((a) => a.span.start === span.start);
  if (i < 0 || (alone && i < link.arguments.length - 1)) return [];
  const { end } = link.arguments[link.arguments.length - 1]!.span;
  const before = link.arguments[i - 1];
  return before === undefined
    ? [replace('leave it out', link.span, '')]
    : [replace('leave it out', { ...span, start: before.span.end, end }, '')];
};

/** The parameter that an unknown name was meant for. */
export const meantParameter = (f: Callsite, name: string): string | undefined =>
  f.elsewhere?.(name)?.write ?? nearest(name, namesOf(f.parameters));

/** The parameter that a mistyped name comes nearest to. */
const nearest = (word: string, known: ReadonlySet<string>): string | undefined =>
  [...near(word, known), ...longer(word, known)][0];

/** `padding` for `pad`: the names that a word goes on from, or that go on from it. */
const longer = (word: string, known: Iterable<string>): readonly string[] =>
  word.length < 3
    ? []
    : [...known].filter((k) => k.length >= 3 && (word.startsWith(k) || k.startsWith(word)));

/** The parameters as a declaration would list them, in words. */
export const usage = (name: string, parameters: readonly ParameterInfo[]): string =>
  parameters.length === 0
    ? `\`${name}\` has no parameters`
    : `parameters: \`${name}(${parameters.map(shownParameter).join(', ')})\``;

const shownParameter = ({ name, fallback }: ParameterInfo): string => {
  if (fallback === undefined) return name;
  return fallback === '' ? `${name}?` : `${name} = ${fallback.length > 24 ? '…' : fallback}`;
};

/** A label at the declaration of the callee. */
export const declaredHere = (callee: Callee | undefined): readonly Label[] =>
  callee === undefined || callee.tag === 'operator'
    ? []
    : [
        {
          span: callee.definition.name.span,
          message: `\`${callee.definition.name.text}\` is declared here`,
        },
      ];

/** The report for `..p` where `p` is not a rest parameter. */
export const unknownRest = (name: Name, scope: Scope): Diagnostic => {
  const [meant] = near(name.text, visibleMore(scope, 'rests'));
  return error('E0301', name.span, `no parameter is called \`..${name.text}\``, {
    label: meant === undefined ? 'has no meaning here' : `did you mean \`..${meant}\`?`,
    notes: ['`def f(..p) = conv(..p)` passes the arguments of `f` on'],
    fixes: meant === undefined ? [] : [replace(`write \`${meant}\``, name.span, meant)],
  });
};
