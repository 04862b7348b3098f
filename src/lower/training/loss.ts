/** The loss that is trained for: cross entropy of scores and labels. */
import type { Graph } from '../../graph/graph.ts';
import {
  averaged,
  logSoftmax,
  plus,
  scalar,
  scaled,
  summed,
  times,
} from '../../kernel/formulas.ts';
import { input, type Lowered } from '../../kernel/kernel.ts';
import { probabilities } from '../../ops/roles.ts';

/**
 * The net with scores in place of probabilities: each output that a softmax makes becomes what the softmax reads, which
 * is called logits. Undefined where an output in `names` does not end in softmax.
 */
export const withLogits = (graph: Graph, names: readonly string[]): Graph | undefined => {
  const outputs = graph.outputs.flatMap((output) => {
    if (!names.includes(output.name)) return [];
    const node = graph.nodes.find((n) => n.id === output.id);
    const [id] = node?.inputs ?? [];
    return node?.op === probabilities.name && id !== undefined ? [{ ...output, id }] : [];
  });
  return outputs.length === names.length ? { ...graph, outputs } : undefined;
};

/** How cross entropy is taken. */
export type CrossEntropy = {
  readonly classes: number;
  /** ε: labels are (1 − ε)·one-hot + ε/classes (Szegedy et al. 2016, section 7) */
  readonly smoothing: number;
};

/**
 * −Σ labels·ln softmax(logits) over the classes, the mean over the batch: a number. Labels are one-hot,
 * [batch, classes] as the logits.
 */
export const crossEntropy = (
  { classes, smoothing }: CrossEntropy,
  logits: Lowered,
  labels: Lowered,
): Lowered => {
  const smooth =
    smoothing === 0 ? labels : plus(scaled(1 - smoothing, labels), scalar(smoothing / classes));
  const surprise = summed(times(smooth, logSoftmax(logits)), [-1]);
  return scaled(-1, averaged(surprise, [0]));
};

/** Operand i times weight i, all added up. */
export const weighted = (weights: readonly number[]): Lowered => {
  const [first, ...rest] = weights.map((w, i) => (w === 1 ? input(i) : scaled(w, input(i))));
  return rest.reduce((sum: Lowered, part) => plus(sum, part), first ?? scalar(0));
};
