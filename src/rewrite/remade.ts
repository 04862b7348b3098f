/** Nets that passes make of others: their graphs, with weights over those of the source. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../diagnostic/bug.ts';
import { andThen, checked, gate, valueOf, type Checked } from '../diagnostic/checked.ts';
import { buildGraph } from '../graph/build.ts';
import type { Graph, GraphWeight, WeightValue } from '../graph/graph.ts';
import { freed, retyped } from '../graph/retype.ts';
import { typedOf } from '../graph/typed.ts';
import type { TensorType } from '../ops/types.ts';
import { placesOf } from '../typecheck/net/places.ts';
import type { Rewriting } from '../typecheck/layer/rewritten.ts';
import type { Rewritten, TypedNet } from '../typecheck/net/typed.ts';
import type { Applied, TraceEvent } from './match/apply.ts';
import { passesFrom } from './rule/compile.ts';
import { applyPasses } from './passes.ts';
import { sourceValue, withOperands } from './match/weight-shapes.ts';
import type { Rewrite } from '../syntax/tree.ts';

/** The graph of a net, written or made by passes. It must have passed the gate: its types are known. */
export const graphOfNet = (net: TypedNet): Graph => {
  if (net.rewritten === undefined) return withParts(net, buildGraph(net));
  const sized = retyped(appliedIn(net.rewritten).graph, net.input);
  if (E.isLeft(sized)) throw new Bug(`${net.name}: ${sized.left.message}`);
  return sized.right;
};

/** What the source itself has passes do to a net, in order: to what it is made of, then to it. */
export const traceOfNet = (net: TypedNet): readonly TraceEvent[] =>
  recipesOf(net).flatMap((rewritten) => appliedIn(rewritten).trace);

/** How it and what it is made of are made, each once, in the order in which that is done. */
const recipesOf = (net: TypedNet): readonly Rewritten[] => [
  ...new Set(rewritingsOf(net).flatMap((r) => [...recipesOf(r.source), r])),
];

/** How a net is made, or the nets that are used in it. */
const rewritingsOf = (net: TypedNet): readonly Rewritten[] =>
  net.rewritten === undefined
    ? [...new Set(placesOf(net).parts.map((p) => p.rewritten))]
    : [net.rewritten];

/** The passes that the source itself applies on the way to a net, in order. */
export const passesOfNet = (net: TypedNet): readonly Rewrite[] =>
  recipesOf(net).flatMap(({ passes }) => passes);

/** What the checker is handed. */
export const rewriting: Rewriting = (rewritten, freshKey) =>
  andThen(remade(rewritten), ({ graph }) => {
    const typed = (g: Graph) => typedOf(g, rewritten.source.span, freshKey);
    const on = (input: TensorType) => E.map(typed)(retyped(graph, input));
    return checked({ own: typed(graph), on }, []);
  });

/** Layers that passes left of another net have the weights that its rules made, below the place where it is used. */
const withParts = (net: TypedNet, graph: Graph): Graph => {
  const { parts } = placesOf(net);
  if (parts.length === 0) return graph;
  const nodes = [...graph.nodes];
  for (const { rewritten, folder, from, to } of parts) {
    const made = appliedIn(rewritten).graph.nodes;
    if (made.length !== to - from)
      throw new Bug(`${folder} is not what ${rewritten.name} is made of`);
    const below = movedBelow(folder);
    made.forEach(({ weights }, i) => {
      const node = nodes[from + i]!;
      nodes[from + i] = { ...node, weights: weights.map(below) };
    });
  }
  return { ...graph, nodes };
};

/** Weights of a net by itself as those of a net that holds it; what they share they go on to share. */
const movedBelow = (folder: string): ((weight: GraphWeight) => GraphWeight) => {
  const known = new Map<WeightValue, WeightValue>();
  const path = (own: string): string => `${folder}${own.slice(own.indexOf('/'))}`;
  const value = (v: WeightValue): WeightValue => {
    const before = known.get(v);
    if (before !== undefined) return before;
    const moved =
      v.tag === 'source'
        ? { ...v, weight: { ...v.weight, path: path(v.weight.path) } }
        : withOperands(v, value);
    known.set(v, moved);
    return moved;
  };
  return (w) => ({
    ...w,
    path: path(w.path),
    value: value(sourceValue(w)),
    ...(w.origin === undefined
      ? {}
      : { origin: { ...w.origin, sources: w.origin.sources.map(path) } }),
  });
};

const appliedIn = (rewritten: Rewritten): Applied => {
  const applied = valueOf(remade(rewritten));
  if (applied === undefined) throw new Bug(`the passes of ${rewritten.name} cannot be applied`);
  return applied;
};

/** Passes are applied when a program is checked, and not again when it is compiled. */
const made = new WeakMap<Rewritten, Checked<Applied>>();

const remade = (rewritten: Rewritten): Checked<Applied> => {
  const known = made.get(rewritten);
  if (known !== undefined) return known;
  const { name, source, passes } = rewritten;
  const before = graphOfNet(source);
  // a rule with faults may match anything
  const result = andThen(gate(passesFrom(passes)), (rules) =>
    andThen(applyPasses(before, rules), ({ graph, trace }) =>
      checked({ graph: renamed(opened(before, graph), name), trace }, []),
    ),
  );
  made.set(rewritten, result);
  return result;
};

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
