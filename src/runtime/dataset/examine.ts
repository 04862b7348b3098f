/** Looks at a whole set: what `netc data check` reports. */
import type { PixelNumbers } from '../../protocol/recipe.ts';
import type { Dataset, Part } from '../batches/dataset.ts';
import { unmeasured } from '../batches/load.ts';
import type { Measured, Settings } from '../batches/loader.ts';
import { measuredFrom } from '../batches/prepare/measure.ts';
import { survey, type Survey } from '../batches/survey.ts';
import { newCrew } from './worker/crew.ts';

/** What is found in both parts, and what is measured of the first. */
export type Examined = {
  readonly train: Survey;
  readonly validation: Survey | undefined;
  readonly order: PixelNumbers['order'];
  readonly measured: Measured | undefined;
};

/** Grey pictures have one channel of their own. */
const ownOrder = ({ train }: Dataset): PixelNumbers['order'] => {
  const address = train.address(0);
  return address.tag === 'raw' && address.channels === 1 ? 'grey' : 'rgb';
};

/**
 * Reads every picture once. Mean and deviation are those that a training with these settings would measure, which the
 * set must fit; without settings, of bytes of the pictures as they are.
 */
export const examine = async (
  dataset: Dataset,
  settings: Settings | undefined,
  workers: number,
  tell: (done: number) => void,
): Promise<Examined> => {
  const crew = newCrew(workers, dataset.blocks);
  const preparation = settings === undefined ? undefined : unmeasured(settings);
  const look = (part: Part, before: number): Promise<Survey> =>
    survey(crew, part, preparation, (done) => tell(before + done));
  try {
    const train = await look(dataset.train, 0);
    const { validation } = dataset;
    const apart =
      validation === undefined ? undefined : await look(validation, dataset.train.count);
    const { order, scale } = settings?.input ?? { order: ownOrder(dataset), scale: 1 };
    const areBytes = dataset.train.address(0).tag !== 'numbers';
    const measured = train.total && measuredFrom(train.total, { order, scale }, areBytes);
    return { train, validation: apart, order, measured };
  } finally {
    await crew.close();
  }
};
