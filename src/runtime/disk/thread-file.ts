/** The scripts of threads, which the bundle has as files of their own. */
import { existsSync } from 'node:fs';
import { Bug } from '../../diagnostic/bug.ts';

/**
 * The file that a thread runs: beside the bundle; for the sources, which Node 20 cannot run, where `scripts/build.mjs`
 * puts it for tests.
 */
export const threadFile = (name: string): URL => {
  const places = [`./${name}`, `../../../build/${name}`];
  const found = places
    .map((place) => new URL(place, import.meta.url))
    .find((file) => existsSync(file));
  if (found === undefined) throw new Bug(`${name} is missing beside the program`);
  return found;
};
