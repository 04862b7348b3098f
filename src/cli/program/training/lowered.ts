/** A training as a step of kernels, before its engine and its data are there. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { graphOf } from '../../../compile.ts';
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Graph } from '../../../graph/graph.ts';
import type { Training } from '../../../protocol/recipe.ts';
import type { Takes } from '../../../runtime/batches/loader.ts';
import { notItsOwn, trainable } from '../../../runtime/train/trainable.ts';
import type { Planned } from '../../../runtime/train/memory.ts';
import { imagesFor, takesOf } from '../../../runtime/batches/settings.ts';

/** What is known of a training by itself. */
export type Lowered = Omit<Planned, 'engine' | 'batch'> & { readonly takes: Takes };

/** The graph and the programs of a training (E0508, E0964). */
export const lower = ({
  training,
  recompute,
  cluster,
}: Pick<Planned, 'training' | 'recompute' | 'cluster'>): Or<Diagnostic, Lowered> => {
  const takes = takesOf(training);
  if (Either.isLeft(takes)) return takes;
  const graph = graphOf(training.net, imagesFor(training, takes.right));
  if (Either.isLeft(graph)) return graph;
  const programs = trainable(training, graph.right, recompute, cluster?.addresses.length);
  if (Either.isLeft(programs)) return programs;
  const { tag: _, ...sizes } = takes.right;
  const picture = 'h' in sizes ? [sizes.h, sizes.w, sizes.c] : [sizes.c];
  return Either.right({
    ...{ training, graph: graph.right, programs: programs.right },
    ...{ picture, recompute, cluster, takes: takes.right },
  });
};

/** The graph of the net for these pictures, all of whose weights are its own (E0508, E0964). */
export const graphFor = (training: Training, takes: Takes): Or<Diagnostic, Graph> => {
  const graph = graphOf(training.net, imagesFor(training, takes));
  if (Either.isLeft(graph)) return graph;
  const fault = notItsOwn(training.net, graph.right);
  return fault === undefined ? graph : Either.left(fault);
};
