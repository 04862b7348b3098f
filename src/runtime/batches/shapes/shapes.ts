/** The set `shapes`: nothing is read, so a first training needs no download. */
import * as E from 'fp-ts/lib/Either.js';
import { Bug } from '../../../diagnostic/bug.ts';
import type { Data } from '../../../protocol/recipe.ts';
import { shapeNames } from '../../../protocol/shapes.ts';
import type { Address, Drawing } from '../address.ts';
import { partOf, type Finder, type Found, type Listing } from '../listing.ts';
import type { PictureSet, Source } from '../dataset.ts';
import { drawShape } from './draw.ts';

type Shapes = Data & { readonly tag: 'shapes' };

/** Every class has as many pictures, one more at most. */
const drawn = (purpose: string, count: number, { size, classes, clutter }: Shapes): Listing => {
  const drawing = (index: number): Drawing => ({
    ...{ size, shape: index % classes, purpose, index, clutter },
  });
  const name = (index: number): string => `${purpose} ${index}`;
  return {
    count,
    labels: Uint32Array.from({ length: count }, (_, i) => i % classes),
    key: name,
    name,
    address: (index) => ({ tag: 'drawn', drawing: drawing(index) }),
  };
};

/** Pictures to train on, and others to validate with. */
const found = (set: Shapes): Found => ({
  classes: shapeNames.slice(0, set.classes),
  train: drawn('shapes/train', set.images, set),
  usual: set.validation === 0 ? undefined : drawn('shapes/validation', set.validation, set),
  blocks: [],
  faults: [],
});

export const findShapes: Finder<Shapes> = async (_root, data) => E.right(found(data));

const drawingAt = (address: Address): Drawing => {
  if (address.tag !== 'drawn') throw new Bug('a drawn set has a picture that is stored');
  return address.drawing;
};

/** Draws what addresses of this set mean. */
export const drawnShapes: Source = {
  fetch: async (address) => E.right(drawShape(drawingAt(address))),
  size: async (address) => {
    const { size } = drawingAt(address);
    return E.right({ h: size, w: size });
  },
};

/** The same set where nothing is opened. */
export const shapesSet = (data: Shapes): PictureSet => {
  const { train, usual } = found(data);
  return {
    path: 'shapes',
    classes: shapeNames.slice(0, data.classes),
    train: partOf(train, drawnShapes.fetch),
    validation: usual && partOf(usual, drawnShapes.fetch),
  };
};
