/** Does something again whenever a source of a program changes. */
import { watch as watchFolder } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { lines } from '../../report/table.ts';
import type { Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';

/** The delay before it is done again, because an editor writes a file in several steps. */
const settling = 50; // milliseconds

/**
 * Each round gives the files that it depends on. It watches their folders, because editors replace files. Ends with
 * Ctrl-C only.
 */
export const watching = (
  io: Io,
  round: () => Promise<readonly string[]>,
  isQuiet = false,
): Promise<Exit> => {
  const watched = new Map<string, { readonly close: () => void }>();
  let timer: NodeJS.Timeout | undefined;
  let underWay = Promise.resolve();
  const again = (_event: string, name: string | null): void => {
    if (name !== null && !name.endsWith('.net')) return;
    clearTimeout(timer);
    timer = setTimeout(next, settling);
  };
  const follow = (folder: string): void => {
    if (watched.has(folder)) return;
    try {
      watched.set(folder, watchFolder(folder, again));
    } catch {
      // a missing folder cannot be watched; its file was reported as missing
    }
  };
  const once = async (): Promise<void> => {
    for (const path of await round()) follow(dirname(resolve(io.cwd, path)));
    if (!isQuiet) io.err(lines('watching for changes; Ctrl-C ends', ''));
  };
  // rounds do not overlap: the next waits for the one under way
  const next = (): void => {
    underWay = underWay.then(once);
  };
  next();
  return new Promise(() => {});
};
