/** The types behind a value that a structural rule has changed: each shape rule is run again that reads another type. */
import * as E from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { ValueId } from '../../graph/graph.ts';
import { retypedNode } from '../../graph/retype.ts';
import { sameType } from '../../ops/types.ts';
import { heapOf } from './heap.ts';
import type { LiveGraph } from './live-graph.ts';

/**
 * Types these nodes again, and those behind them as far as types change. `left` names the first layer that does not
 * take its new input.
 */
export const retypeFrom = (
  live: LiveGraph,
  nodes: Iterable<ValueId>,
): E.Either<Diagnostic, void> => {
  const waiting = heapOf<ValueId>((a, b) => live.place(a) < live.place(b));
  for (const id of nodes) waiting.push(id);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const node = live.node(id);
    if (node === undefined) continue;
    const inputs = node.inputs.map(live.type);
    const again = retypedNode(node, inputs);
    if (E.isLeft(again)) return again;
    const isSame = sameType(again.right.output, node.output);
    if (isSame && inputs.every((type, i) => sameType(type, node.inputTypes[i]!))) continue;
    live.change(again.right);
    if (!isSame) live.readers(id).forEach(waiting.push);
  }
  return E.right(undefined);
};
