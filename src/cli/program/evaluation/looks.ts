/** The ways in which an evaluation looks at pictures, in the form that threads and programs take. */
import type { Extent } from '../../../ops/params.ts';
import type { Measured, View } from '../../../protocol/evaluation.ts';
import type { Augmentation } from '../../../protocol/recipe.ts';
import type { Look, Taken } from '../../../runtime/batches/prepare/look.ts';
import type { Input } from '../../../runtime/store/preprocess.ts';

/** A look with its share in the mean of all posteriors. */
export type Weighted = {
  readonly look: Look;
  readonly weight: number;
  /** undefined for the size that pictures have, or that the weights are used with */
  readonly scale: number | undefined;
};

/** What a net takes: the size of a piece, and the sizes of whole pictures. */
export type Frames = {
  readonly channels: number;
  /** height and width of a piece; 1x1 for a vector */
  readonly piece: Extent;
  readonly whole: Taken;
};

/**
 * Every view at every scale, each with the same share: posteriors are averaged over the pieces of a picture, over
 * scales, and over views (TRAINING.md, section 2).
 */
export const looksOf = (
  { measure, augment }: Pick<Measured, 'measure' | 'augment'>,
  frames: Frames,
  input: Input,
): readonly Weighted[] => {
  const { scales, views } = measure;
  const sides = scales.length === 0 ? [undefined] : scales;
  const weight = 1 / (sides.length * views.of.length);
  return views.of.flatMap((view) =>
    sides.map((side): Weighted => {
      const pieces = piecesOf(view, side, { frames, augment, input });
      return {
        look: { input, channels: frames.channels, flip: views.flip, pieces },
        weight,
        scale: side ?? input.resize,
      };
    }),
  );
};

type With = {
  readonly frames: Frames;
  readonly augment: readonly Augmentation[];
  readonly input: Input;
};

const piecesOf = (
  view: View,
  side: number | undefined,
  { frames, augment, input }: With,
): Look['pieces'] => {
  switch (view.tag) {
    case 'center':
      return { tag: 'center', size: frames.piece, augment: stepsAt(side ?? input.resize, augment) };
    case 'crops':
      return { tag: 'crops', size: frames.piece, grid: view.grid, side: side ?? input.resize };
    case 'dense':
      return { tag: 'dense', takes: frames.whole, side: side ?? input.resize };
  }
};

/** A picture that is scaled is cut in its middle; else it is seen as in the validation of its training. */
const stepsAt = (
  side: number | undefined,
  augment: readonly Augmentation[],
): readonly Augmentation[] =>
  side === undefined ? augment : [{ tag: 'rescale', from: side, to: side }];
