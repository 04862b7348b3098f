/** What a step of a training takes of memory: what is said of it before, and where it is too much. */
import * as Either from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { howOf } from '../../lower/training/from-recipe.ts';
import type { Graph } from '../../graph/graph.ts';
import { bytes, plural } from '../../numeric/figures.ts';
import { batchNormalisation } from '../../ops/roles.ts';
import type { Training } from '../../protocol/recipe.ts';
import type { Cluster } from '../engines/cluster.ts';
import type { LoadedEngine, NoRoom } from '../engines/engine.ts';
import { fullest, largestThat, needsText, smallerBatch } from '../engines/no-room.ts';
import { bytesOfStep, planOf, programsFor, shortageForStep, type Programs } from './trainer.ts';

/** What the memory of a step depends on. */
export type Planned = {
  readonly training: Training;
  readonly graph: Graph;
  readonly engine: LoadedEngine;
  readonly programs: Programs;
  /** pictures of a step: those of the recipe, or all where there are fewer */
  readonly batch: number;
  /** of a picture: [h, w, c] or [c] */
  readonly picture: readonly number[];
  /** whether the backward pass computes again what lies within blocks */
  readonly recompute: boolean;
  /** the workers that train together; then `batch` is the largest share of one */
  readonly cluster?: Cluster | undefined;
};

/** The programs as they would be with or without recomputation, in as many parts. */
const otherwise = (
  { training, graph }: Planned,
  { recompute, parts }: { readonly recompute: boolean; readonly parts: number },
): Programs | undefined => {
  const programs = programsFor(graph, {
    ...howOf(training.recipe, graph),
    parts,
    recomputes: recompute,
  });
  return Either.isLeft(programs) ? undefined : programs.right;
};

/** `34.1 MiB for a step of 32`, beside what it would be without recomputation. */
export const memoryLine = (made: Planned): string => {
  const { training, engine, programs, picture, batch, recompute } = made;
  const { accumulate } = training.recipe;
  const own = bytesOfStep(programs, engine, batch, picture);
  const taken = `${bytes(own)} for a step of ${batch}`;
  const plain = recompute ? otherwise(made, { recompute: false, parts: accumulate }) : undefined;
  if (plain === undefined) return taken;
  const again = programs.step.program.calls.length - plain.step.program.calls.length;
  if (again === 0)
    return `${taken}; \`--recompute\` saves nothing, as \`${training.net.name}\` has no blocks`;
  const before = bytesOfStep(plain, engine, batch, picture);
  const twice = `which runs ${plural(again, 'kernel')} twice`;
  return own < before
    ? `${taken}; ${bytes(before)} without \`--recompute\`, ${twice}`
    : `${taken}; without \`--recompute\`, ${twice}, it is ${bytes(before)}: leave it out`;
};

/** A step that cannot fit (E0965). */
export const stepFault = (made: Planned): Diagnostic | undefined => {
  const { programs, engine, batch, picture } = made;
  const short = shortageForStep(programs, engine, batch, picture);
  return short && noRoomForStep(made, short);
};

/**
 * A step that does not fit (E0965), with what does: a smaller batch, recomputation, or the batch in parts. Where memory
 * ran out though the plan fits, something else has it; then what takes half as much is offered.
 */
export const noRoomForStep = (made: Planned, short: NoRoom): Diagnostic => {
  const { needs, has } = short;
  const { training, engine, programs, picture, batch, recompute } = made;
  const { accumulate } = training.recipe;
  const fits = (of: Programs, pictures: number): boolean =>
    has === undefined
      ? bytesOfStep(of, engine, pictures, picture) <= needs / 2
      : shortageForStep(of, engine, pictures, picture) === undefined;
  const largest = largestThat((pictures) => fits(programs, pictures), batch - 1);
  const again = recompute ? undefined : otherwise(made, { recompute: true, parts: accumulate });
  const inParts = [2, 4, 8, 16, 32, 64, 128, 256]
    .filter((parts) => parts > accumulate && parts <= batch)
    .find((parts) => {
      const of = otherwise(made, { recompute, parts });
      return of !== undefined && fits(of, batch);
    });
  const most = fullest(planOf(programs, engine, batch, picture));
  return error(
    'E0965',
    training.places.get('batch') ?? training.span,
    `a step of ${batch} does not fit into the memory of \`${engine.name}\``,
    {
      notes: [
        needsText(short, most),
        ...(largest > 0 ? [smallerBatch(largest, short)] : []),
        ...(again !== undefined && fits(again, batch)
          ? [
              `\`--recompute\` fits, with the same result: ${bytes(bytesOfStep(again, engine, batch, picture))}, and blocks are computed twice`,
            ]
          : []),
        ...(inParts === undefined
          ? []
          : [
              `\`--set accumulate=${inParts}\` takes the batch in ${inParts} parts, with the same result but for \`${batchNormalisation.name}\``,
            ]),
      ],
    },
  );
};
