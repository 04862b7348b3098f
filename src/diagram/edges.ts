/** A drawing for text formats: boxes and edges in order of execution, and groups around boxes. */
import { Bug } from '../diagnostic/bug.ts';
import type { Edge, Group, Node, Part } from './diagram.ts';

/** Maps boxes in order of execution; `grouped` joins the results of the boxes of a group. */
export const nested = <A>(
  part: Part,
  ofNode: (node: Node) => A,
  grouped: (group: Group, inner: readonly A[]) => readonly A[],
): readonly A[] => {
  const inside = (p: Part): readonly A[] => nested(p, ofNode, grouped);
  switch (part.tag) {
    case 'node':
      return [ofNode(part.node)];
    case 'sequence':
      return part.parts.flatMap(inside);
    case 'fork':
      return [...part.branches.flatMap(inside), ofNode(part.join)];
    case 'group':
      return grouped(part.group, inside(part.body));
    case 'side':
      return inside(part.body);
    case 'keep':
    case 'recall':
      return [];
  }
};

/** Every box, those of forks behind their branches. */
export const nodesOf = (part: Part): readonly Node[] =>
  nested(
    part,
    (node) => node,
    (_, inner) => inner,
  );

/** A value under way: the box it left, and its shape if that is not written yet. */
type Value = { readonly from: Node; readonly shape: string; readonly kind: Edge['kind'] };

/** In order of execution; a shape stands on the first edge that leaves a box, and on every skip. */
export const edgesOf = (body: Part): readonly Edge[] => {
  const edges: Edge[] = [];
  const kept = new Map<number, Value>();
  const told = new Set<Node>(); // whose shape stands on an edge

  const connect = (value: Value, to: Node): Value => {
    const { from, shape, kind } = value;
    const news = kind === 'skip' || !told.has(from);
    told.add(from);
    edges.push({ from: from.id, to: to.id, kind, label: news ? shape : '' });
    return { from: to, shape: to.reshapes ? to.shape : '', kind: 'flow' };
  };

  const walk = (part: Part, value: Value | undefined): Value | undefined => {
    switch (part.tag) {
      case 'node':
        return value === undefined ? start(part.node) : connect(value, part.node);
      case 'sequence':
        return part.parts.reduce((v: Value | undefined, p) => walk(p, v), value);
      case 'fork': {
        const ends = part.branches.map((branch) => walk(branch, value));
        for (const end of ends) if (end !== undefined) connect(end, part.join);
        return start(part.join);
      }
      case 'group': {
        const end = walk(part.body, value);
        const { reshapes, shape } = part.group;
        return end !== undefined && reshapes ? { ...end, shape } : end;
      }
      case 'keep':
        if (value !== undefined) kept.set(part.key, value);
        return value;
      case 'recall': {
        const found = kept.get(part.key);
        if (found === undefined) throw new Bug(`value ${part.key} was not kept`);
        return { ...found, kind: 'skip', shape: found.from.shape };
      }
      case 'side':
        walk(part.body, value);
        return value;
    }
  };
  walk(body, undefined);
  return edges;
};

const start = (node: Node): Value => ({
  from: node,
  shape: node.reshapes ? node.shape : '',
  kind: 'flow',
});
