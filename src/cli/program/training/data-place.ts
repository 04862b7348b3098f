/** Faults of data, shown at the recipe that asks for it. */
import type { Diagnostic } from '../../../diagnostic/diagnostic.ts';
import type { Training } from '../../../protocol/recipe.ts';

/**
 * The fault at the clause `data` of the training; one that has a place in a text already stays there. A fault of a file
 * or folder names it in its message.
 */
export const atData =
  ({ name, places }: Pick<Training, 'name' | 'places'>) =>
  (fault: Diagnostic): Diagnostic => {
    const span = places.get('data');
    const { start, end } = fault.primary.span;
    if (span === undefined || end > start) return fault;
    return { ...fault, primary: { span, message: `\`${name}\` is trained on this` } };
  };
