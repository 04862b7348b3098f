/** A net on an engine that looks at pictures: one program for pictures of every size that it takes. */
import * as E from 'fp-ts/lib/Either.js';
import type { Graph } from '../../graph/graph.ts';
import { kernels } from '../../lower/from-graph.ts';
import { fuse } from '../../lower/fuse.ts';
import type { KernelProgram } from '../../lower/kernels.ts';
import { plan, type Plan } from '../../lower/plan.ts';
import { withLogits } from '../../lower/training/loss.ts';
import type { HostTensor } from '../../lower/weight-part.ts';
import { joined } from '../../numeric/joined.ts';
import { elements } from '../../numeric/tensor.ts';
import type { LoadedEngine, NoRoom } from '../engines/engine.ts';
import { bytesFor, load, shortageFor, type Session } from '../engines/session.ts';

/** The program that gives the logits of the main output; undefined where that is not made by a softmax. */
export const viewingProgram = (graph: Graph): KernelProgram | undefined => {
  const [main] = graph.outputs;
  const logits = main && withLogits(graph, [main.name]);
  return logits && fuse(kernels(logits));
};

/** What one step takes: so many pieces of the shape [h, w, c] or [c]. */
export const planOf = (
  program: KernelProgram,
  { within }: Pick<LoadedEngine, 'within'>,
  pieces: number,
  piece: readonly number[],
): Plan => plan(program, { input: [pieces, ...piece] }, within);

/** A step that takes more than this is no faster than two that take half. */
const enough = 2 ** 29;

/** The most pieces that help to fill a step. */
const most = 32;

/** How many pieces a step is given at once, and what an engine lacks for a single one. */
export const atOnceFor = (
  program: KernelProgram,
  engine: LoadedEngine,
  piece: readonly number[],
): E.Either<NoRoom, number> => {
  const alone = shortageFor(engine, planOf(program, engine, 1, piece));
  if (alone !== undefined) return E.left(alone);
  const fits = (pieces: number): boolean => {
    const planned = planOf(program, engine, pieces, piece);
    return planned.peakBytes <= enough && shortageFor(engine, planned) === undefined;
  };
  let pieces = 1;
  while (2 * pieces <= most && fits(2 * pieces)) pieces *= 2;
  return E.right(pieces);
};

/** All bytes that such a step takes on an engine. */
export const bytesOfStep = (
  program: KernelProgram,
  engine: LoadedEngine,
  pieces: number,
  piece: readonly number[],
): number => bytesFor(engine, planOf(program, engine, pieces, piece));

/** A net whose weights lie on an engine. */
export type Viewer = {
  /**
   * The logits [pieces, classes] of pieces [pieces, h, w, c] or [pieces, c], so many at once; `stopped` where `goesOn`,
   * which is asked between steps, says no.
   */
  readonly logits: (
    pieces: HostTensor,
    atOnce: number,
    goesOn: () => Promise<boolean>,
  ) => Promise<E.Either<NoRoom | 'stopped', Float32Array>>;
  readonly dispose: () => void;
};

/** Uploads the weights. `weight` gives each by its path, as `load` has it. */
export const viewerFor = (
  engine: LoadedEngine,
  program: KernelProgram,
  weight: (path: string) => HostTensor,
): E.Either<NoRoom, Viewer> =>
  E.map((session: Session): Viewer => ({
    logits: (pieces, atOnce, goesOn) => logitsOf(session, pieces, atOnce, goesOn),
    dispose: session.dispose,
  }))(load(engine, program, weight));

const logitsOf = async (
  session: Session,
  { shape: [pieces = 0, ...piece], data }: HostTensor,
  atOnce: number,
  goesOn: () => Promise<boolean>,
): Promise<E.Either<NoRoom | 'stopped', Float32Array>> => {
  const each = elements(piece);
  const parts: Float32Array[] = [];
  for (let start = 0; start < pieces; start += atOnce) {
    if (start > 0 && !(await goesOn())) return E.left('stopped');
    const count = Math.min(atOnce, pieces - start);
    const outputs = await session.step({
      input: {
        shape: [count, ...piece],
        data: data.subarray(start * each, (start + count) * each),
      },
    });
    if (E.isLeft(outputs)) return outputs;
    parts.push(outputs.right[0]!.data);
  }
  return E.right(joined(parts));
};
