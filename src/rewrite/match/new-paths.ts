/**
 * The paths of new layers. A layer that takes weights gets the path of the first layer it takes them from. A layer with
 * fresh weights lies below the first matched layer. A layer without weights keeps the path of a matched layer of its
 * kind, if there is one.
 */
import { Bug } from '../../diagnostic/bug.ts';
import type { GraphNode, ValueId } from '../../graph/graph.ts';
import type { Binding, Expr } from '../../syntax/tree.ts';
import { chainsOf } from '../../syntax/walk.ts';
import type { GraphView } from './live-graph.ts';
import { namedLayers } from './conditions.ts';
import type { Match } from './match.ts';
import type { CompiledRule } from '../rule/pattern.ts';

/** Names for new layers, taken from the layers that they replace. */
export type Paths = {
  /** the first matched layer in order of execution */
  readonly first: GraphNode;
  /** the first layer that these expressions take a weight from; its path is used up */
  readonly taking: (
    entries: readonly Expr[],
    bindings: readonly Binding[],
  ) => { readonly path: string; readonly source: GraphNode };
  readonly isTaken: (path: string) => boolean;
  /** paths of this match's new layers */
  readonly given: Set<string>;
  /** matched layers whose paths are still free */
  readonly spare: GraphNode[];
};

/** The values of the graph that a match covers: those of the pattern and those behind `..f`. */
export const coveredBy = (rule: CompiledRule, match: Match): ReadonlySet<ValueId> => {
  const { env } = match;
  const covered = new Set<ValueId>();
  rule.pattern.nodes.forEach((node, index) => {
    const value = env.values.get(index);
    if (value !== undefined && (node.tag === 'layer' || node.tag === 'join')) covered.add(value);
  });
  for (const { nodes } of env.layers.values()) nodes.forEach((n) => covered.add(n.id));
  return covered;
};

export const pathsOf = (rule: CompiledRule, graph: GraphView, match: Match): Paths => {
  const covered = coveredBy(rule, match);
  const behind = new Set([...match.env.layers.values()].flatMap((f) => f.nodes.map((n) => n.id)));
  const matched = graph.inOrder(covered).filter((n) => !behind.has(n.id));
  const [first] = matched;
  if (first === undefined) throw new Bug(`${rule.rule.name.text} matched nothing`);
  const named = new Map(namedLayers(rule, graph, match.env));
  // paths of layers that stay are not free
  const own = (path: string): number => matched.filter((n) => n.path === path).length;
  const given = new Set<string>();
  const paths: Paths = {
    first,
    given,
    isTaken: (path) => given.has(path) || graph.atPath(path) > own(path),
    spare: [...matched],
    taking: (entries, bindings) => {
      const source = firstNamed(entries, bindings, named) ?? first;
      return { path: unused(paths, source.path), source };
    },
  };
  return paths;
};

/** The first word of the text that names a layer, through the names after `where`. */
const firstNamed = (
  entries: readonly Expr[],
  bindings: readonly Binding[],
  named: ReadonlyMap<string, GraphNode>,
  depth = 0,
): GraphNode | undefined => {
  for (const { word } of entries.flatMap(chainsOf)) {
    const [name, member] = word.parts;
    if (name === undefined) continue;
    const layer = member === undefined ? undefined : named.get(name.text);
    if (layer !== undefined) return layer;
    const binding = bindings.find((b) => b.tag === 'binding' && b.name.text === name.text);
    if (binding?.tag !== 'binding' || depth > 20) continue;
    const found = firstNamed([binding.value], bindings, named, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** An unused path, made from one that may be in use. */
const unused = (paths: Paths, path: string): string => {
  let free = path;
  for (let n = 2; paths.isTaken(free); n++) free = `${path}_${n}`;
  paths.given.add(free);
  return free;
};

/** Below the first matched layer: `D/block3/conv2/conv1`, as a definition of that name would have it. */
export const freshPath = (paths: Paths, word: string): string => {
  const folder = `${paths.first.path}/${word}`;
  for (let n = 1; ; n++) {
    const path = /\d$/.test(word) ? `${folder}_${n}` : `${folder}${n}`;
    if (paths.isTaken(path)) continue;
    paths.given.add(path);
    return path;
  }
};

/** For a layer without weights. */
export const ownPath = (paths: Paths, op: string): string => {
  const at = paths.spare.findIndex((n) => n.op === op);
  const [same] = at < 0 ? [] : paths.spare.splice(at, 1);
  return same !== undefined && same.weights.length === 0
    ? unused(paths, same.path)
    : `${paths.first.path}/${op}`;
};
