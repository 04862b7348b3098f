/** Calls: which argument fills which parameter. */
import { near } from '../diagnostic/near.ts';
import { error, replace, type Fix, type Label } from '../diagnostic/diagnostic.ts';
import type { Row } from '../ops/row.ts';
import { defaultText } from '../ops/show.ts';
import type { Span } from '../syntax/source.ts';
import type { Argument, Expr, Link, Name, Word } from '../syntax/tree.ts';
import { chainsOf } from '../syntax/walk.ts';
import { lazily, type Context } from './context.ts';
import { resolve } from './names.ts';
import { inner, lookupRest, type Scope } from './scope.ts';
import { unknown, type Callee, type Definition, type Value } from './values.ts';

/** An argument that has found its parameter. */
export type Given = {
  readonly parameter: string;
  readonly value: () => Value;
  readonly span: Span;
};

export type Evaluate = (cx: Context, expr: Expr, scope: Scope) => Value;

/** A call as written: the word, the size at its end, and what touches it. */
export type Call = {
  readonly word: Word;
  readonly size: { readonly value: Value; readonly span: Span } | undefined;
  readonly links: readonly Link[];
  readonly scope: Scope;
  readonly span: Span;
};

/** `fallback` is the default as it is written, empty if there is none and the parameter may be left out. */
type ParameterInfo = { readonly name: string; readonly fallback: string | undefined };

export const calleeName = (callee: Callee): string =>
  callee.tag === 'operator' ? callee.row.name : callee.definition.name.text;

const own = new WeakMap<Definition, readonly ParameterInfo[]>();

const ownParameters = (cx: Context, definition: Definition): readonly ParameterInfo[] => {
  const known = own.get(definition);
  if (known !== undefined) return known;
  const parameters = definition.parameters.flatMap((p) =>
    p.tag === 'rest' ? [] : [{ name: p.name.text, fallback: p.default && cx.text(p.default.span) }],
  );
  own.set(definition, parameters);
  return parameters;
};

const ofRows = new Map<Row, readonly ParameterInfo[]>();

const rowParameters = (row: Row): readonly ParameterInfo[] => {
  const known = ofRows.get(row);
  if (known !== undefined) return known;
  const parameters = row.params.map((p) => ({
    name: p.name,
    fallback: p.default && (defaultText(p) ?? ''),
  }));
  ofRows.set(row, parameters);
  return parameters;
};

const lackingOf = (
  parameters: readonly ParameterInfo[],
  given: readonly Given[],
): readonly string[] =>
  parameters.flatMap(({ name, fallback }) =>
    fallback === undefined && !given.some((g) => g.parameter === name) ? [name] : [],
  );

/** The parameters of a definition's own that have neither an argument nor a default. */
export const lacking = (
  cx: Context,
  definition: Definition,
  given: readonly Given[],
): readonly string[] => lackingOf(ownParameters(cx, definition), given);

/** The parameters without a default that a call must fill, those behind `..p` too. */
export const openParameters = (
  cx: Context,
  callee: Callee,
  evaluate: Evaluate,
): readonly string[] => lackingOf(parametersOf(cx, callee, evaluate), []);

/** The parameters a call may fill, in order; those behind `..p` are those of the call it is handed to. */
const parametersOf = (
  cx: Context,
  callee: Callee,
  evaluate: Evaluate,
  call?: Call,
  depth = 0,
): readonly ParameterInfo[] => {
  if (callee.tag === 'operator') return rowParameters(callee.row);
  const named = ownParameters(cx, callee.definition);
  const target = restTarget(callee.definition);
  if (target === undefined || depth > 32) return named;
  const scope = seenInside(cx, callee, named, evaluate, call);
  const meaning = cx.heard(() => resolve(cx, target.word, scope)).value;
  if (meaning.value.tag !== 'callable') return named;
  const theirCallee = meaning.value.callee;
  const passed: Call = { ...target, links: withoutRest(target.links), size: meaning.size, scope };
  const theirs = parametersOf(cx, theirCallee, evaluate, passed, depth + 1);
  const taken = new Set(
    cx
      .heard(() => fill(cx, theirCallee, meaning.text, theirs, passed, evaluate))
      .value.given.map((g) => g.parameter),
  );
  return [...named, ...theirs.filter((p) => !taken.has(p.name))];
};

/** The call may go to a parameter of the definition itself, for which its argument or default speaks. */
const seenInside = (
  cx: Context,
  callee: Extract<Callee, { tag: 'definition' }>,
  own: readonly ParameterInfo[],
  evaluate: Evaluate,
  call: Call | undefined,
): Scope => {
  const scope = inner(callee.scope);
  const given =
    call === undefined ? [] : cx.heard(() => fill(cx, callee, '', own, call, evaluate)).value.given;
  for (const p of callee.definition.parameters) {
    if (p.tag === 'rest') continue;
    const fallback = p.default;
    const value =
      given.find((g) => g.parameter === p.name.text)?.value ??
      (() => (fallback === undefined ? unknown : evaluate(cx, fallback, callee.scope)));
    scope.names.set(p.name.text, {
      from: 'parameter',
      value: () => cx.heard(value).value,
    });
  }
  return scope;
};

