/** How batches of a training are made, by what its recipe says. */
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { extentOf } from '../../ops/types.ts';
import type { Training } from '../../protocol/recipe.ts';
import { unfit } from './faults.ts';
import type { Settings, Takes } from './loader.ts';
import { pathOf } from './open.ts';

/** What the net takes; of one that takes any size, the crop says it (E0910). */
const takesOf = ({ net, recipe }: Training): Either<Diagnostic, Takes> => {
  const { input } = net;
  if (input.tag === 'vector' && typeof input.c === 'number')
    return E.right({ tag: 'vector', c: input.c });
  const crop = recipe.augment.find((step) => step.tag === 'crop');
  const h = input.tag === 'map' ? (extentOf(input.h) ?? crop?.size.h) : undefined;
  const w = input.tag === 'map' ? (extentOf(input.w) ?? crop?.size.w) : undefined;
  if (input.tag !== 'map' || typeof input.c !== 'number' || h === undefined || w === undefined)
    return E.left(
      unfit(
        pathOf(recipe.data),
        `\`${net.name}\` takes pictures of any size, and those of a batch must have one`,
        'cut one out: `augment crop-224`',
      ),
    );
  return E.right({ tag: 'map', h, w, c: input.c });
};

/** What a person chooses at the command line. */
export type Chosen = Pick<Settings, 'workers' | 'strict' | 'measured'>;

/** The settings of a loader for a training (E0910). */
export const settingsOf = (training: Training, chosen: Chosen): Either<Diagnostic, Settings> => {
  const takes = takesOf(training);
  if (E.isLeft(takes)) return takes;
  const { input, augment, batch, seed } = training.recipe;
  return E.right({ takes: takes.right, input, augment, batch, seed, ...chosen });
};
