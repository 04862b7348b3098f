/** A loss that begins far from that of a guess, where the recipe says something that makes it so (W0962). */
import { warning, type Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Training } from '../../../protocol/recipe.ts';
import { figure } from '../../../report/training.ts';

/**
 * A warning where initial weights or pictures are not as they should be, and the recipe says so: defaults are right,
 * and there is nothing to change about them. Side losses add up to more, so nothing is said with them.
 */
export const farFirstLoss = (
  { recipe, places }: Training,
  classes: number,
  loss: number,
): Diagnostic | undefined => {
  const guess = Math.log(classes);
  const isFar = Math.abs(loss - guess) > Math.max(3, 1.5 * guess);
  const [init, input] = [places.get('init'), places.get('input')];
  const isRaw = recipe.input.mean !== 'data' || recipe.input.std !== 'data';
  const written =
    recipe.init.tag === 'normal' && init !== undefined ? init : isRaw ? input : undefined;
  if (!isFar || written === undefined || Object.keys(recipe.loss.sides).length > 0)
    return undefined;
  return warning(
    'W0962',
    written,
    `the loss begins at ${figure(loss)}; that of a guess is ${figure(guess)}`,
    {
      notes: [
        `ln ${classes} = ${figure(guess)} is what even chances give`,
        ...(recipe.init.tag === 'normal' && init !== undefined
          ? ['weights that begin smaller help: `init kaiming`']
          : []),
        ...(isRaw && input !== undefined
          ? [
              `pictures of mean 0 and deviation 1 help: \`input ${recipe.input.order}(mean = data, std = data)\``,
            ]
          : []),
      ],
    },
  );
};
