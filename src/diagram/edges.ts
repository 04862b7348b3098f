/** The boxes of a drawing and the edges between them, as flat lists in order of execution. */
import { Bug } from '../diagnostic/bug.ts';
import type { Edge, Node, Part } from './diagram.ts';

export const nodesOf = (part: Part): readonly Node[] => {
  switch (part.tag) {
    case 'node':
      return [part.node];
    case 'sequence':
      return part.parts.flatMap(nodesOf);
    case 'fork':
      return [...part.branches.flatMap(nodesOf), part.join];
    case 'group':
    case 'side':
      return nodesOf(part.body);
    case 'keep':
    case 'recall':
      return [];
  }
};

/** A value on its way: the box it left, and the shape to write on it as long as nobody has. */
type Value = { readonly from: Node; readonly shape: string; readonly kind: Edge['kind'] };

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
