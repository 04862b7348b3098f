/** The programs by which an evaluation looks: the net itself for pieces, and made convolutional for whole pictures. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { admissibleSizes } from '../../../build/admissible.ts';
import { freed } from '../../../build/freed.ts';
import { forNet } from '../../../compile.ts';
import { Bug } from '../../../diagnostic/bug.ts';
import { diagnosticsOf, resultOf } from '../../../diagnostic/checked.ts';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Graph } from '../../../graph/graph.ts';
import { retyped } from '../../../graph/retype.ts';
import type { KernelProgram } from '../../../lower/kernels.ts';
import { flattening, probabilities } from '../../../ops/roles.ts';
import { extentOf, image, numberOf, showType } from '../../../ops/types.ts';
import type { Measured } from '../../../protocol/evaluation.ts';
import { everything } from '../../../size/sizes.ts';
import { viewingProgram } from '../../../runtime/evaluate/viewer.ts';
import { macsOf } from '../../../typecheck/net/costs.ts';
import type { TypedNet } from '../../../typecheck/net/typed.ts';
import { passesOfNetc } from '../passes.ts';
import type { Frames } from './looks.ts';

/** A program with the graph that it is made of, for pictures of every size that it takes. */
export type Viewing = { readonly graph: Graph; readonly program: KernelProgram };

/** What the views of an evaluation need; each is there where a view takes it. */
export type Views = {
  readonly pieces: Viewing | undefined;
  readonly dense: Viewing | undefined;
  readonly frames: Frames;
};

/** The pass that makes a net look at whole pictures. */
const makingDense = 'fc_to_conv';

/** The programs of an evaluation (E0936, E0964, or what a pass says). */
export const viewsOf = (evaluation: Measured): Or<Diagnostic, Views> => {
  const { net, measure } = evaluation;
  const kinds = new Set(measure.views.of.map((v) => (v.tag === 'dense' ? 'dense' : 'pieces')));
  const pieces = kinds.has('pieces') ? piecesView(evaluation) : Either.right(undefined);
  if (Either.isLeft(pieces)) return pieces;
  const dense = kinds.has('dense') ? denseView(evaluation) : Either.right(undefined);
  if (Either.isLeft(dense)) return dense;
  const takes = dense.right && admissibleSizes(dense.right.graph);
  return Either.right({
    pieces: pieces.right,
    dense: dense.right,
    frames: {
      channels: channelsOf(net),
      piece: pieceOf(net),
      whole: takes ?? { h: everything, w: everything },
    },
  });
};

const channelsOf = ({ name, input }: TypedNet): number => {
  const channels = input.tag === 'unknown' ? undefined : numberOf(input.c);
  if (channels === undefined) throw new Bug(`${name} takes ${showType(input)}`);
  return channels;
};

/** The size of a piece; the checker lets no net of free size look at pieces. */
const pieceOf = ({ input }: TypedNet): Frames['piece'] =>
  input.tag === 'map' ? { h: extentOf(input.h) ?? 1, w: extentOf(input.w) ?? 1 } : { h: 1, w: 1 };

const piecesView = (evaluation: Measured): Or<Diagnostic, Viewing> =>
  Either.chain(viewing(evaluation))(rewritten(evaluation, []));

/** The net made convolutional; where it still takes one size only, it cannot look at whole pictures. */
const denseView = (evaluation: Measured): Or<Diagnostic, Viewing> => {
  const made = rewritten(evaluation, [makingDense]);
  if (Either.isLeft(made)) return made;
  const free = freed(made.right);
  if (Either.isRight(free)) return viewing(evaluation)(free.right);
  const { net, places } = evaluation;
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

const rewritten = ({ net }: Measured, names: readonly string[]): Or<Diagnostic, Graph> => {
  const made = forNet({ passes: passesOfNetc(names), outputs: 'main' }).rewrite(net);
  const result = resultOf(made);
  const [fault] = diagnosticsOf(made);
  if (result !== undefined) return Either.right(result.graph);
  if (fault === undefined) throw new Bug(`${net.name} was not rewritten`);
  return Either.left(fault);
};

const viewing =
  ({ net }: Measured) =>
  (graph: Graph): Or<Diagnostic, Viewing> => {
    const program = viewingProgram(graph);
    return program === undefined
      ? Either.left(
          error(
            'E0964',
            net.span,
            `\`${net.name}\` cannot be measured: it does not end in \`${probabilities.name}\``,
          ),
        )
      : Either.right({ graph, program });
  };

/** Multiply–adds of a piece of this size. */
export const macsAt = (
  { graph }: Viewing,
  { h, w }: { readonly h: number; readonly w: number },
): number => {
  const { type } = graph.input;
  const sized =
    type.tag === 'map' && typeof type.c === 'number'
      ? retyped(graph, image(h, w, type.c))
      : Either.right(graph);
  if (Either.isLeft(sized)) throw new Bug(`${graph.net} does not take ${h}x${w}`);
  return sized.right.nodes.reduce((sum, node) => sum + (macsOf(node) ?? 0), 0);
};
