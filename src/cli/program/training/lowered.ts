/** A training as a step of kernels, before its engine and its data are there. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { graphOf } from '../../../compile.ts';
import { absurd } from '../../../diagnostic/bug.ts';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Graph, GraphWeight } from '../../../graph/graph.ts';
import { sourcesIn } from '../../../graph/weights.ts';
import type { Untrainable } from '../../../lower/training/step.ts';
import { howOf } from '../../../lower/training/from-recipe.ts';
import { probabilities } from '../../../ops/roles.ts';
import type { Training } from '../../../protocol/recipe.ts';
import type { Takes } from '../../../runtime/dataset/loader.ts';
import { programsFor } from '../../../runtime/train/trainer.ts';
import type { TypedNet } from '../../../typecheck/net/typed.ts';
import type { Planned } from './memory.ts';
import { takesOf } from './settings.ts';

/** What is known of a training by itself. */
export type Lowered = Omit<Planned, 'engine' | 'batch'> & { readonly takes: Takes };

/** The graph and the programs of a training (E0508, E0964). */
export const lower = ({
  training,
  recompute,
}: Pick<Planned, 'training' | 'recompute'>): Or<Diagnostic, Lowered> => {
  const takes = takesOf(training);
  if (Either.isLeft(takes)) return takes;
  const graph = graphFor(training, takes.right);
  if (Either.isLeft(graph)) return graph;
  const programs = programsFor(graph.right, {
    ...howOf(training.recipe, graph.right),
    recomputes: recompute,
  });
  if (Either.isLeft(programs)) return Either.left(untrainable(training, programs.left));
  const { tag: _, ...sizes } = takes.right;
  const picture = 'h' in sizes ? [sizes.h, sizes.w, sizes.c] : [sizes.c];
  return Either.right({
    ...{ training, graph: graph.right, programs: programs.right },
    ...{ picture, recompute, takes: takes.right },
  });
};

/** The graph of the net for these pictures (E0508, E0964). */
export const graphFor = ({ net, places }: Training, takes: Takes): Or<Diagnostic, Graph> => {
  const asked = places.get('augment') ?? net.span;
  const graph = graphOf(net, takes.tag === 'map' ? { ...takes, asked } : undefined);
  if (Either.isLeft(graph)) return graph;
  const derived = graph.right.nodes
    .flatMap(({ weights }) => weights)
    .filter(({ value }) => value !== undefined);
  // weights that are only called otherwise say less than one that is made of others
  const computed = derived.find(({ value }) => value?.tag !== 'source') ?? derived[0];
  return computed === undefined ? graph : Either.left(computedWeight(net, computed));
};

/** A net with a weight that is an expression over those of another net, which a step would have to move in its place. */
const computedWeight = (
  { name, span }: TypedNet,
  { path, value, madeBy }: GraphWeight,
): Diagnostic => {
  const sources = [...sourcesIn(value === undefined ? [] : [value]).keys()];
  const from = sources[0]?.split('/')[0] ?? 'the net that it is applied to';
  const pass = madeBy === undefined ? 'a pass' : `the pass \`${madeBy.pass}\``;
  return error(
    'E0964',
    span,
    `\`${name}\` cannot be trained: ${pass} computes its weight \`${path}\``,
    {
      label: 'its weights are not its own',
      notes: [
        `it is made of ${sources
          .slice(0, 3)
          .map((source) => `\`${source}\``)
          .join(', ')}${sources.length > 3 ? ', …' : ''}`,
        `train \`${from}\`, and run \`${name}\` with what it learns: \`netc run FILE --net ${name} --weights RUN\``,
      ],
    },
  );
};

const untrainable = ({ net }: Training, why: Untrainable): Diagnostic => {
  const message = `\`${net.name}\` cannot be trained`;
  switch (why.tag) {
    case 'no softmax':
      return error('E0964', net.span, `${message}: it does not end in \`${probabilities.name}\``, {
        notes: [`outputs that are trained: ${why.outputs.join(', ')}`],
      });
    case 'no gradient':
      return error('E0964', net.span, `${message}: \`${why.path}\` has no gradient`, {
        notes: [`its kernel \`${why.kernel}\` has none`],
      });
    default:
      return absurd(why);
  }
};
