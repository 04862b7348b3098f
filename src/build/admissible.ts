/** The images that a rewritten graph takes with its weights. */
import * as E from 'fp-ts/lib/Either.js';
import type { Graph } from '../graph/graph.ts';
import { admissibleFor } from '../typecheck/net/admissible.ts';
import type { Admissible } from '../typecheck/net/typed.ts';

/** The admissible sizes; undefined when the input is not a map, or sizes repeat too rarely to be followed. */
export const admissibleSizes = (graph: Graph): Admissible | undefined => {
  const admission = admissibleFor(graph.input.type, graph.nodes);
  return admission === undefined || E.isLeft(admission) ? undefined : admission.right;
};
