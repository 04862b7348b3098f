/** The classes of the set `shapes`, in their order; a set of n classes has the first n. */
export const shapeNames = [
  'circle',
  'square',
  'triangle',
  'cross',
  'star',
  'ring',
  'moon',
  'arrow',
  'heart',
  'bar',
] as const;

/** The name of a class. */
export type ShapeName = (typeof shapeNames)[number];
