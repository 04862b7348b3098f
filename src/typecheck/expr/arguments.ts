/** Calls: the parameters that may be filled, and those that must be. */
import { error } from '../../diagnostic/diagnostic.ts';
import type { Row } from '../../ops/table.ts';
import { defaultText } from '../../ops/show.ts';
import type { Span } from '../../syntax/source.ts';
import type { Link, Word, Definition } from '../../syntax/tree.ts';
import { chainsOf } from '../../syntax/walk.ts';
import type { Context } from './context.ts';
import {
  declaredHere,
  fill,
  namesOf,
  nearest,
  usage,
  type Call,
  type ParameterInfo,
} from './filling.ts';
import { resolve } from './names.ts';
import { inner } from './scope.ts';
import { unknown, type Callee, type Given, type Scope } from './values.ts';

type DefinitionCallee = Extract<Callee, { readonly tag: 'definition' }>;

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

/** The parameters of an operator. */
export const rowParameters = (row: Row): readonly ParameterInfo[] => {
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
export const openParameters = (cx: Context, callee: Callee): readonly string[] =>
  lackingOf(parametersOf(cx, callee), []);

/** The parameters a call may fill, in order; those behind `..p` are those of the call it is handed to. */
const parametersOf = (cx: Context, callee: Callee, call?: Call): readonly ParameterInfo[] =>
  fillable(cx, callee, call, 0).parameters;

/** `always`: whatever the arguments of the call are. */
type Fillable = { readonly parameters: readonly ParameterInfo[]; readonly always: boolean };

/** What is always so, for a definition in the scope that it was declared in. */
const always = new WeakMap<Definition, { readonly scope: number; readonly fillable: Fillable }>();

const fillable = (cx: Context, callee: Callee, call: Call | undefined, depth: number): Fillable => {
  if (callee.tag === 'operator') return { parameters: rowParameters(callee.row), always: true };
  const { definition, scope } = callee;
  const own = ownParameters(cx, definition);
  const target = restTarget(definition);
  if (target === undefined) return { parameters: own, always: true };
  if (depth > 32) return { parameters: own, always: false };
  const known = always.get(definition);
  if (known?.scope === scope.id) return known.fillable;
  const found = withRest(cx, callee, own, target, call, depth);
  if (found.always) always.set(definition, { scope: scope.id, fillable: found });
  return found;
};

/** The parameters of its own, and those that the call leaves open which `..p` is handed to. */
const withRest = (
  cx: Context,
  callee: DefinitionCallee,
  own: readonly ParameterInfo[],
  target: RestTarget,
  call: Call | undefined,
  depth: number,
): Fillable => {
  const scope = seenInside(cx, callee, own, call);
  const meaning = cx.heard(() => resolve(cx, target.word, scope)).value;
  if (meaning.value.tag !== 'callable') return { parameters: own, always: false };
  const theirCallee = meaning.value.callee;
  const passed: Call = { ...target, links: withoutRest(target.links), size: meaning.size, scope };
  const theirs = fillable(cx, theirCallee, passed, depth + 1);
  const taken = new Set(
    cx
      .heard(() => fill(cx, theirCallee, meaning.text, theirs.parameters, passed))
      .value.given.map((g) => g.parameter),
  );
  return {
    parameters: [...own, ...theirs.parameters.filter((p) => !taken.has(p.name))],
    always: theirs.always && meaning.entry?.from !== 'parameter',
  };
};

/** The call may go to a parameter of the definition itself, for which its argument or default speaks. */
const seenInside = (
  cx: Context,
  callee: DefinitionCallee,
  own: readonly ParameterInfo[],
  call: Call | undefined,
): Scope => {
  const scope = inner(callee.scope);
  const given =
    call === undefined ? [] : cx.heard(() => fill(cx, callee, '', own, call)).value.given;
  for (const p of callee.definition.parameters) {
    if (p.tag === 'rest') continue;
    const fallback = p.default;
    const value =
      given.find((g) => g.parameter === p.name.text)?.value ??
      (() => (fallback === undefined ? unknown : cx.evaluate(cx, fallback, callee.scope)));
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
export const bind = (cx: Context, callee: Callee, name: string, call: Call): readonly Given[] => {
  const parameters = parametersOf(cx, callee, call);
  const { given, strangers } = fill(cx, callee, name, parameters, call);
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

const listed = (items: readonly string[]): string =>
  items.length < 2
    ? items.join('')
    : `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;

/** What a definition passes on behind `..p`: every argument that fills none of its own parameters. */
export const restOf = (definition: Definition, given: readonly Given[]): readonly Given[] => {
  const own = new Set(
    definition.parameters.flatMap((p) => (p.tag === 'parameter' ? [p.name.text] : [])),
  );
  return given.filter((g) => !own.has(g.parameter));
};
