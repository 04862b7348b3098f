/** What a recipe and a net ask of data. */
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import type { Extent } from '../../ops/params.ts';
import { showType } from '../../ops/types.ts';
import { frameOf } from '../../protocol/frame.ts';
import type { Recipe, Training } from '../../protocol/recipe.ts';
import type { Span } from '../../syntax/source.ts';
import type { Input } from '../store/preprocess.ts';
import { inputWith } from './load.ts';
import type { Measured, Settings, Share, Takes } from './loader.ts';

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

/** The size of the images that a net is compiled for, to be trained with such pictures. */
export const imagesFor = (
  { net, places }: Training,
  takes: Takes,
): (Extent & { readonly asked: Span }) | undefined =>
  takes.tag === 'map'
    ? { h: takes.h, w: takes.w, asked: places.get('augment') ?? net.span }
    : undefined;

/** What is chosen for one run. */
type Chosen = {
  readonly workers: number;
  readonly strict: boolean;
  /** what an earlier part of the run has measured */
  readonly measured: Measured | undefined;
  readonly share?: Share | undefined;
};

/** How batches of a training are made. */
export const settingsOf = (
  { input, augment, batch, seed }: Recipe,
  takes: Takes,
  chosen: Chosen,
): Settings => ({ takes, input, augment, batch, seed, ...chosen });

/** How `run` is to prepare a picture: as validation does, without chance. */
export const inputFor = (recipe: Recipe, measured: Measured | undefined): Input => {
  const rescale = recipe.augment.find((a) => a.tag === 'rescale');
  const crop = recipe.augment.find((a) => a.tag === 'crop');
  return {
    ...inputWith(recipe, measured),
    ...(rescale?.tag === 'rescale' ? { resize: Math.round((rescale.from + rescale.to) / 2) } : {}),
    ...(rescale?.tag === 'rescale' && crop?.tag === 'crop' && crop.size.h === crop.size.w
      ? { crop: crop.size.h }
      : {}),
  };
};
