/** From a typed net to its graph: every layer once in order, with the weights it needs. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../diagnostic/bug.ts';
import { withMainOutput, type Outputs } from '../graph/main-output.ts';
import { retyped } from '../graph/retype.ts';
import { rowOf } from '../ops/table.ts';
import { writtenOut } from '../typecheck/net/flat.ts';
import type { TypedNet } from '../typecheck/net/typed.ts';
import type { Graph, GraphNode, GraphWeight, WeightValue } from '../graph/graph.ts';
import { partsFirst, partsOf, sourceValue, withOperands } from '../graph/weights.ts';

/** The graph of a net, written or made by passes. Its types must be known: it has passed the gate. */
export const graphOfNet = (net: TypedNet): Graph => {
  if (net.variant === undefined) return withParts(net, written(net));
  const sized = retyped(net.variant.graph, net.input);
  if (E.isLeft(sized)) throw new Bug(`${net.name}: ${sized.left.message}`);
  return sized.right;
};

/** The graph of a net with these outputs, before any pass. */
export const sourceGraph = (net: TypedNet, outputs: Outputs): Graph =>
  outputs === 'all' ? graphOfNet(net) : withMainOutput(graphOfNet(net));

/** Every layer that the source writes out, with fresh weights. */
const written = (net: TypedNet): Graph => {
  const { layers, outputs } = writtenOut(net);
  const nodes = layers.map((layer): GraphNode => {
    const weights = rowOf(layer.op).weights(layer.args, layer.inputTypes);
    const placed = weights.map((spec) => ({ path: `${layer.path}/${spec.name}`, spec }));
    return { ...layer, weights: placed };
  });
  return { net: net.name, input: { id: 0, type: net.input }, nodes, outputs };
};

/** Where a rewritten net is used as a layer: gives its layers the weights that rules made, under the caller's path. */
const withParts = (net: TypedNet, graph: Graph): Graph => {
  const { parts } = writtenOut(net);
  if (parts.length === 0) return graph;
  const nodes = [...graph.nodes];
  for (const { variant, folder, from, to } of parts) {
    const made = variant.graph.nodes;
    if (made.length !== to - from)
      throw new Bug(`${folder} is not what ${variant.name} is made of`);
    const below = movedBelow(folder);
    made.forEach(({ weights }, i) => {
      const node = nodes[from + i]!;
      nodes[from + i] = { ...node, weights: weights.map(below) };
    });
  }
  return { ...graph, nodes };
};

/** Moves the weights of a net below a folder of the net that uses it; shared expressions stay shared. */
const movedBelow = (folder: string): ((weight: GraphWeight) => GraphWeight) => {
  const known = new Map<WeightValue, WeightValue>();
  const path = (own: string): string => `${folder}${own.slice(own.indexOf('/'))}`;
  const moved = (v: WeightValue): WeightValue =>
    v.tag === 'source'
      ? { ...v, weight: { ...v.weight, path: path(v.weight.path) } }
      : withOperands(v, (part) => known.get(part) ?? part);
  const value = (whole: WeightValue): WeightValue => {
    const isKnown = (v: WeightValue): boolean => known.has(v);
    for (const v of partsFirst([whole], (w) => (isKnown(w) ? [] : partsOf(w))))
      if (!isKnown(v)) known.set(v, moved(v));
    return known.get(whole) ?? whole;
  };
  return (w) => ({ ...w, path: path(w.path), value: value(sourceValue(w)) });
};
