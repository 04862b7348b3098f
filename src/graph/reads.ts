/** Which nodes read which values of a graph. */
import type { Graph, ValueId } from './graph.ts';

/** Values that are read elsewhere than by the next node. */
export const farReads = ({ input, nodes, outputs }: Graph): ReadonlySet<ValueId> => {
  const far = new Set<ValueId>();
  let previous = input.id;
  for (const node of nodes) {
    const [only, ...others] = node.inputs;
    if (others.length > 0) for (const id of node.inputs) far.add(id);
    else if (only !== undefined && only !== previous) far.add(only);
    previous = node.id;
  }
  // side outputs are recalled; so is the main one unless it is the last value
  outputs.forEach(({ id }, i) => {
    if (i > 0 || id !== previous) far.add(id);
  });
  return far;
};
