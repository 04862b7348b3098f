/** Joins: `f + g`, `f * g` and `f | g`, every branch applied to the same input. */
import { joinOf } from '../../ops/roles.ts';
import type { Row } from '../../ops/table.ts';
import { unknownType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr } from '../../syntax/tree.ts';
import { evaluate, joinsOf } from '../expr/evaluate.ts';
import { repeatedList } from '../expr/listed-layers.ts';
import { numberAmong } from '../expr/sign-faults.ts';
import { layer } from './layers.ts';
import { limited, hole, notALayer } from './stand-in.ts';
import type { Incoming } from './incoming.ts';
import { innerFrame } from '../expr/scope.ts';
import type { Typed } from '../net/typed.ts';
import { isLayer } from '../expr/values.ts';
import { addTotals, sum } from '../net/totals.ts';
import type { LayerContext } from './context.ts';

export const applyRun = (
  cx: LayerContext,
  run: Extract<Expr, { tag: 'run' }>,
  at: Incoming,
): Typed => {
  const listed = repeatedList(cx, run);
  if (listed !== undefined) {
    cx.report(listed);
    return hole(run.span, at, unknownType);
  }
  const value = evaluate(cx, run, at.scope);
  if (!isLayer(value)) return notALayer(cx, run, at, value);
  const joins = joinsOf(cx, run, at.scope);
  if (joins === undefined) return hole(run.span, at, unknownType);
  const number = joins
    .map((factors) => numberAmong(cx, factors, at.scope))
    .find((d) => d !== undefined);
  if (number !== undefined) {
    cx.report(number);
    return hole(run.span, at, unknownType);
  }
  const products = joins.map((factors) => {
    const span = {
      ...run.span,
      start: factors[0]!.span.start,
      end: factors[factors.length - 1]!.span.end,
    };
    return { span, exprs: factors.map((f) => f.expr) };
  });
  const [only] = products;
  if (products.length === 1) return applyJoin(cx, joinOf('*'), only!.exprs, run.span, at);
  const branches = products.map(
    (p) => (branch: Incoming) => applyJoin(cx, joinOf('*'), p.exprs, p.span, branch),
  );
  return join(cx, joinOf('+'), branches, run.span, at);
};

export const applyJoin = (
  cx: LayerContext,
  row: Row,
  exprs: readonly Expr[],
  span: Span,
  at: Incoming,
): Typed =>
  exprs.length === 1
    ? cx.apply(cx, exprs[0]!, at)
    : join(
        cx,
        row,
        exprs.map((e) => (branch: Incoming) => cx.apply(cx, e, branch)),
        span,
        at,
      );

/** Every branch gets the same input; what it remembers stays in it. */
const join = (
  cx: LayerContext,
  row: Row,
  branches: readonly ((at: Incoming) => Typed)[],
  span: Span,
  at: Incoming,
): Typed => {
  const typed = branches.map((branch) => branch({ ...at, scope: innerFrame(at.scope) }));
  const site = {
    row,
    span,
    inputs: typed.map((t) => t.output),
    branches: typed,
    trail: at.trail,
    scope: at.scope,
  };
  const { output, totals } = layer(cx, site, {});
  return limited(cx, {
    tag: 'join',
    op: row.name,
    naming: { tag: 'word', text: row.name },
    branches: typed,
    input: at.input,
    output,
    span,
    totals: addTotals(sum(typed), [totals]),
  });
};
