/** Sums over the workers that train together: TensorFlow's own collective operation, which is a ring over gRPC. */
import type { Attributes, DataType, NodeDef } from './node.ts';

/**
 * The numbers by which TensorFlow knows what belongs together: all workers are one group, and each sum has a number that is
 * the same on all of them, whatever plans they have had before.
 */
export const keys = {
  group: 1,
  /** of texts */
  texts: 1,
  /** of a value of a plan that a program has added up, the first of them 0 */
  ofPlan: (index: number, keepsNaN: boolean): number => 2 + 2 * index + (keepsNaN ? 1 : 0),
} as const;

/** The operation: its inputs are the numbers, how many workers there are, their group, and the number of the sum. */
export const collective = (of: DataType): Pick<NodeDef, 'op' | 'attributes'> => ({
  op: 'CollectiveReduceV2',
  attributes: {
    T: { type: of },
    merge_op: { text: 'Add' },
    final_op: { text: 'Id' },
    communication_hint: { text: 'auto' },
    timeout_seconds: { real: 0 }, // a worker may validate for hours; that one is lost is found out otherwise
    is_stateless: { flag: false },
    Nordering_token: { integer: 0 },
    max_subdivs_per_device: { integer: -1 },
  } satisfies Attributes,
});
