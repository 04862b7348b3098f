/** The set `shapes`: nothing is read, so a first training needs no download. */
import { shapeNames } from '../../../protocol/shapes.ts';
import type { Data } from '../../../protocol/recipe.ts';
import type { Drawing } from '../address.ts';
import type { Listing } from './part.ts';

/** Every class has as many pictures, one more at most. */
const drawn = (purpose: string, count: number, size: number, classes: number): Listing => {
  const drawing = (index: number): Drawing => ({ size, shape: index % classes, purpose, index });
  return {
    count,
    labels: Uint32Array.from({ length: count }, (_, i) => i % classes),
    name: (index) => `${purpose} ${index}`,
    address: (index) => ({ tag: 'drawn', drawing: drawing(index) }),
  };
};

/** Pictures to train on, and others to validate. */
export const shapes = ({
  size,
  classes,
  images,
  validation,
}: Data & { readonly tag: 'shapes' }) => ({
  classes: shapeNames.slice(0, classes),
  train: drawn('shapes/train', images, size, classes),
  validation: validation === 0 ? undefined : drawn('shapes/validation', validation, size, classes),
});
