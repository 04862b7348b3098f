/** What can be wrong with data, in words. */
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';
import type { Broken } from './dataset.ts';

/** A picture that stops a strict training. */
export const brokenPicture = ({ name, reason }: Broken): Diagnostic =>
  error('E0909', startOf(name), `the picture \`${name}\` cannot be read: ${reason}`, {
    notes: ['without `--strict` it is counted, named and left out'],
  });

/** No picture of a set can be read. */
export const noReadable = (broken: readonly Broken[]): Diagnostic => {
  const [first] = broken;
  return error(
    'E0913',
    startOf(first?.name ?? 'data'),
    'no picture of the training set can be read',
    {
      notes: broken.slice(0, 3).map(({ name, reason }) => `\`${name}\`: ${reason}`),
    },
  );
};
