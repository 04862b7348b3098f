/**
 * Signatures of definitions: what a `def` makes of any map, as far as that is known without its arguments. Parameters that have no default are symbols, the input is [h, w, c], and if that fails, [c]; the body
 * is checked as at any use. If both fail there is no signature.
 */
import * as E from 'fp-ts/lib/Either.js';
import { freeAxis, mapType, vectorType, type MaybeAxis, type TensorType } from '../../ops/types.ts';
import { admissibleOf } from '../net/admissible.ts';
import { apply } from '../layer/apply.ts';
import { unfilledParameters } from '../expr/parameters.ts';
import { callScope, seenAtEnd } from '../expr/bodies.ts';
import { showChannels, symbol, type Channels } from '../../size/channels.ts';
import { evaluate } from '../expr/evaluate.ts';
import { withOutput } from '../layer/output-type.ts';
import { freshFrame } from '../expr/scope.ts';
import { isEmpty, showSizes, type Sizes } from '../../size/sizes.ts';
import { MOST_STEPS, newTrial, type Obligation, type Trial } from '../expr/trial.ts';
import type { Typed } from '../net/typed.ts';
import { countValue, isLayer, type BoundArgument, type Scope, type Value } from '../expr/values.ts';
import { declaredInput } from '../layer/input-type.ts';
import type { Definition } from '../../syntax/tree.ts';
import { trying } from '../layer/trying.ts';
import type { Span } from '../../syntax/source.ts';
import type { LayerContext } from '../layer/context.ts';

export const signatureOf = (
  cx: LayerContext,
  definition: Definition,
  scope: Scope,
): DefSignature => {
  const callee = { tag: 'definition', definition, scope } as const;
  const open = unfilledParameters(cx, callee);
  const { name } = definition;
  const head = { name: name.text, span: name.span, parameters: parametersOf(cx, definition, open) };
  const value = numberOf(cx, definition, scope, open);
  if (value !== undefined) return { ...head, result: value, where: [] };
  const found =
    definition.signature?.input.tag === 'tensor'
      ? tried(cx, definition, scope, open, undefined)
      : (tried(cx, definition, scope, open, 'map') ?? tried(cx, definition, scope, open, 'vector'));
  const where = found && conditionsOf(found);
  if (where === undefined || found === undefined || found.typed.output.tag === 'unknown')
    return { ...head, result: { tag: 'open' }, where: [] };
  const { input, output } = found.typed;
  return { ...head, result: { tag: 'layer', input, output }, where };
};

/** As they are written; what `..p` asks for comes before it. */
const parametersOf = (
  cx: LayerContext,
  { parameters }: Definition,
  open: readonly string[],
): readonly string[] => {
  const own = parameters.map((p) => p.name.text);
  return parameters.flatMap((p) =>
    p.tag === 'rest'
      ? [...open.filter((name) => !own.includes(name)), `..${p.name.text}`]
      : [cx.text(p.span)],
  );
};

const bodyScope = (
  cx: LayerContext,
  definition: Definition,
  scope: Scope,
  open: readonly string[],
): Scope | undefined => {
  const { span } = definition.name;
  const given = open.map((parameter): BoundArgument => {
    const value = countValue(symbol(parameter));
    return { parameter, span, value: () => value };
  });
  return callScope(cx, { tag: 'definition', definition, scope }, given, span);
};

/** `def width(n) = 64*n` yields a number. */
const numberOf = (
  cx: LayerContext,
  definition: Definition,
  scope: Scope,
  open: readonly string[],
): DefSignature['result'] | undefined => {
  if (definition.signature !== undefined) return undefined;
  const trial = trying(cx, newTrial(undefined));
  const { value } = cx.quietly(() => {
    const call = bodyScope(trial, definition, scope, open);
    return call && evaluate(trial, definition.body, call);
  });
  return value === undefined || isLayer(value) || value.tag === 'unknown'
    ? undefined
    : { tag: 'value', value };
};

type Tried = { readonly typed: Typed; readonly trial: Trial };

