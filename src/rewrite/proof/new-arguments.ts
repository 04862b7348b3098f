/** The arguments of a new layer as symbols, and the demands that make them valid. */
import * as E from 'fp-ts/lib/Either.js';
import { defaultOf } from '../../ops/parts/args.ts';
import type { ParamKind, OpParam } from '../../ops/params.ts';
import { minus, type Channels } from '../../size/channels.ts';
import type { BoundArg, NewNode, Pattern } from '../rule/pattern.ts';
import { countOfReal, ofValue, symbolicOf, type Seen } from './expressions.ts';
import type { Rests } from './pattern-values.ts';
import { asKind, ofArg } from './parameters.ts';
import type { Demand } from '../../ops/symbolic/types.ts';
import type { Symbolic, SymbolicArgs } from '../../ops/symbolic/values.ts';

type Layer = Extract<NewNode, { readonly tag: 'layer' }>;

/** `left` names a parameter whose value we cannot tell. */
export const argsOfNew = (
  seen: Seen,
  rests: Rests,
  { nodes }: Pattern,
  { row, args }: Layer,
): E.Either<string, SymbolicArgs> => {
  // an argument that the same parameter of a matched layer had is within its bounds
  const isCarried = (p: OpParam): boolean => {
    const source = args.find((a) => a.parameter === p.name)?.source;
    return nodes.some(
      (n) =>
        n.tag === 'layer' &&
        n.params.some(
          ({ param, pattern }) =>
            param === p &&
            pattern.tag === 'carried' &&
            source?.tag === 'carried' &&
            source.rest === pattern.rest,
        ),
    );
  };
  const given = args.flatMap((a) => {
    const value = sourceOf(seen, rests, a);
    // an argument carried by `..p` may be absent, and then has its default
    return value === 'absent' ? [] : [{ parameter: a.parameter, value }];
  });
  const made: { [name: string]: Symbolic | undefined } = {};
  for (const p of row.params) {
    const own = given.find((g) => g.parameter === p.name);
    const value =
      own === undefined
        ? byDefault(p, made)
        : isCarried(p)
          ? own.value
          : own.value && bounded(seen, row.name, p, own.value);
    if (value === undefined) return E.left(p.name);
    made[p.name] = value;
  }
  return E.right(made);
};

const sourceOf = (
  seen: Seen,
  rests: Rests,
  { parameter, source }: BoundArg,
): Symbolic | undefined | 'absent' => {
  switch (source.tag) {
    case 'value':
      return ofValue(source.value);
    case 'expr':
      return symbolicOf(seen, source.expr);
    case 'carried':
      return rests.get(source.rest)?.get(parameter) ?? 'absent';
  }
};

/** As `argsOf` in `typecheck/expr/coerce.ts` fills it in. */
const byDefault = (p: OpParam, made: SymbolicArgs): Symbolic | undefined => {
  if (p.default?.tag === 'as') return made[p.default.parameter];
  const value = defaultOf(p, {});
  if (value === undefined) return p.default?.tag === 'absent' ? { tag: 'absent' } : undefined;
  return ofArg(p.kind, value);
};

/** The value as the parameter takes it; demands that it keeps to the bounds. */
const bounded = (seen: Seen, row: string, p: OpParam, v: Symbolic): Symbolic | undefined => {
  const value = asKind(p.kind, v);
  if (value === undefined) return undefined;
  // a value that may be absent needs a parameter that may be absent
  if (value.tag === 'open') {
    const mayBeAbsent = value.param.default?.tag === 'absent';
    return mayBeAbsent && p.default?.tag !== 'absent' ? undefined : value;
  }
  const why = `\`${p.name}\` of \`${row}\` keeps to its bounds`;
  for (const n of numbersIn(seen, p.kind, value)) {
    for (const d of boundDemands(p.kind, n, why)) seen.demand(d);
    // an argument must not depend on the image
    seen.demand({
      tag: 'fixed',
      of: n,
      why: `\`${p.name}\` of \`${row}\` does not depend on the image`,
    });
  }
  return value;
};

const numbersIn = (seen: Seen, kind: ParamKind, v: Symbolic): readonly Channels[] => {
  switch (v.tag) {
    case 'count':
      return [v.count];
    case 'real':
      return kind.tag === 'real' ? [countOfReal(seen.assumed, v)] : [];
    case 'extent':
      return [v.h, v.w];
    case 'sides':
      return [v.top, v.bottom, v.left, v.right];
    case 'range':
      return [v.from, v.to];
    default:
      return [];
  }
};

const boundDemands = (kind: ParamKind, of: Channels, why: string): readonly Demand[] => {
  if (!('min' in kind)) return [];
  const odd: readonly Demand[] = 'odd' in kind ? [{ tag: 'odd', of, why }] : [];
  return [
    { tag: 'at least', of, least: kind.min, why },
    { tag: 'at least', of: minus(kind.max, of), least: 0, why },
    ...odd,
  ];
};
