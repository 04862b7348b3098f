/** What stands where an expression is applied: a folder of names, or a hole where there is no layer. */
import * as E from 'fp-ts/lib/Either.js';
import { error } from '../../diagnostic/diagnostic.ts';
import { rowOf } from '../../ops/table.ts';
import { isKnown, unknownType, type TensorType } from '../../ops/types.ts';
import type { Span } from '../../syntax/source.ts';
import type { Expr } from '../../syntax/tree.ts';
import type { Context } from '../expr/context.ts';
import type { LayerContext } from './context.ts';
import type { Incoming } from './incoming.ts';
import { eachNode, layerOf } from '../net/flow.ts';
import { listedLayers } from '../expr/listed-layers.ts';
import { inFolder } from '../expr/scope.ts';
import type { Naming, Typed } from '../net/typed.ts';
import { kindName, type Value } from '../expr/values.ts';
import { noTotals } from '../net/totals.ts';

/** What stands for layers that are not known: after a fault, or while a definition is tried without its arguments. */
export const hole = (span: Span, at: Pick<Incoming, 'input'>, output: TensorType): Typed => ({
  tag: 'hole',
  input: at.input,
  output,
  span,
  totals: noTotals,
});

/** Whether some layer does not take what arrives there. Its output may be known all the same, so that less is reported. */
export const hasMisfit = (typed: Typed): boolean => {
  let found = false;
  eachNode(typed, (node) => {
    if (found || (node.tag !== 'op' && node.tag !== 'join')) return;
    const { op, args, inputTypes } = layerOf(node);
    found = !isKnown(node.output) || E.isLeft(rowOf(op).shape(args, inputTypes));
  });
  return found;
};

/** Reports a value in the place of a layer (E0302), and gives a stand-in for the layer. */
export const notALayer = (
  cx: Context,
  expr: Expr,
  at: Incoming,
  value: Value,
  given?: Span,
): Typed => {
  // a parameter without a value may be a layer
  if (value.tag !== 'unknown' && (value.tag !== 'count' || cx.trial === undefined))
    cx.report(
      given === undefined
        ? (listedLayers(cx, expr) ??
            error('E0302', expr.span, `a layer is needed here, and this is ${kindName(value)}`, {
              label: kindName(value),
              notes:
                value.tag === 'rewrite'
                  ? [
                      `apply the pass to a net, as in \`${value.pass.name.text}(D)\`, to get a layer`,
                    ]
                  : [],
            }))
        : error('E0302', given, `a layer is needed, and this is ${kindName(value)}`, {
            label: kindName(value),
            labels: [{ span: expr.span, message: 'used as a layer here' }],
          }),
    );
  return hole(expr.span, at, unknownType);
};

/** Reports too many layers (E0402); they are counted before they are written out. */
export const limited = (cx: Context, typed: Typed): Typed => {
  const { layers, nodes } = typed.totals;
  if (layers <= cx.limits.layers && nodes <= cx.limits.nodes) return typed;
  cx.report(
    error('E0402', typed.span, `written out, this is more than ${cx.limits.layers} layers`, {
      label: 'too many layers',
    }),
  );
  return hole(typed.span, typed, unknownType);
};

/** A folder of names: a block, a label, or a layer passed as an argument. */
export const folder = (
  cx: LayerContext,
  of: 'block' | 'label' | 'call',
  naming: Naming,
  body: Expr,
  span: Span,
  at: Incoming,
): Typed => {
  const scope = inFolder(at.scope);
  const typed = cx.apply(cx, body, { ...at, scope });
  const common = { input: at.input, output: typed.output, span, totals: typed.totals };
  return { tag: 'folder', of, naming, body: typed, ...common };
};
