/**
 * The layers of a net as a tree of folders, with repeated parts shown once.
 *
 * Repetition is guessed from names and sizes, though the typed program knows its `repeat`s. For a summary shows a
 * graph: its sizes may be those of another image (`--input`), its layers may come from passes, and a path holds no more
 * than the folders a node was written in.
 */
import { digest } from '../../numeric/digest.ts';
import { sumIfKnown } from '../../numeric/figures.ts';
import type { TensorType } from '../../ops/types.ts';
import { showType } from '../../ops/types.ts';
import type { LayerFacts } from '../layer-costs.ts';
import { repeats } from '../repeats.ts';

/** A layer or a folder; sums are over all `count` copies. `last` is the layer that comes last in it. */
export type Branch = {
  readonly name: string;
  readonly to: string; // the name of the last copy
  readonly count: number;
  readonly input: TensorType;
  readonly last: LayerFacts;
  readonly params: number;
  readonly macs: number | undefined;
  readonly bytes: number | undefined;
  readonly children: readonly Branch[];
};

const leaf = (name: string, facts: LayerFacts): Branch => ({
  name,
  to: name,
  count: 1,
  input: facts.inputs[0]!,
  last: facts,
  params: facts.params,
  macs: facts.macs,
  bytes: facts.bytes,
  children: [],
});

const folder = (name: string, children: readonly Branch[]): Branch => ({
  name,
  to: name,
  count: 1,
  input: children[0]!.input,
  last: children[children.length - 1]!.last,
  params: children.reduce((sum, c) => sum + c.params, 0),
  macs: sumIfKnown(children.map((c) => c.macs)),
  bytes: sumIfKnown(children.map((c) => c.bytes)),
  children,
});

/** The name without its number: `conv12` and `conv12_3` are copies of `conv`. */
const stem = (name: string): string => name.replace(/_?\d+$/, '');

/** The text by which two branches are recognised as copies. */
const looks = (b: Branch): string => {
  const known = looked.get(b);
  if (known !== undefined) return known;
  const { op, args, output: type } = b.last.node;
  const own = [
    stem(b.name),
    b.count,
    op,
    args,
    showType(b.input),
    showType(type),
    b.params,
    b.macs,
  ];
  const all = digest(JSON.stringify([...own, b.children.map(looks)]));
  looked.set(b, all);
  return all;
};
const looked = new WeakMap<Branch, string>();

const times = (first: Branch, last: Branch, count: number): Branch => ({
  ...first,
  to: last.to,
  count: first.count * count,
  last: last.last,
  params: first.params * count,
  macs: first.macs === undefined ? undefined : first.macs * count,
  bytes: first.bytes === undefined ? undefined : first.bytes * count,
});

/** Neighbours that are copies become one with a count, also in groups: conv, relu, conv, relu. */
const collapse = (branches: readonly Branch[]): readonly Branch[] =>
  repeats(branches.map(looks)).flatMap(({ start, size, count }) =>
    branches
      .slice(start, start + size)
      .map((first, k) => times(first, branches[start + k + size * (count - 1)]!, count)),
  );

type Part = { readonly path: readonly string[]; readonly facts: LayerFacts };

/** The branches of layers whose paths agree up to `depth`. */
const grown = (parts: readonly Part[], depth: number): readonly Branch[] => {
  const groups: { readonly name: string; readonly parts: Part[] }[] = [];
  for (const part of parts) {
    const name = part.path[depth] ?? part.facts.node.op;
    const current = groups[groups.length - 1];
    if (current?.name === name && part.path.length > depth) current.parts.push(part);
    else groups.push({ name, parts: [part] });
  }
  return collapse(
    groups.map(({ name, parts: [first, ...others] }) =>
      // a layer may have the path of a definition, which is a folder for the definition's other layers
      others.length === 0 && first!.path.length <= depth + 1
        ? leaf(name, first!.facts)
        : folder(name, grown([first!, ...others], depth + 1)),
    ),
  );
};

/** The whole net. */
export const treeOf = (net: string, layers: readonly LayerFacts[]): Branch | undefined => {
  const parts = layers.map((facts) => {
    const path = facts.node.path.split('/');
    // a net that is one call has the paths of that call
    return { path: path[0] === net ? path.slice(1) : path, facts };
  });
  return parts.length === 0 ? undefined : folder(net, grown(parts, 0));
};
