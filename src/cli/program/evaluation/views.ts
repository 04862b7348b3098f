/** The programs by which an evaluation looks: the net itself for pieces, and made convolutional for whole pictures. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { admissibleSizes } from '../../../build/admissible.ts';
import { Bug } from '../../../diagnostic/bug.ts';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Graph } from '../../../graph/graph.ts';
import { retyped } from '../../../graph/retype.ts';
import type { KernelProgram } from '../../../lower/kernels.ts';
import { probabilities } from '../../../ops/roles.ts';
import { extentOf, image, numberOf, showType } from '../../../ops/types.ts';
import type { Measured } from '../../../protocol/evaluation.ts';
import { everything } from '../../../size/sizes.ts';
import { viewingProgram } from '../../../runtime/evaluate/viewer.ts';
import { macsOf } from '../../../typecheck/net/costs.ts';
import type { TypedNet } from '../../../typecheck/net/typed.ts';
import type { Frames } from './looks.ts';
import { forWholePictures, rewritten } from './whole-pictures.ts';

/** A program with the graph that it is made of, for pictures of every size that it takes. */
export type Viewing = { readonly graph: Graph; readonly program: KernelProgram };

/** What the views of an evaluation need; each is there where a view takes it. */
export type Views = {
  readonly pieces: Viewing | undefined;
  readonly dense: Viewing | undefined;
  readonly frames: Frames;
};

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
  Either.chain(viewing(evaluation))(rewritten(evaluation.net, []));

const denseView = (evaluation: Measured): Or<Diagnostic, Viewing> =>
  Either.chain(viewing(evaluation))(forWholePictures(evaluation));

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
