/**
 * Nets followed from the input to the output without writing them out. A subtree stands in many places (`1000x f`, a
 * definition called again), and its result for a value is remembered, so the cost grows with the source, not with the
 * number of layers.
 */
import { perObject } from '../../syntax/memo.ts';
import { identity } from '../../ops/roles.ts';
import type { PlacedLayer } from '../../graph/graph.ts';
import type { Typed } from './typed.ts';

/** A layer without its place: what its row may be asked about. */
export type Layer = Pick<PlacedLayer, 'op' | 'args' | 'inputTypes' | 'output' | 'span'>;

type LayerNode = Extract<Typed, { readonly tag: 'op' | 'join' }>;

/** The node without what is below it; a join takes what its branches give. */
export const layerOf = (node: LayerNode): Layer => {
  const { op, output, span } = node;
  // one object, not one spread into another: this is asked of every layer, several times
  return node.tag === 'op'
    ? { op, args: node.args, inputTypes: [node.input], output, span }
    : { op, args: {}, inputTypes: node.branches.map((b) => b.output), output, span };
};

/** What becomes of the values V that flow through a net. */
export type Flow<V> = {
  /** what a layer makes of its inputs; layers come in order of execution */
  readonly layer: (layer: Layer, inputs: readonly V[]) => V;
  /** the result of a subtree for `now`, given that `before` gave `after`; undefined if the subtree must be followed */
  readonly again: (before: V, after: V, now: V) => V | undefined;
};

/** The latest result of each subtree. Nets of one program may share it, and so their subtrees. */
export type Met<V> = Map<Typed, { readonly before: V; readonly after: V }>;

/** The value at the output of a net, with `start` at its input. */
export const follow = <V>(body: Typed, start: V, flow: Flow<V>, met: Met<V> = new Map()): V => {
  const remembered = new Map<number, V>();

  /** A subtree that other places may hold too: a body that is called, a layer that is repeated. */
  const shared = (typed: Typed, before: V): V => {
    const last = met.get(typed);
    const known = last && flow.again(last.before, last.after, before);
    if (known !== undefined) return known;
    const after = walk(typed, before);
    if (isClosed(typed)) met.set(typed, { before, after });
    return after;
  };

  const walk = (typed: Typed, value: V): V => {
    switch (typed.tag) {
      case 'op':
        return typed.op === identity.name ? value : flow.layer(layerOf(typed), [value]);
      case 'sequence':
        return typed.steps.reduce((v, step) => walk(step, v), value);
      case 'hole':
        return value;
      case 'repeat':
        return typed.copies.reduce((v, copy) => shared(copy, v), value);
      case 'join':
        return flow.layer(
          layerOf(typed),
          typed.branches.map((branch) => walk(branch, value)),
        );
      case 'folder':
        return isCalled(typed) ? shared(typed.body, value) : walk(typed.body, value);
      case 'variant':
        return walk(typed.body, value);
      case 'remember': {
        const kept = walk(typed.body, value);
        remembered.set(typed.key, kept);
        return kept;
      }
      case 'recall':
        // after a fault the layers that made it may be gone
        return remembered.get(typed.key) ?? value;
      case 'also':
        walk(typed.body, value);
        return value;
    }
  };
  return walk(body, start);
};

/** The nodes that a node holds, in order of execution. */
export const childrenOf = (typed: Typed): readonly Typed[] => {
  switch (typed.tag) {
    case 'sequence':
      return typed.steps;
    case 'repeat':
      return typed.copies;
    case 'join':
      return typed.branches;
    case 'folder':
    case 'variant':
    case 'remember':
    case 'also':
      return [typed.body];
    default:
      return [];
  }
};

/**
 * Every node below, and the root; children first. A node that calls and repetitions share, with each other or with
 * the nodes already `seen`, is visited once.
 */
export const eachNode = (
  typed: Typed,
  visit: (node: Typed) => void,
  seen: Set<Typed> = new Set(),
): void => {
  const shares = typed.tag === 'folder' || typed.tag === 'repeat';
  for (const part of childrenOf(typed)) {
    if (shares && seen.has(part)) continue;
    if (shares) seen.add(part);
    eachNode(part, visit, seen);
  }
  visit(typed);
};

/**
 * Whether the tree holds the result of a fault in place of a layer, even if the fault was reported elsewhere. Skips
 * the nodes that were `seen`.
 */
export const isFaulty = (typed: Typed, seen?: Set<Typed>): boolean => {
  let faulty = false;
  const look = (node: Typed): void => {
    faulty ||= node.tag === 'hole' && node.output.tag === 'unknown';
  };
  eachNode(typed, look, seen);
  return faulty;
};

/** The number of distinct nodes: the cost of visiting a net or following it. */
export const countParts = (typed: Typed): number => {
  let count = 0;
  eachNode(typed, () => count++);
  return count;
};

/** Calls remember nothing for what follows them; a block or a label may. */
export const isCalled = ({ of }: Extract<Typed, { readonly tag: 'folder' }>): boolean =>
  of === 'call' || of === 'net';

/** The keys that a called body or a repeated layer recalls and has not remembered itself. */
const foreignKeys: (root: Typed) => readonly number[] = perObject((root) => {
  const recalled: number[] = [];
  const kept: number[] = [];
  const recall = (key: number): number => recalled.push(key);
  const visit = (typed: Typed): void => {
    if (typed.tag === 'op') return;
    if (typed.tag === 'recall') recall(typed.key);
    else if (typed.tag === 'remember') kept.push(typed.key);
    if (typed.tag === 'repeat') {
      for (const [i, copy] of typed.copies.entries())
        if (copy !== typed.copies[i - 1]) foreignKeys(copy).forEach(recall);
    } else if (typed.tag === 'folder' && isCalled(typed)) foreignKeys(typed.body).forEach(recall);
    else for (const part of childrenOf(typed)) visit(part);
  };
  visit(root);
  return recalled.length === 0 ? none : without(recalled, new Set(kept));
});

const none: readonly number[] = [];

const without = (keys: readonly number[], known: ReadonlySet<number>): readonly number[] =>
  [...new Set(keys)].filter((key) => !known.has(key));

/** Whether a subtree depends on nothing but its input. */
export const isClosed = (typed: Typed): boolean => foreignKeys(typed).length === 0;
