/** The loader of a set that is open, with threads that read its pictures. */
import { loaderOf } from '../batches/load.ts';
import type { Dataset } from '../batches/dataset.ts';
import type { Settings } from '../batches/loader.ts';
import { newCrew } from './worker/crew.ts';

/** A loader over a set, which stays open when the loader is closed (E0909, E0910, E0912, E0913). */
export const openLoader = (dataset: Dataset, settings: Settings): ReturnType<typeof loaderOf> =>
  loaderOf(dataset, settings, () => newCrew(settings.workers, dataset.blocks));
