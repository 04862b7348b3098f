/** What a recipe and a net ask of data. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import { showType } from '../../../ops/types.ts';
import { frameOf } from '../../../protocol/frame.ts';
import type { Recipe, Training } from '../../../protocol/recipe.ts';
import type { Measured, Settings, Takes } from '../../../runtime/dataset/loader.ts';
import { usualWorkers } from '../../../runtime/dataset/worker/crew.ts';

/** The size of a net's pictures: its own, or where that is free that of the crop, or of the set. */
export const takesOf = ({ net, recipe }: Training): Or<Diagnostic, Takes> => {
  const { input, name } = net;
  const unclear = (what: string): Diagnostic =>
    error('E0964', net.span, `\`${name}\` cannot be trained: ${what}`);
  if (input.tag === 'unknown' || typeof input.c !== 'number')
    return Either.left(unclear(`its input ${showType(input)} has no fixed channels`));
  if (input.tag === 'vector') return Either.right({ tag: 'vector', c: input.c });
  const frame = frameOf(net, recipe.data, recipe.augment);
  return frame === undefined
    ? Either.left(unclear('its size is free, and the recipe has no `crop` that says one'))
    : Either.right({ tag: 'map', ...frame, c: input.c });
};

/** What is chosen for one run. */
type Chosen = {
  /** as many as help unless given */
  readonly workers: number | undefined;
  readonly strict: boolean;
  /** what an earlier part of the run has measured */
  readonly measured: Measured | undefined;
};

/** How batches of a training are made. */
export const settingsOf = (
  { input, augment, batch, seed }: Recipe,
  takes: Takes,
  { workers, strict, measured }: Chosen,
): Settings => ({
  ...{ takes, input, augment, batch, seed, strict, measured },
  workers: workers ?? usualWorkers(),
});
