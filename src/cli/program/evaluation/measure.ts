/** Measures a net: all pictures in all ways that the evaluation says, and the posteriors that come of it. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { absurd } from '../../../diagnostic/bug.ts';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { elements } from '../../../numeric/tensor.ts';
import type { Broken } from '../../../runtime/batches/dataset.ts';
import { noReadable } from '../../../runtime/batches/faults.ts';
import { look, type Ended } from '../../../runtime/evaluate/pass.ts';
import { newSum, type Posteriors } from '../../../runtime/evaluate/posteriors.ts';
import { planOf, viewerFor, type Viewer } from '../../../runtime/evaluate/viewer.ts';
import { clock } from '../../../report/training.ts';
import type { Io } from '../../host/io.ts';
import { outputsOf } from '../attached.ts';
import { hostWeights } from '../../../rewrite/match/read-weights.ts';
import { fullest, needsText, noRoomForWeights } from '../../../runtime/engines/no-room.ts';
import type { Stopped, Watch } from './asked.ts';
import { pieceShape, type PlannedLook, type Prepared, type Step } from './prepare.ts';
import { tellTime } from './tell.ts';
import type { Viewing } from './views.ts';

/** What was found. */
export type Found = {
  readonly posteriors: Posteriors;
  readonly broken: readonly Broken[];
  /** spent on looking */
  readonly seconds: number;
};

/** Looks at every picture. What is said on the way goes to the person. */
export const measured = async (
  made: Prepared,
  io: Io,
  watch: Watch,
): Promise<Or<Diagnostic | Stopped, Found>> => {
  const { evaluation, measuring } = made;
  const broken = new Map<number, Broken>();
  const sum = newSum(measuring.places, outputsOf(evaluation.net));
  const leaveOut = (one: Broken, place: number): void => {
    broken.set(place, one);
    sum.leaveOut(place);
  };
  made.broken.forEach(leaveOut);
  const nothing = (): boolean => broken.size === measuring.places.length;
  if (nothing()) return Either.left(noReadable([...broken.values()]));
  const clockwork = newClockwork(made, io, watch);
  for (const viewing of new Set(made.looks.map((l) => l.viewing))) {
    const viewer = uploaded(made, viewing);
    if (Either.isLeft(viewer)) return viewer;
    try {
      await clockwork.begin(viewing, viewer.right);
      for (const planned of made.looks.filter((l) => l.viewing === viewing)) {
        const done = await look({
          looking: {
            ...{ crew: made.crew, part: measuring.part, look: planned.look },
            ...{ takesVectors: evaluation.net.input.tag === 'vector', strict: made.strict },
            broken: leaveOut,
          },
          ...{ groups: planned.steps, viewer: viewer.right, weight: planned.weight, sum },
          done: (group, pieces) => clockwork.done(planned, group.size, pieces),
          goesOn: watch.goesOn,
        });
        if (Either.isLeft(done)) return Either.left(faultOf(made, planned, done.left));
      }
    } finally {
      viewer.right.dispose();
    }
  }
  io.progress('');
  if (nothing()) return Either.left(noReadable([...broken.values()]));
  return Either.right({
    posteriors: sum.posteriors(),
    broken: [...broken.values()],
    seconds: clockwork.seconds(),
  });
};

/** The weights on the engine (E0703, or a weight that cannot be read). */
const uploaded = (
  { engine, weights, read }: Prepared,
  { graph, program }: Viewing,
): Or<Diagnostic, Viewer> => {
  const { weight, fault } = hostWeights(graph, read);
  const viewer = viewerFor(engine, program, weight);
  if (Either.isLeft(viewer))
    return Either.left(noRoomForWeights(weights.path, engine.name, viewer.left));
  const unread = fault();
  if (unread === undefined) return viewer;
  viewer.right.dispose();
  return Either.left(unread);
};

const faultOf = (
  { evaluation, engine, weights }: Prepared,
  { viewing, look: { channels } }: PlannedLook,
  ended: Ended,
): Diagnostic | Stopped => {
  switch (ended.tag) {
    case 'stopped':
      return ended;
    case 'unreadable':
      return ended.fault;
    case 'not finite':
      return error(
        'E0956',
        evaluation.span,
        `with the weights \`${weights.path}\` \`${evaluation.net.name}\` gives scores that are not numbers`,
        {
          notes: [
            `for pictures of ${ended.group.size.h}x${ended.group.size.w}`,
            'a training that came apart leaves such weights; measure those of another',
          ],
        },
      );
    case 'no room': {
      const { group, short } = ended;
      const piece = pieceShape(evaluation, group.size, channels);
      return error(
        'E0703',
        evaluation.span,
        `\`${engine.name}\` ran out of memory at pictures of ${group.size.h}x${group.size.w}`,
        {
          notes: [needsText(short, fullest(planOf(viewing.program, engine, group.atOnce, piece)))],
        },
      );
    }
    default:
      return absurd(ended);
  }
};

/** The part of all that is spent on timing is one of so many at most. */
const worthTiming = 16;

/** How the work goes on: what is done of all multiply–adds, and how long the rest takes. */
const newClockwork = ({ evaluation, looks, engine }: Prepared, io: Io, { goesOn }: Watch) => {
  const work = (of: readonly PlannedLook[]): number =>
    of.reduce(
      (all, { steps }) =>
        all + steps.reduce((sum, s) => sum + s.macs * s.pieces * s.places.length, 0),
      0,
    );
  const all = work(looks);
  const started = performance.now();
  let done = 0;
  let told = 0;
  return {
    seconds: () => (performance.now() - started) / 1000,
    /** Times a step of the group with the most pictures, to say beforehand how long all will take, where that is worth it. */
    begin: async (viewing: Viewing, viewer: Viewer): Promise<void> => {
      const look = looks.find((l) => l.viewing === viewing);
      const step = look?.steps[0];
      if (look === undefined || step === undefined) return;
      if (done > 0 || all < worthTiming * step.macs) return;
      // no more than a share of the whole is spent on it
      const most = Math.floor(all / (worthTiming * step.macs));
      const count = Math.max(1, Math.min(step.atOnce, most));
      const shape = [count, ...pieceShape(evaluation, step.size, look.look.channels)];
      const pieces = { shape, data: new Float32Array(elements(shape)) };
      await viewer.logits(pieces, count, goesOn); // the first one prepares the engine
      const before = performance.now();
      await viewer.logits(pieces, count, goesOn);
      const time = performance.now() - before;
      tellTime(io, engine, (time * all) / (count * step.macs) / 1000);
    },
    done: ({ steps }: PlannedLook, size: Step['size'], pieces: number): void => {
      const step = steps.find((s) => s.size.h === size.h && s.size.w === size.w);
      done += (step?.macs ?? 0) * pieces;
      const now = performance.now();
      if (now - told < 100) return;
      told = now;
      const elapsed = (now - started) / 1000;
      const share = all === 0 ? 1 : done / all;
      io.progress(
        `${evaluation.name}  ${(100 * share).toFixed(0)} %  ${clock(elapsed)}<${clock(elapsed / share - elapsed)}`,
      );
    },
  };
};