type RestTarget = { readonly word: Word; readonly links: readonly Link[]; readonly span: Span };
const targets = new WeakMap<Definition, RestTarget | 'none'>();

/** The one call in the body that `..p` is handed to. */
const restTarget = (definition: Definition): RestTarget | undefined => {
  const rest = definition.parameters.find((p) => p.tag === 'rest');
  if (rest === undefined) return undefined;
  let target = targets.get(definition);
  if (target === undefined) {
    target =
      chainsOf(definition.body).find((chain) =>
        chain.links.some(
          (l) =>
            l.tag === 'call' &&
            l.arguments.some((a) => a.tag === 'rest' && a.name.text === rest.name.text),
        ),
      ) ?? 'none';
    targets.set(definition, target);
  }
  return target === 'none' ? undefined : target;
};

const withoutRest = (links: readonly Link[]): readonly Link[] =>
  links.map((l) =>
    l.tag === 'call' ? { ...l, arguments: l.arguments.filter((a) => a.tag !== 'rest') } : l,
  );

/** Binds the arguments of a call; every fault is reported, and what could be bound is returned. */
export const bind = (
  cx: Context,
  callee: Callee,
  name: string,
  call: Call,
  evaluate: Evaluate,
): readonly Given[] => {
  const parameters = parametersOf(cx, callee, evaluate, call);
  const { given, strangers } = fill(cx, callee, name, parameters, call, evaluate);
  const missing = lackingOf(parameters, given);
  // a mistyped name, which is reported, is the same mistake as the parameter that it left empty
  const meant = strangers.map(
    (s) => nearest(s, namesOf(parameters)) ?? (missing.length === 1 ? missing[0] : undefined),
  );
  const missed = missing.filter((p) => !meant.includes(p));
  if (missed.length > 0) reportLacking(cx, callee, name, parameters, call.span, missed);
  // unknown from here on, so that nobody misses them again
  const empty = missing.map((parameter) => ({ parameter, value: () => unknown, span: call.span }));
  return [...given, ...empty];
};

const reportLacking = (
  cx: Context,
  callee: Callee,
  name: string,
  parameters: readonly ParameterInfo[],
  span: Span,
  missed: readonly string[],
): void => {
  const names = listed(missed.map((p) => `\`${p}\``));
  cx.report(
    error('E0304', span, `\`${name}\` lacks ${names}`, {
      label: `${names} must be given`,
      labels: declaredHere(callee),
      notes: [usage(name, parameters)],
    }),
  );
};

const namesOf = (parameters: readonly ParameterInfo[]): ReadonlySet<string> =>
  new Set(parameters.map((p) => p.name));

const nearest = (word: string, known: ReadonlySet<string>): string | undefined =>
  [...near(word, known), ...longer(word, known)][0];

const usage = (name: string, parameters: readonly ParameterInfo[]): string =>
  parameters.length === 0
    ? `\`${name}\` has no parameters`
    : `parameters: \`${name}(${parameters.map(shownParameter).join(', ')})\``;

const shownParameter = ({ name, fallback }: ParameterInfo): string => {
  if (fallback === undefined) return name;
  return fallback === '' ? `${name}?` : `${name} = ${fallback.length > 24 ? '…' : fallback}`;
};

/** Where a definition is, for those who took its name for another. */
const declaredHere = (callee: Callee): readonly Label[] =>
  callee.tag === 'operator'
    ? []
    : [
        {
          span: callee.definition.name.span,
          message: `\`${callee.definition.name.text}\` is declared here`,
        },
      ];

const listed = (items: readonly string[]): string =>
  items.length < 2
    ? items.join('')
    : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;

