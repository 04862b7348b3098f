/**
 * The layers of a net as a tree of folders. A net, a call of a definition, a block and a label are folders, as in paths;
 * depth 1 is what lies directly in the net.
 */
import type { ValueId } from '../../graph/graph.ts';
import { digest } from '../../numeric/digest.ts';
import { sumIfKnown } from '../../numeric/figures.ts';
import { identity } from '../../ops/roles.ts';
import { showType } from '../../ops/types.ts';
import type { LayerFacts } from '../layer-costs.ts';
import { readsOf, type Read, type Reader } from './reads.ts';

/** A layer, or a folder with what lies in it, in order of execution. */
export type Branch = {
  readonly name: string;
  readonly first: LayerFacts;
  /** the layer that gives its result: the last that is not for a side output alone, if there is one */
  readonly last: LayerFacts;
  readonly isAside: boolean;
  readonly layers: number;
  /** of a join what it joins; of others what they read, unless it is the result of the branch before */
  readonly reads: readonly Read[];
  readonly params: number;
  readonly macs: number | undefined;
  readonly bytes: number | undefined;
  readonly children: readonly Branch[];
  /** equal for branches that are copies, sizes and all */
  readonly looks: string;
  /** equal for branches that have the same layers with the same arguments, whatever the sizes */
  readonly structure: string;
};

/** The name without its number: `conv12` and `conv12_3` are copies of `conv`. */
export const stem = (name: string): string => name.replace(/_?\d+$/, '');

/** What copies have in common of what they read: numbers of neighbours, which are counted backwards. */
const readsText = (reads: readonly Read[]): readonly (string | number)[] =>
  reads.map((read) => (read.tag === 'neighbour' ? read.back : read.name));

type Own = Pick<Branch, 'name' | 'reads' | 'isAside'>;

const leaf = ({ name, reads, isAside }: Own, facts: LayerFacts): Branch => {
  const { params, macs, bytes, node, inputs } = facts;
  const own = [stem(name), node.op, node.args, readsText(reads)];
  const sizes = [...inputs.map(showType), showType(node.output)];
  return {
    name,
    first: facts,
    last: facts,
    isAside,
    layers: 1,
    reads,
    params,
    macs,
    bytes,
    children: [],
    looks: digest(JSON.stringify([own, sizes])),
    structure: digest(JSON.stringify(own)),
  };
};

const folder = ({ name, reads, isAside }: Own, children: readonly Branch[]): Branch => {
  const own = [stem(name), readsText(reads)];
  return {
    name,
    first: children[0]!.first,
    last: lastOf(children).last,
    isAside,
    layers: children.reduce((sum, c) => sum + c.layers, 0),
    reads,
    params: children.reduce((sum, c) => sum + c.params, 0),
    macs: sumIfKnown(children.map((c) => c.macs)),
    bytes: sumIfKnown(children.map((c) => c.bytes)),
    children,
    looks: digest(JSON.stringify([own, children.map((c) => c.looks)])),
    structure: digest(JSON.stringify([own, children.map((c) => c.structure)])),
  };
};

/** The last that is not for side outputs alone, or the last of all. */
const lastOf = <A extends { readonly isAside: boolean }>(all: readonly A[]): A =>
  all.findLast((a) => !a.isAside) ?? all[all.length - 1]!;

type Part = {
  readonly isAside: boolean;
  readonly path: readonly string[];
  readonly facts: LayerFacts;
};

/** Neighbours in a folder whose paths go on alike. */
type Group = Reader & { readonly parts: readonly Part[] };

/** The groups of parts whose paths agree up to `depth`. */
const groupsOf = (parts: readonly Part[], depth: number): readonly Group[] => {
  const groups: { readonly name: string; readonly parts: Part[] }[] = [];
  for (const part of parts) {
    const name = part.path[depth] ?? part.facts.node.op;
    const current = groups.at(-1);
    if (current?.name === name && part.path.length > depth) current.parts.push(part);
    else groups.push({ name, parts: [part] });
  }
  return groups.map(({ name, parts: own }) => {
    // a layer may have the path of a definition, which is a folder for the definition's other layers
    const isLayer = own.length === 1 && own[0]!.path.length <= depth + 1;
    const [first, last] = [own[0]!.facts.node, lastOf(own).facts.node];
    return { name, parts: own, first, last, isLayer, isAside: own.every((p) => p.isAside) };
  });
};

/** The shortest path of a layer for a reader in this folder. */
const pathFrom = (folder: readonly string[], path: readonly string[]): string => {
  const isBelow = folder.every((name, i) => path[i] === name);
  return path.slice(isBelow ? folder.length : 0).join('/');
};

type PathOf = (id: ValueId) => readonly string[];

const grown = (parts: readonly Part[], depth: number, pathOf: PathOf): readonly Branch[] => {
  const groups = groupsOf(parts, depth);
  const here = parts[0]!.path.slice(0, depth);
  const entered = depth === 0 ? 'input' : identity.name;
  const reads = readsOf(groups, entered, (id) => pathFrom(here, pathOf(id)));
  return groups.map(({ name, parts: own, isLayer, isAside }, i) =>
    isLayer
      ? leaf({ name, reads: reads[i]!, isAside }, own[0]!.facts)
      : folder({ name, reads: reads[i]!, isAside }, grown(own, depth + 1, pathOf)),
  );
};

/** The whole net, written out; `main` are the layers that its main output needs. Undefined if it has no layers. */
export const treeOf = (
  net: string,
  layers: readonly LayerFacts[],
  main: ReadonlySet<ValueId>,
): Branch | undefined => {
  const parts = layers.map((facts) => {
    const path = facts.node.path.split('/');
    // a net that is one call has the paths of that call
    return {
      path: path[0] === net ? path.slice(1) : path,
      facts,
      isAside: !main.has(facts.node.id),
    };
  });
  const paths = new Map(parts.map(({ path, facts }) => [facts.node.id, path]));
  const pathOf: PathOf = (id) => paths.get(id) ?? ['input'];
  return parts.length === 0
    ? undefined
    : folder({ name: net, reads: [], isAside: false }, grown(parts, 0, pathOf));
};
