/** What the layers and folders of a folder read, in names that are short there. */
import type { GraphNode, ValueId } from '../../graph/graph.ts';
import { rowOf } from '../../ops/table.ts';

/** A value that is read. */
export type Read =
  /** the result of a neighbour so many places before; what comes into the folder is before the first */
  | { readonly tag: 'neighbour'; readonly back: number; readonly name: string }
  /** another one, from outside the folder or from within a neighbour */
  | { readonly tag: 'value'; readonly name: string };

/** A layer or a folder among its neighbours; of a folder the first layer, and the one that gives its result. */
export type Reader = {
  readonly name: string;
  readonly first: GraphNode;
  readonly last: GraphNode;
  readonly isLayer: boolean;
  /** only side outputs need it: what comes next does not read it */
  readonly isAside: boolean;
};

const isJoin = ({ op }: GraphNode): boolean => rowOf(op).inputs.tag === 'join';

/**
 * For each of the neighbours what it reads; nothing where it goes on with the result of the one before. `entered` is the
 * name of what comes into their folder, `nameOf` names other values.
 */
export const readsOf = (
  neighbours: readonly Reader[],
  entered: string,
  nameOf: (id: ValueId) => string,
): readonly (readonly Read[])[] => {
  const entry = neighbours[0]?.first.inputs[0];
  const ends = new Map(neighbours.map(({ last }, i) => [last.id, i]));
  const read = (id: ValueId, at: number): Read => {
    const i = ends.get(id);
    if (i !== undefined) return { tag: 'neighbour', back: at - i, name: neighbours[i]!.name };
    if (id !== entry) return { tag: 'value', name: nameOf(id) };
    return { tag: 'neighbour', back: at + 1, name: entered };
  };
  /** the result that is passed on to a neighbour */
  const passedTo = (at: number): ValueId | undefined => {
    const [own, before] = [neighbours[at]!, neighbours[at - 1]];
    if (own.isAside && before?.isAside === true) return before.last.id;
    return neighbours.slice(0, at).findLast((n) => !n.isAside)?.last.id ?? entry;
  };
  return neighbours.map(({ first, isLayer }, at) => {
    if (isLayer && isJoin(first)) return first.inputs.map((id) => read(id, at));
    const [id] = first.inputs;
    return id === undefined || id === passedTo(at) ? [] : [read(id, at)];
  });
};
