/** What the server is handed from outside: files, names of files, time. Whoever hosts it may be Node or a browser. */
import type { Files } from '../typecheck/program/modules.ts';

/** The project that a file belongs to, and the path of the file in it, as `Files` has paths. */
export type Located = { readonly root: string; readonly path: string };

/** Programs of a project by their paths: all of them, or the first of very many. */
export type Sources = { readonly paths: readonly string[]; readonly areAll: boolean };

export type Host = {
  readonly version: string;
  /** Undefined for what does not lie where files do, such as a text that was never saved. */
  readonly locate: (folders: readonly string[], uri: string) => Located | undefined;
  readonly files: (root: string) => Files;
  /** the programs of a project */
  readonly sources: (root: string) => Sources;
  readonly uriOf: (located: Located) => string;
  /** The text of a file of netc's own, such as a page of the manual; by its path from the root of the package. */
  readonly page: (path: string) => string;
  /** Where a client finds such a file. */
  readonly pageUri: (path: string) => string;
  /** Calls `work` once the messages that have come are handled, unless the result is called before. */
  readonly later: (work: () => void) => () => void;
  /** A clock, in milliseconds from anywhere. */
  readonly now: () => number;
  /** Ends the server with this exit code. */
  readonly exit: (code: number) => void;
  /** Something for people who look after the server; stderr or a console. */
  readonly log: (message: string) => void;
};
