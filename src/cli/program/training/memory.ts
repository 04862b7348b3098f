/** What a step of a training takes of memory: what is said of it before, and where it is too much. */
import * as Either from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { howOf } from '../../../lower/training/from-recipe.ts';
import { bytes, plural } from '../../../numeric/figures.ts';
import { batchNormalisation } from '../../../ops/roles.ts';
import type { NoRoom } from '../../../runtime/engines/engine.ts';
import { bytesOfStep, planOf, programsFor, type Programs } from '../../../runtime/train/trainer.ts';
import type { Prepared } from './prepare.ts';

/** What is known of a training before its data is there. */
type Planned = Pick<
  Prepared,
  'training' | 'engine' | 'programs' | 'picture' | 'graph' | 'recompute'
>;

/** The programs as they would be with or without recomputation, in as many parts. */
const otherwise = (
  { training, graph }: Planned,
  { recompute, parts }: { readonly recompute: boolean; readonly parts: number },
): Programs | undefined => {
  const programs = programsFor(graph, { ...howOf(training.recipe), parts, recomputes: recompute });
  return Either.isLeft(programs) ? undefined : programs.right;
};

/** `34.1 MiB for a step of 32`, beside what it would be without recomputation. */
export const memoryLine = (made: Planned): string => {
  const { training, engine, programs, picture, recompute } = made;
  const { batch, accumulate } = training.recipe;
  const taken = `${bytes(bytesOfStep(programs, engine, batch, picture))} for a step of ${batch}`;
  const plain = recompute ? otherwise(made, { recompute: false, parts: accumulate }) : undefined;
  if (plain === undefined) return taken;
  const again = programs.step.program.calls.length - plain.step.program.calls.length;
  if (again === 0)
    return `${taken}; \`--recompute\` saves nothing, as \`${training.net.name}\` has no blocks`;
  const before = bytes(bytesOfStep(plain, engine, batch, picture));
  return `${taken}; ${before} without \`--recompute\`, which runs ${plural(again, 'kernel')} twice`;
};

/** What a step takes, as it was planned and as it was, in bytes. */
export const compared = (planned: number, used: number): string =>
  `${bytes(planned)} were planned for a step, and ${bytes(used)} used: ${Math.round((100 * used) / planned)} %`;

/** A step that does not fit (E0965), with what does: a smaller batch, recomputation, or the batch in parts. */
export const noRoomForStep = (made: Planned, { needs, has }: NoRoom): Diagnostic => {
  const { training, engine, programs, picture, recompute } = made;
  const { batch, accumulate } = training.recipe;
  const { all, weightCopies } = engine.room;
  const fits = (of: Programs, pictures: number): boolean =>
    bytesOfStep(of, engine, pictures, picture, weightCopies) <= (has ?? all);
  let largest = batch - 1;
  while (largest > 0 && !fits(programs, largest)) largest = Math.floor(largest / 2);
  const again = recompute ? undefined : otherwise(made, { recompute: true, parts: accumulate });
  const inParts = [2, 4, 8, 16, 32, 64, 128, 256]
    .filter((parts) => parts > accumulate && parts <= batch)
    .find((parts) => {
      const of = otherwise(made, { recompute, parts });
      return of !== undefined && fits(of, batch);
    });
  const plan = planOf(programs, engine, batch, picture);
  const most = plan.steps.reduce((a, b) => (b.live > a.live ? b : a));
  return error(
    'E0965',
    training.places.get('batch') ?? training.span,
    `a step of ${batch} does not fit into the memory of \`${engine.name}\``,
    {
      notes: [
        `it needs ${bytes(needs)}${has === undefined ? '' : `, and ${bytes(has)} are there`}; most is alive at \`${most.call.path}\``,
        ...(largest > 0 ? [`a batch of ${largest} fits`] : []),
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