/** The body on an input; undefined when that is a mistake. Solved channels are tried again. */
const tried = (
  cx: LayerContext,
  definition: Definition,
  scope: Scope,
  open: readonly string[],
  input: 'map' | 'vector' | undefined,
): Tried | undefined => {
  const used = new Set([...open, ...definition.parameters.map((p) => p.name.text)]);
  const fresh = (...names: readonly string[]): string =>
    names.find((name) => !used.has(name)) ?? fresh(...names.map((name) => `${name}_`));
  const name = fresh('c', 'd', 'e', 'k', 'm');
  const axes = [freeAxis(fresh('h', 'height')), freeAxis(fresh('w', 'width'))] as const;
  const round = (channels: Channels, toSolve: string | undefined): Tried | undefined => {
    const trial = newTrial(toSolve);
    const from = input === 'vector' ? vectorType(channels) : mapType(...axes, channels);
    const { value: typed, reports } = cx.quietly(() =>
      onInput(trying(cx, trial), definition, scope, open, input && from),
    );
    const faulty =
      typed === undefined ||
      trial.steps > MOST_STEPS ||
      reports.some((d) => d.severity === 'error');
    return faulty ? undefined : { typed, trial };
  };
  const first = round(symbol(name), input && name);
  return first?.trial.solved === undefined ? first : round(first.trial.solved, undefined);
};

const onInput = (
  cx: LayerContext,
  definition: Definition,
  scope: Scope,
  open: readonly string[],
  from: TensorType | undefined,
): Typed | undefined => {
  const call = bodyScope(cx, definition, scope, open);
  if (call === undefined) return undefined;
  const { signature, body } = definition;
  const declared =
    signature === undefined || from !== undefined
      ? undefined
      : declaredInput(cx, signature.input, freshFrame(call));
  const inside = freshFrame(declared?.scope ?? call);
  const input = declared?.type ?? from;
  if (input === undefined) return undefined;
  const at = { scope: inside, input, trail: { start: input } };
  const typed = apply(cx, body, at);
  return signature === undefined
    ? typed
    : withOutput(cx, typed, signature, seenAtEnd(cx, body, inside), at);
};

// ---------------------------------------------------------------------------------------- conditions

/** Undefined when no size of the image is admissible. */
const conditionsOf = ({ typed, trial }: Tried): readonly string[] | undefined => {
  const { input } = typed;
  const conditions = [...new Set(trial.conditions.map(showCondition))];
  if (input.tag !== 'map') return conditions;
  const names = [variableOf(input.h), variableOf(input.w)];
  if (trial.fixed) return [...together(names, 'fixed', 'fixed'), ...conditions];
  const admission = names.every((n) => n !== undefined)
    ? admissibleOf({ input, output: typed.output, body: typed })
    : undefined;
  const sets = admission === undefined || E.isLeft(admission) ? undefined : admission.right;
  if (sets !== undefined && (isEmpty(sets.h) || isEmpty(sets.w))) return undefined;
  return [
    ...(sets === undefined ? [] : together(names, conditionOf(sets.h), conditionOf(sets.w))),
    ...conditions,
  ];
};

const showCondition = (c: Obligation): string => {
  switch (c.tag) {
    case 'equal':
      return `${showChannels(c.left)} == ${showChannels(c.right)}`;
    case 'odd':
      return `${showChannels(c.of)} odd`;
    case 'fit':
      return 'the branches fit';
    case 'groups':
      return 'the groups divide the channels';
  }
};

/** The variable of an axis that is just that. */
const variableOf = (axis: MaybeAxis): string | undefined =>
  axis !== 'unknown' && axis.size.tag === 'floor' && axis.size.a === 1 && axis.size.b === 0
    ? axis.variable
    : undefined;

/** `h and w even` where the same is asked of both. */
const together = (
  [h, w]: readonly (string | undefined)[],
  ofHeight: string,
  ofWidth: string,
): readonly string[] =>
  ofHeight === ofWidth && ofHeight !== ''
    ? [`${h} and ${w} ${ofHeight}`]
    : [
        ...(ofHeight === '' ? [] : [`${h} ${ofHeight}`]),
        ...(ofWidth === '' ? [] : [`${w} ${ofWidth}`]),
      ];

/** What a size must be, in words; empty when every size is admissible. */
const conditionOf = (set: Sizes): string => {
  if (set.tag === 'ranges' || set.modulus > 2) return `in ${showSizes(set)}`;
  if (set.modulus === 1) return set.lo > 1 ? `>= ${set.lo}` : '';
  const parity = set.residues[0] === 0 ? 'even' : 'odd';
  return set.lo > 2 ? `${parity}, >= ${set.lo}` : parity;
};

/** What a `def` is, without its arguments. */
export type DefSignature = {
  readonly name: string;
  readonly span: Span; // of its name
  /** as they are written, with those that `..p` asks for before it */
  readonly parameters: readonly string[];
  readonly result:
    /** numbers of channels are polynomials in the parameters; an axis may be unknown */
    | { readonly tag: 'layer'; readonly input: TensorType; readonly output: TensorType }
    | { readonly tag: 'value'; readonly value: Value }
    /** the signature depends on the arguments */
    | { readonly tag: 'open' };
  /** what must hold of sizes and parameters, in words */
  readonly where: readonly string[];
};
