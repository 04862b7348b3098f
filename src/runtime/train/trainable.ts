/** The programs that train a net, or why there are none. */
import * as E from 'fp-ts/lib/Either.js';
import { absurd } from '../../diagnostic/bug.ts';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Graph, GraphWeight } from '../../graph/graph.ts';
import { sourcesIn } from '../../graph/weights.ts';
import { howOf } from '../../lower/training/from-recipe.ts';
import type { Untrainable } from '../../lower/training/step.ts';
import { probabilities } from '../../ops/roles.ts';
import type { Training } from '../../protocol/recipe.ts';
import { reportLength } from './report.ts';
import { programsFor, type Programs } from './trainer.ts';

type Net = Training['net'];

/** A net with a weight that is an expression over those of another net, which a step would have to move in its place. */
const computedWeight = ({ name, span }: Net, { path, value, madeBy }: GraphWeight): Diagnostic => {
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

const untrainable = (net: Net, why: Untrainable): Diagnostic => {
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

/** Why a net with this graph has no weights of its own to train, if so (E0964). */
export const notItsOwn = (net: Net, graph: Graph): Diagnostic | undefined => {
  const derived = graph.nodes
    .flatMap(({ weights }) => weights)
    .filter(({ value }) => value !== undefined);
  // weights that are only called otherwise say less than one that is made of others
  const computed = derived.find(({ value }) => value?.tag !== 'source') ?? derived[0];
  return computed && computedWeight(net, computed);
};

/** The programs of a training for a graph of its net, on so many workers (E0964). */
export const trainable = (
  { net, recipe }: Training,
  graph: Graph,
  recomputes: boolean,
  workers = 1,
): E.Either<Diagnostic, Programs> => {
  const fault = notItsOwn(net, graph);
  if (fault !== undefined) return E.left(fault);
  return E.mapLeft((why: Untrainable) => untrainable(net, why))(
    programsFor(graph, {
      ...howOf(recipe, graph),
      recomputes,
      ...(workers === 1 ? {} : { report: reportLength(1 + Object.keys(recipe.loss.sides).length) }),
    }),
  );
};
