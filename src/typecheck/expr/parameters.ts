/** The parameters of a call: those that may be filled, and those that must be. */
import type { Row } from '../../ops/table.ts';
import { defaultText } from '../../ops/show.ts';
import { perObject } from '../../syntax/memo.ts';
import type { Span } from '../../syntax/source.ts';
import type { Link, Word, Definition } from '../../syntax/tree.ts';
import { chainsOf } from '../../syntax/walk.ts';
import type { Context } from './context.ts';
import { fill, type Call } from './fill.ts';
import { meaningOf } from './names.ts';
import { inner } from './scope.ts';
import {
  unknown,
  type Callee,
  type BoundArgument,
  type ParameterInfo,
  type Scope,
} from './values.ts';

type DefinitionCallee = Extract<Callee, { readonly tag: 'definition' }>;

export const calleeName = (callee: Callee): string =>
  callee.tag === 'operator' ? callee.row.name : callee.definition.name.text;

const ownParameters = (cx: Context, definition: Definition): readonly ParameterInfo[] => {
  const known = cx.parameters.get(definition);
  if (known !== undefined) return known;
  const parameters = definition.parameters.flatMap((p) =>
    p.tag === 'rest' ? [] : [{ name: p.name.text, fallback: p.default && cx.text(p.default.span) }],
  );
  cx.parameters.set(definition, parameters);
  return parameters;
};

/** The parameters of an operator. */
export const rowParameters = perObject((row: Row): readonly ParameterInfo[] =>
  row.params.map((p) => ({ name: p.name, fallback: p.default && (defaultText(p) ?? '') })),
);

/** Those without a default that no argument fills. */
export const lackingOf = (
  parameters: readonly ParameterInfo[],
  given: readonly BoundArgument[],
): readonly string[] =>
  parameters.flatMap(({ name, fallback }) =>
    fallback === undefined && !given.some((g) => g.parameter === name) ? [name] : [],
  );

/** A definition's own parameters that have neither an argument nor a default. */
export const lacking = (
  cx: Context,
  definition: Definition,
  given: readonly BoundArgument[],
): readonly string[] => lackingOf(ownParameters(cx, definition), given);

/** The parameters without a default that a call must fill, those behind `..p` too. */
export const unfilledParameters = (cx: Context, callee: Callee): readonly string[] =>
  lackingOf(parametersOf(cx, callee), []);

/** The parameters a call may fill, in order; those behind `..p` are those of the call that `..p` is passed to. */
export const parametersOf = (cx: Context, callee: Callee, call?: Call): readonly ParameterInfo[] =>
  fillable(cx, { callee, call, followed: 0 }).parameters;

/** A call whose parameters are in question; without arguments where only the callee is known. */
type Asked<C = Callee> = {
  readonly callee: C;
  readonly call: Call | undefined;
  /** how many `..p` lead here */
  readonly followed: number;
};

/** `settled`: the same for every call of the callee, whatever its arguments are. */
type Fillable = { readonly parameters: readonly ParameterInfo[]; readonly settled: boolean };

const MOST_FOLLOWED = 32;

const fillable = (cx: Context, { callee, call, followed }: Asked): Fillable => {
  if (callee.tag === 'operator') return { parameters: rowParameters(callee.row), settled: true };
  const { definition, scope } = callee;
  const target = restTarget(definition);
  if (target === undefined) return { parameters: ownParameters(cx, definition), settled: true };
  if (followed > MOST_FOLLOWED)
    return { parameters: ownParameters(cx, definition), settled: false };
  const known = cx.settled.get(definition);
  if (known?.scope === scope.id) return { parameters: known.parameters, settled: true };
  const found = followRest(cx, { callee, call, followed }, target);
  if (found.settled) cx.settled.set(definition, { scope: scope.id, parameters: found.parameters });
  return found;
};

/** A definition's own parameters, and those left open by the call that `..p` is passed to. */
const followRest = (cx: Context, from: Asked<DefinitionCallee>, target: RestTarget): Fillable => {
  const own = ownParameters(cx, from.callee.definition);
  const scope = parameterScope(cx, from);
  const { value, text: name, size, entry } = meaningOf(cx, target.word, scope);
  if (value.tag !== 'callable') return { parameters: own, settled: false };
  const { callee } = value;
  const call: Call = { ...target, links: withoutRest(target.links), size, scope };
  const theirs = fillable(cx, { callee, call, followed: from.followed + 1 });
  const { given } = fill(cx, { callee, name, parameters: theirs.parameters, call });
  const taken = new Set(given.map((g) => g.parameter));
  return {
    parameters: [...own, ...theirs.parameters.filter((p) => !taken.has(p.name))],
    settled: theirs.settled && entry?.from !== 'parameter',
  };
};

/**
 * A definition's own parameters as names. Its body may pass `..p` to one; then the argument or default of that one
 * decides.
 */
const parameterScope = (cx: Context, { callee, call }: Asked<DefinitionCallee>): Scope => {
  const scope = inner(callee.scope);
  const parameters = ownParameters(cx, callee.definition);
  const given = call === undefined ? [] : fill(cx, { callee, name: '', parameters, call }).given;
  for (const p of callee.definition.parameters) {
    if (p.tag === 'rest') continue;
    const fallback = p.default;
    const value =
      given.find((g) => g.parameter === p.name.text)?.value ??
      (() => (fallback === undefined ? unknown : cx.evaluate(cx, fallback, callee.scope)));
    scope.names.set(p.name.text, { from: 'parameter', value });
  }
  return scope;
};

type RestTarget = { readonly word: Word; readonly links: readonly Link[]; readonly span: Span };

/** The one call in the body that `..p` is passed to. */
const restTarget = perObject((definition: Definition): RestTarget | undefined => {
  const rest = definition.parameters.find((p) => p.tag === 'rest');
  if (rest === undefined) return undefined;
  const passesOn = (link: Link): boolean =>
    link.tag === 'call' &&
    link.arguments.some((a) => a.tag === 'rest' && a.name.text === rest.name.text);
  return chainsOf(definition.body).find((chain) => chain.links.some(passesOn));
});

const withoutRest = (links: readonly Link[]): readonly Link[] =>
  links.map((l) =>
    l.tag === 'call' ? { ...l, arguments: l.arguments.filter((a) => a.tag !== 'rest') } : l,
  );
