/** Applies passes to nets for the checker, which stands below the rewriter and gets this function as an argument. */
import * as E from 'fp-ts/lib/Either.js';
import { graphOfNet } from '../build/build.ts';
import { typedOf } from '../build/tree.ts';
import { andThen, checked, gate } from '../diagnostic/checked.ts';
import type { Graph, GraphWeight } from '../graph/graph.ts';
import { freedByPasses } from '../build/freed.ts';
import { retyped } from '../graph/retype.ts';
import { sourceValue } from '../graph/weights.ts';
import type { TensorType } from '../ops/types.ts';
import type { ApplyPasses } from '../typecheck/layer/variant.ts';
import { applyPasses } from './passes.ts';
import { passesFrom } from './rule/compile.ts';

/** Applies passes to a net without faults: its graph, and the same as a typed net, for any input that fits. */
export const applyPassesOf: ApplyPasses = ({ name, source, passes }, freshKey) => {
  const before = graphOfNet(source);
  // a rule with faults may match anything
  return andThen(gate(passesFrom(passes)), (rules) =>
    andThen(applyPasses(before, rules), ({ graph: left, trace }) => {
      const graph = renamed(freedByPasses(before, left), name);
      const typed = (g: Graph) => typedOf(g, source.span, freshKey);
      const on = (input: TensorType) => E.map(typed)(retyped(graph, input));
      return checked({ graph, trace, own: typed(graph), on }, []);
    }),
  );
};

/** The graph as a net of another name: its weights are those of the source under other paths. */
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
