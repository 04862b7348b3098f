/** Matches the arguments of a layer with those of a pattern, and binds variables. */
import type { Args } from '../../ops/params.ts';
import { integer, type Value } from '../../typecheck/expr/values.ts';
import { extended, latest, withRest, type PartialMatch } from './environment.ts';
import type { ArgPattern, ParamPattern } from '../rule/pattern.ts';
import { equalArgs, equalValues, normal, valueOfArg } from './arg-values.ts';

/** Every parameter of a layer, in order; undefined when one does not fit. */
export const allParams = (
  params: readonly ParamPattern[],
  args: Args,
  env: PartialMatch,
): PartialMatch | undefined => {
  let bound: PartialMatch | undefined = env;
  for (const p of params) {
    bound = oneParam(p, args, bound);
    if (bound === undefined) return undefined;
  }
  return bound;
};

const oneParam = (
  { param, pattern }: ParamPattern,
  args: Args,
  env: PartialMatch,
): PartialMatch | undefined => {
  const arg = args[param.name];
  switch (pattern.tag) {
    case 'any':
      return env;
    case 'carried': {
      const before = latest(env.rests, pattern.rest);
      if (before !== undefined && param.name in before)
        return equalArgs(param, before[param.name], arg) ? env : undefined;
      return withRest(env, pattern.rest, param.name, arg);
    }
    case 'default':
      return equalArgs(param, pattern.value, arg) ? env : undefined;
    case 'same as':
      return equalArgs(param, args[pattern.parameter], arg) ? env : undefined;
    default:
      return arg === undefined ? undefined : matchValue(pattern, valueOfArg(param, arg), env);
  }
};

/** `value` is in normal form. */
const matchValue = (
  pattern: ArgPattern,
  value: Value,
  env: PartialMatch,
): PartialMatch | undefined => {
  switch (pattern.tag) {
    case 'any':
      return env;
    case 'variable': {
      const before = latest(env.variables, pattern.name);
      if (before !== undefined) return equalValues(before, value) ? env : undefined;
      return { ...env, variables: extended(env.variables, pattern.name, value) };
    }
    case 'value':
      return equalValues(normal(pattern.value), value) ? env : undefined;
    case 'expr':
      return { ...env, pending: [...env.pending, { pattern, value }] };
    case 'extent': {
      const [h, w] = value.tag === 'extent' ? [value.h, value.w] : [value, value].map(wholeOf);
      if (h === undefined || w === undefined) return undefined;
      return both(pattern.h, integer(h), pattern.w, integer(w), env);
    }
    case 'range':
      return value.tag === 'range'
        ? both(pattern.from, integer(value.from), pattern.to, integer(value.to), env)
        : undefined;
    case 'sides': {
      const found = sidesOf(value);
      const [a, b, c, d] = pattern.items;
      const items =
        pattern.items.length === 2
          ? [a, b, a, b]
          : pattern.items.length === 1
            ? [a, a, a, a]
            : [a, b, c, d];
      return items.reduce<PartialMatch | undefined>((e, item, i) => {
        const side = found?.[i];
        return e === undefined || item === undefined || side === undefined
          ? undefined
          : matchValue(item, side, e);
      }, env);
    }
    default:
      return undefined;
  }
};

const wholeOf = (v: Value): number | undefined => (v.tag === 'number' ? v.value : undefined);

const sidesOf = (v: Value): readonly Value[] | undefined =>
  v.tag === 'number' ? [v, v, v, v] : v.tag === 'list' ? v.items : undefined;

const both = (
  a: ArgPattern,
  x: Value,
  b: ArgPattern,
  y: Value,
  env: PartialMatch,
): PartialMatch | undefined => {
  const first = matchValue(a, x, env);
  return first === undefined ? undefined : matchValue(b, y, first);
};
