/** The images that a rewritten graph takes with its weights. */
import * as E from 'fp-ts/lib/Either.js';
import type { Graph } from '../graph/graph.ts';
import { admissibleFor } from '../typecheck/net/admissible.ts';
import type { Admissible } from '../typecheck/net/typed.ts';

/** Undefined when the input is no map, or sizes repeat with too long a period. */
export const admissibleSizes = (graph: Graph): Admissible | undefined => {
  const admission = admissibleFor(graph.input.type, graph.nodes);
  return admission === undefined || E.isLeft(admission) ? undefined : admission.right;
};