/** What could be bound, and the names that no parameter has; every fault is reported. */
const fill = (
  cx: Context,
  callee: Callee,
  name: string,
  parameters: readonly ParameterInfo[],
  call: Call,
  evaluate: Evaluate,
): { readonly given: readonly Given[]; readonly strangers: readonly string[] } => {
  const given = new Map<string, Given>();
  const strangers: string[] = [];
  const again = new Set<string>(); // told of; the third and later speak of the same mistake
  const known = namesOf(parameters);

  /** Without the argument at a place and, in one call, those behind it; none where others follow that. */
  const leftOut = (span: Span, alone: boolean): readonly Fix[] => {
    const link = call.links[call.links.length - 1];
    if (link === undefined) return [];
    if (link.tag !== 'call')
      return link.argument.span.start === span.start
        ? [replace('leave it out', link.span, '')]
        : [];
    const i = link.arguments.findIndex((a) => a.span.start === span.start);
    if (i < 0 || (alone && i < link.arguments.length - 1)) return [];
    const { end } = link.arguments[link.arguments.length - 1]!.span;
    const before = link.arguments[i - 1];
    return before === undefined
      ? [replace('leave it out', link.span, '')]
      : [replace('leave it out', { ...span, start: before.span.end, end }, '')];
  };

  const give = (parameter: string, span: Span, value: () => Value): void => {
    const before = given.get(parameter);
    if (!known.has(parameter)) reportParameter(parameter, span);
    else if (before !== undefined && !again.has(parameter)) {
      again.add(parameter);
      cx.report(
        error('E0306', span, `\`${parameter}\` of \`${name}\` is given twice`, {
          label: 'given again here',
          labels: [{ span: before.span, message: 'given first here' }],
          fixes: leftOut(span, true),
        }),
      );
    } else if (before === undefined) given.set(parameter, { parameter, span, value });
  };
  const reportParameter = (parameter: string, span: Span): void => {
    const first = nearest(parameter, known);
    strangers.push(parameter);
    cx.report(
      error('E0305', span, `\`${name}\` has no parameter \`${parameter}\``, {
        label: first === undefined ? 'unknown here' : `did you mean \`${first}\`?`,
        labels: declaredHere(callee),
        notes: [usage(name, parameters)],
        fixes:
          first === undefined
            ? []
            : [
                replace(
                  `write \`${first}\``,
                  { ...span, end: span.start + parameter.length },
                  first,
                ),
              ],
      }),
    );
  };
  const delayed = (expr: Expr): (() => Value) =>
    lazily(cx, expr.span, () => evaluate(cx, expr, call.scope));
  /** the first parameter that is free; paper notation passes over `size` and `stride` */
  const free = (paper: boolean): string | undefined =>
    parameters.find(
      (p) => !given.has(p.name) && !(paper && (p.name === 'size' || p.name === 'stride')),
    )?.name;
  let full = false;
  /** the first argument that has no place speaks for those behind it */
  const tooMany = (span: Span): void => {
    if (!full)
      cx.report(
        error('E0303', span, `\`${name}\` takes no further argument`, {
          label: 'one too many',
          labels: declaredHere(callee),
          notes: [usage(name, parameters)],
          fixes: leftOut(span, false),
        }),
      );
    full = true;
  };

  const positional = (argument: Extract<Argument, { tag: 'positional' }>): void => {
    const parameter = free(false);
    if (parameter === undefined) tooMany(argument.span);
    else give(parameter, argument.span, delayed(argument.value));
  };

  if (call.size !== undefined) {
    const { value, span } = call.size;
    give('size', span, () => value);
  }
  for (const link of call.links) {
    if (link.tag === 'call') fillFrom(link.arguments);
    else if (link.tag === '/') give('stride', link.argument.span, delayed(link.argument));
    else {
      const parameter = free(true);
      if (parameter === undefined) tooMany(link.argument.span);
      else give(parameter, link.argument.span, delayed(link.argument));
    }
  }
  return { given: [...given.values()], strangers };

  /** What stands behind `..p` first (an argument beside it wins), then names, then what is left in order. */
  function fillFrom(written: readonly Argument[]): void {
    const named = new Set(written.flatMap((a) => (a.tag === 'named' ? [a.name.text] : [])));
    for (const argument of written) {
      if (argument.tag !== 'rest') continue;
      const rest = lookupRest(call.scope, argument.name.text);
      if (rest === undefined) reportRest(cx, argument.name);
      else for (const g of rest) if (!named.has(g.parameter)) give(g.parameter, g.span, g.value);
    }
    for (const argument of written)
      if (argument.tag === 'named')
        give(argument.name.text, argument.span, delayed(argument.value));
    for (const argument of written) if (argument.tag === 'positional') positional(argument);
  }
};

/** What a definition passes on behind `..p`: every argument that fills none of its own parameters. */
export const restOf = (definition: Definition, given: readonly Given[]): readonly Given[] => {
  const own = new Set(
    definition.parameters.flatMap((p) => (p.tag === 'parameter' ? [p.name.text] : [])),
  );
  return given.filter((g) => !own.has(g.parameter));
};

/** `padding` for `pad`: the names that a word goes on from, or that go on from it. */
const longer = (word: string, known: Iterable<string>): readonly string[] =>
  word.length < 3
    ? []
    : [...known].filter((k) => k.length >= 3 && (word.startsWith(k) || k.startsWith(word)));

/** `..p` where no parameter is called so. */
export const reportRest = (cx: Context, name: Name): void =>
  cx.report(
    error('E0301', name.span, `no parameter is called \`..${name.text}\``, {
      label: 'stands for nothing here',
      notes: ['`def f(..p) = conv(..p)` hands on what `f` is given'],
    }),
  );
