/** The arguments of a layer in a rule: which expression fills which parameter, by the language's own rules. */
import { error } from '../../diagnostic/diagnostic.ts';
import type { Row } from '../../ops/table.ts';
import type { Argument, Expr, Link } from '../../syntax/tree.ts';
import { bind } from '../../typecheck/expr/bind.ts';
import type { Context } from '../../typecheck/expr/context.ts';
import { callOf } from '../../typecheck/expr/fill.ts';
import { innerWithMore } from '../../typecheck/expr/scope.ts';
import {
  unknown,
  type BoundArgument,
  type Scope,
  type Meaning,
} from '../../typecheck/expr/values.ts';
import type { ArgSource, BoundArg } from './pattern.ts';

/** A word with what is attached to it: `conv3-64/2`, `f(x)`. */
export type Chain = Extract<Expr, { readonly tag: 'chain' }>;
/** `..p` among the arguments of a call. */
export type Rest = Extract<Argument, { readonly tag: 'rest' }>;

/** A layer of a rule: the call as it is written, and the operator that its word names. */
export type OperatorCall = { readonly chain: Chain; readonly row: Row; readonly meaning: Meaning };

/** The `..p` of a call. */
export const restsIn = (chain: Chain): readonly Rest[] =>
  chain.links.flatMap((l) =>
    l.tag === 'call' ? l.arguments.flatMap((a) => (a.tag === 'rest' ? [a] : [])) : [],
  );

const withoutRests = (links: readonly Link[]): readonly Link[] =>
  links.map((l) =>
    l.tag === 'call' ? { ...l, arguments: l.arguments.filter((a) => a.tag !== 'rest') } : l,
  );

/**
 * The checker's own `bind`, with an evaluation that only notes its arguments: nothing has a value before the rule has
 * matched.
 */
const noted = (
  cx: Context,
  { chain, row, meaning }: OperatorCall,
  scope: Scope,
  carried: (note: (source: ArgSource) => void, scope: Scope) => Scope,
): readonly BoundArg[] => {
  let source: ArgSource | undefined;
  const note = (s: ArgSource): void => void (source = s);
  const noting: Context = {
    ...cx,
    evaluate: (_, expr) => {
      note({ tag: 'expr', expr });
      return unknown;
    },
  };
  const call = callOf(chain, meaning, carried(note, scope));
  const given = bind(noting, { tag: 'operator', row }, row.name, call);
  return given.flatMap(({ parameter, span, value }): readonly BoundArg[] => {
    source = undefined;
    const found = value();
    // `bind` gives missing arguments an unknown value
    if (source === undefined && found.tag === 'unknown') return [];
    return [{ parameter, span, source: source ?? { tag: 'value', value: found } }];
  });
};

/** The arguments that a pattern states; `..p` stands for the others. */
export const statedArguments = (
  cx: Context,
  call: OperatorCall,
  scope: Scope,
): readonly BoundArg[] => {
  const { chain } = call;
  const [rest, second] = restsIn(chain);
  if (second !== undefined) cx.report(error('E0306', second.span, 'a call takes at most one `..`'));
  const short = { ...call, chain: { ...chain, links: withoutRests(chain.links) } };
  const { value, reports } = cx.quietly(() => noted(cx, short, scope, (_, s) => s));
  // missing arguments are those of `..p`
  reports.filter((d) => rest === undefined || d.code !== 'E0304').forEach(cx.report);
  return value;
};

/** The arguments of a new layer; `rests` holds the parameters behind each `..p` of the pattern. */
export const newArguments = (
  cx: Context,
  call: OperatorCall,
  scope: Scope,
  rests: ReadonlyMap<string, readonly string[]>,
): readonly BoundArg[] =>
  noted(cx, call, scope, (note, outer) => {
    const names = innerWithMore(outer);
    for (const { name, span } of restsIn(call.chain)) {
      const behind = rests.get(name.text);
      if (behind === undefined) continue; // `bind` reports it
      const given = behind.map((parameter): BoundArgument => {
        const value = () => {
          note({ tag: 'carried', rest: name.text });
          return unknown;
        };
        return { parameter, span, value };
      });
      names.more.rests.set(name.text, given);
    }
    return names;
  });
