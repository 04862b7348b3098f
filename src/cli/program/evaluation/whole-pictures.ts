/** Nets made convolutional, so that an evaluation looks at whole pictures. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { freed } from '../../../build/freed.ts';
import { forNet } from '../../../compile.ts';
import { Bug } from '../../../diagnostic/bug.ts';
import { diagnosticsOf, resultOf } from '../../../diagnostic/checked.ts';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Graph } from '../../../graph/graph.ts';
import { flattening } from '../../../ops/roles.ts';
import type { Measured } from '../../../protocol/evaluation.ts';
import type { TypedNet } from '../../../typecheck/net/typed.ts';
import { passesOfNetc } from '../passes.ts';

/** The pass that makes a net look at whole pictures. */
const makingDense = 'fc_to_conv';

/** The net of an evaluation for pictures of every size; where it still takes one size only, it has none (E0936). */
export const forWholePictures = ({ net, places }: Measured): Or<Diagnostic, Graph> => {
  const made = rewritten(net, [makingDense]);
  if (Either.isLeft(made)) return made;
  const free = freed(made.right);
  if (Either.isRight(free)) return free;
  return Either.left(
    error(
      'E0936',
      places.get('views') ?? net.span,
      `\`${net.name}\` cannot look at whole pictures: made convolutional, it still takes one size`,
      {
        label: '`dense` is one of the views',
        labels: [free.left.primary],
        notes: [
          `\`${makingDense}\` moves \`${flattening.name}\` behind fully connected layers, and something keeps it from that`,
          '`crops-5x5` looks at pieces of the size that the net takes',
        ],
      },
    ),
  );
};

/** The graph of a net after these passes of netc and the default ones. */
export const rewritten = (net: TypedNet, passes: readonly string[]): Or<Diagnostic, Graph> => {
  const made = forNet({ passes: passesOfNetc(passes), outputs: 'main' }).rewrite(net);
  const result = resultOf(made);
  const [fault] = diagnosticsOf(made);
  if (result !== undefined) return Either.right(result.graph);
  if (fault === undefined) throw new Bug(`${net.name} was not rewritten`);
  return Either.left(fault);
};
