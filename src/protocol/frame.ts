/** The size in which pictures reach the net. */
import { extentOf } from '../ops/types.ts';
import type { Extent } from '../ops/params.ts';
import type { TypedNet } from '../typecheck/net/typed.ts';
import type { Augmentation, Data } from './recipe.ts';

type Crop = Extract<Augmentation, { readonly tag: 'crop' }>;

/** The piece that is cut out of each picture, if one is. */
export const cropIn = (steps: readonly Augmentation[]): Crop | undefined =>
  steps.find((step) => step.tag === 'crop');

/** What a net takes if that is one size; undefined for vectors, and where height or width are free. */
export const fixedFrame = ({ input }: TypedNet): Extent | undefined => {
  if (input.tag !== 'map') return undefined;
  const [h, w] = [extentOf(input.h), extentOf(input.w)];
  return h === undefined || w === undefined ? undefined : { h, w };
};

/** The size that all pictures of a set have, where the set tells without being opened. */
export const sizeOfSet = (data: Data): Extent | undefined => {
  switch (data.tag) {
    case 'cifar10':
    case 'cifar100':
      return { h: 32, w: 32 };
    case 'mnist':
      return { h: 28, w: 28 };
    case 'shapes':
      return { h: data.size, w: data.size };
    case 'imagefolder':
    case 'webdataset':
    case 'arrays':
      return undefined;
  }
};

/** Height and width of what a training feeds; undefined for vectors. A sound recipe leaves nothing else open. */
export const frameOf = (
  net: TypedNet,
  data: Data,
  augment: readonly Augmentation[],
): Extent | undefined => {
  if (net.input.tag !== 'map') return undefined;
  return fixedFrame(net) ?? cropIn(augment)?.size ?? sizeOfSet(data);
};
