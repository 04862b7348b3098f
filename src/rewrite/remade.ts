/** Nets that passes make of others: their graphs, with weights over those of the source. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../diagnostic/bug.ts';
import { andThen, checked, valueOf, type Checked } from '../diagnostic/checked.ts';
import { buildGraph } from '../lower/build.ts';
import type { Graph, GraphWeight } from '../lower/graph.ts';
import { freed, retyped } from '../lower/retype.ts';
import { typedOf } from '../lower/typed.ts';
import type { Rewriting } from '../typecheck/rewritten.ts';
import type { TypedNet } from '../typecheck/typed.ts';
import type { Rewrite } from '../typecheck/values.ts';
import { passesFrom } from './compile.ts';
import { applyPasses } from './registry.ts';
import { sourceValue } from './weight-shapes.ts';

/** The graph of a net, written or made by passes. It must have passed the gate: its types are known. */
export const graphOfNet = (net: TypedNet): Graph => {
  if (net.rewritten === undefined) return buildGraph(net);
  const known = graphs.get(net) ?? rebuilt(net, net.rewritten);
  graphs.set(net, known);
  return known;
};

/** A net that is made of a net that is made of another would make all of them again. */
const graphs = new WeakMap<TypedNet, Graph>();

const rebuilt = (net: TypedNet, { source, passes }: NonNullable<TypedNet['rewritten']>): Graph => {
  const graph = valueOf(remade(net.name, graphOfNet(source), passes));
  if (graph === undefined) throw new Bug(`the passes of ${net.name} can no longer be applied`);
  const sized = retyped(graph, net.input);
  if (E.isLeft(sized)) throw new Bug(`${net.name}: ${sized.left.message}`);
  return sized.right;
};

/** What the checker is handed. */
export const rewriting: Rewriting = (name, source, passes) =>
  andThen(remade(name, graphOfNet(source), passes), (graph) =>
    checked(
      {
        own: typedOf(graph, source.span),
        on: (input) => E.map((g: Graph) => typedOf(g, source.span))(retyped(graph, input)),
      },
      [],
    ),
  );

const remade = (name: string, before: Graph, passes: readonly Rewrite[]): Checked<Graph> =>
  andThen(passesFrom(passes), (rules) =>
    andThen(applyPasses(before, rules), ({ graph }) =>
      checked(renamed(opened(before, graph), name), []),
    ),
  );

/** What the passes have opened stays open; a size that was declared for its own sake stays as it is. */
export const opened = (before: Graph, after: Graph): Graph =>
  E.isRight(freed(before)) ? after : E.getOrElse(() => after)(freed(after));

/** Another net of its own, whose weights are those of the source under other paths. */
const renamed = (graph: Graph, net: string): Graph => {
  const under = (path: string): string => `${net}${path.slice(path.indexOf('/'))}`;
  const weight = (w: GraphWeight): GraphWeight => ({
    ...w,
    path: under(w.path),
    value: sourceValue(w),
  });
  const nodes = graph.nodes.map((n) => ({
    ...n,
    path: under(n.path),
    weights: n.weights.map(weight),
  }));
  return { ...graph, net, nodes };
};
