/** The passes that netc ships, as programs name their files: `netc:passes/fc-to-conv.net`, the same in every project. */
import { passTable } from './passes.ts';

const prefix = 'netc:passes/';

/** Whether a path is that of a file of netc's own. */
export const isShipped = (path: string): boolean => path.startsWith(prefix);

/** The name of such a file in the folder of the passes. */
export const shippedFile = (path: string): string => path.slice(prefix.length);

/** A file of that folder, as imports name it. */
export const asShipped = (file: string): string => prefix + file;

/** What to import for each pass that netc ships, by its name. */
export const shippedPasses: ReadonlyMap<string, string> = new Map(
  passTable.map(({ name, file }) => [name, asShipped(file)]),
);

/** What to import instead of a path that leads nowhere, if netc ships a file of that name. */
export const shippedInstead = (written: string): string | undefined => {
  const name = written.slice(Math.max(written.lastIndexOf('/'), written.lastIndexOf('\\')) + 1);
  return passTable.some(({ file }) => file === name) ? asShipped(name) : undefined;
};
