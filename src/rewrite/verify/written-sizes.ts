/** Sizes that a rule writes into its types, as in `conv3-n/2; (gap : [16, 16, c])`, and the images that lead to them. */
import { extentOf, type TensorType } from '../../ops/types.ts';
import type { CompiledRule } from '../rule/pattern.ts';

type Sides = readonly [h: number, w: number];

/** The height and width that a node of the pattern must have. */
export type WrittenSize = { readonly node: number; readonly sides: Sides };

/** The sizes that are numbers, in the order of the pattern. */
export const writtenSizes = ({ pattern }: CompiledRule): readonly WrittenSize[] =>
  pattern.types.flatMap(({ node, type }) => {
    const [h, w, c] = type.tag === 'tensor' ? type.axes : [];
    return c !== undefined && h?.tag === 'number' && w?.tag === 'number'
      ? [{ node, sides: [h.value, w.value] as const }]
      : [];
  });

/** The numbers in one map of an instance: the reference is slow. */
const usualElements = 4000;

/** Room for a few channels of a map that is written, and for one of twice its height and width before it. */
export const roomFor = (rule: CompiledRule): number =>
  writtenSizes(rule).reduce((most, { sides: [h, w] }) => Math.max(most, 24 * h * w), usualElements);

/** So many nets of maps of that room take the time of as many small ones. */
export const fewerNets = (rule: CompiledRule, nets: number): number =>
  Math.min(nets, Math.max(20, Math.round((nets * 8 * usualElements) / roomFor(rule))));

/** No image is larger. */
const mostPixels = 2048;

/** The least number up to `mostPixels` at which a nondecreasing function reaches `wanted`; undefined is below everything. */
const leastAt = (wanted: number, f: (n: number) => number | undefined): number => {
  let [low, high] = [1, mostPixels];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((f(middle) ?? 0) >= wanted) high = middle;
    else low = middle + 1;
  }
  return low;
};

/**
 * The sides of an image with which a map has the wanted ones: the smallest or, if asked, the largest. `typeFor` is what
 * the layers before it make of an image; sizes do not decrease with the image's, and one axis knows nothing of the other.
 */
export const sidesLeadingTo = (
  [height, width]: Sides,
  largest: boolean,
  typeFor: (image: Sides) => TensorType | undefined,
): Sides => {
  const along = (axis: 'h' | 'w', wanted: number, image: (n: number) => Sides): number => {
    const size = (n: number): number | undefined => {
      const type = typeFor(image(n));
      return type?.tag === 'map' ? extentOf(type[axis]) : undefined;
    };
    return largest ? leastAt(wanted + 1, size) - 1 : leastAt(wanted, size);
  };
  const h = along('h', height, (n) => [n, mostPixels]);
  return [h, along('w', width, (n) => [h, n])];
};
