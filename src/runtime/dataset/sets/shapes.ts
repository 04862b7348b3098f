/** The set `shapes`: nothing is read, so a first training needs no download. */
import * as E from 'fp-ts/lib/Either.js';
import type { Data } from '../../../protocol/recipe.ts';
import { shapeNames } from '../../../protocol/shapes.ts';
import type { Drawing } from '../address.ts';
import type { Finder, Listing } from './part.ts';

/** Every class has as many pictures, one more at most. */
const drawn = (purpose: string, count: number, size: number, classes: number): Listing => {
  const drawing = (index: number): Drawing => ({ size, shape: index % classes, purpose, index });
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
export const findShapes: Finder<Data & { readonly tag: 'shapes' }> = async (
  _root,
  { size, classes, images, validation },
) =>
  E.right({
    classes: shapeNames.slice(0, classes),
    train: drawn('shapes/train', images, size, classes),
    usual: validation === 0 ? undefined : drawn('shapes/validation', validation, size, classes),
    blocks: [],
    faults: [],
  });
