/** Names the free sizes of two nets for a comparison: one name, one size. */
import type { Graph } from '../../graph/graph.ts';
import { sameAxis, type Axis, type MaybeAxis, type TensorType } from '../../ops/types.ts';

/** Names of the second net, and their new names. */
type Names = ReadonlyMap<string, string>;

const axesOf = (type: TensorType): readonly MaybeAxis[] =>
  type.tag === 'map' ? [type.h, type.w] : [];

const isFree = (axis: MaybeAxis | undefined): axis is Axis =>
  axis !== undefined && axis !== 'unknown' && axis.variable !== '';

const variablesIn = (type: TensorType): readonly string[] =>
  axesOf(type)
    .filter(isFree)
    .map((axis) => axis.variable);

/** Pairs of axes that are the same function of the image under any name: `h` and `n`, but not `h` and `16*n`. */
const shared = (own: TensorType, other: TensorType): readonly (readonly [string, string])[] =>
  axesOf(own).flatMap((axis, i) => {
    const like = axesOf(other)[i];
    if (!isFree(axis) || !isFree(like)) return [];
    const { variable } = like;
    return sameAxis({ ...axis, variable }, like) ? [[axis.variable, variable] as const] : [];
  });

/** A name that is not taken yet: `n2` for `n`. */
const fresh = (name: string, taken: ReadonlySet<string>, n = 2): string =>
  taken.has(`${name}${n}`) ? fresh(name, taken, n + 1) : `${name}${n}`;

const namesFor = (own: TensorType, other: TensorType): Names => {
  const names = new Map(shared(own, other)); // height and width never have one name
  const taken = new Set([...variablesIn(other), ...variablesIn(own)]);
  for (const variable of variablesIn(own))
    if (!names.has(variable) && variablesIn(other).includes(variable))
      names.set(variable, fresh(variable, taken));
  return names;
};

/**
 * The net whose free input sizes get the names of `like`, if they are the same sizes: `[n, m, 3]` is `[h, w, 3]`. Others
 * keep their names, unless `like` uses these for other sizes.
 */
export const calledAs = (graph: Graph, like: Graph): Graph => {
  const names = namesFor(graph.input.type, like.input.type);
  const named = (axis: MaybeAxis): MaybeAxis =>
    isFree(axis) ? { ...axis, variable: names.get(axis.variable) ?? axis.variable } : axis;
  const typed = (type: TensorType): TensorType =>
    type.tag === 'map' ? { ...type, h: named(type.h), w: named(type.w) } : type;
  return {
    ...graph,
    input: { ...graph.input, type: typed(graph.input.type) },
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputTypes: node.inputTypes.map(typed),
      output: typed(node.output),
    })),
  };
};
