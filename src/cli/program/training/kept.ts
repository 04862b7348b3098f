/** What training has reached, as a checkpoint keeps it, and back. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import type { GraphWeight } from '../../../graph/graph.ts';
import type { HostTensor } from '../../../lower/weight-part.ts';
import {
  aCount,
  aFlag,
  aNumber,
  anObject,
  listOf,
  perhaps,
  type Decoder,
} from '../../../runtime/data/decode.ts';
import type { Watched } from '../../../protocol/schedule.ts';
import type { Checkpoint, Contents, Tensor } from '../../../runtime/runs/checkpoint.ts';
import type { Reached } from '../../../runtime/train/loop.ts';
import type { Parameters } from '../../../runtime/train/parameters.ts';
import type { Scores } from '../../../runtime/train/scores.ts';

/** What is the best epoch by. */
const metric = 'validation_top1';

/** A checkpoint of what training has reached. */
export const contentsOf = (
  weights: readonly GraphWeight[],
  parameters: Parameters,
  { step, epoch, inEpoch, scores, watched, best, smoothed }: Reached,
): Contents => {
  const own = new Set(weights.map(({ path }) => path));
  const tensor = (path: string): readonly Tensor[] => {
    const found = parameters.get(path);
    return found === undefined ? [] : [{ path, ...found }];
  };
  return {
    // in order of execution, in which layers are counted where another training takes them
    weights: weights.flatMap(({ path }) => tensor(path)),
    slots: [...parameters.keys()].filter((path) => !own.has(path)).flatMap(tensor),
    progress: {
      ...{
        step,
        epoch,
        position: inEpoch,
        kept: {
          scores,
          watched,
          loss: best?.loss ?? 0,
          ...(smoothed === undefined ? {} : { smoothed }),
        },
      },
      best: best && { metric, value: best.top1, epoch: best.epoch },
    },
  };
};

/** Scores as they are written. */
export const scores: Decoder<Scores> = anObject<Scores>({
  pictures: aCount,
  loss: aNumber,
  top1: aCount,
  top5: aCount,
});
/** What the loop keeps beside; `loss` is that of the best epoch. */
type Kept = Pick<Reached, 'scores' | 'watched' | 'smoothed'> & { readonly loss: number };

const kept = anObject<Kept>({
  loss: aNumber,
  scores: listOf(scores),
  smoothed: perhaps(aNumber),
  watched: anObject<Watched>({
    best: (json) => (json === null ? Either.right(null) : aNumber(json)),
    waited: aCount,
    drops: aCount,
    over: aFlag,
  }),
});

/** What a checkpoint says training had reached, or its fault, which continues "it …". */
export const reachedIn = ({ progress }: Checkpoint): Or<string, Reached> =>
  Either.map(({ loss, ...more }: Kept): Reached => {
    const { step, epoch, position: inEpoch, best } = progress;
    return {
      ...{ step, epoch, inEpoch, ...more },
      best: best && { epoch: best.epoch, top1: best.value, loss },
    };
  })(kept(progress.kept));

/** The tensors of a checkpoint by the paths of parameters. */
export const tensorsIn = ({ weights, slots }: Checkpoint): ReadonlyMap<string, HostTensor> =>
  new Map([...weights, ...slots].map(({ path, shape, data }) => [path, { shape, data }]));
