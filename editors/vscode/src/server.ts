/** Which netc is started: the one that is set, that of the workspace, or the one that comes with the extension. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What decides it. */
export type Where = {
  /** `netc.server.path`; empty unless it is set */
  readonly set: string;
  readonly folders: readonly string[];
  readonly isTrusted: boolean;
  /** the folder of the extension */
  readonly extension: string;
};

/** The path of `netc.js` in the extension: it checks programs, and has no engine that runs or trains them. */
export const ownServer = (extension: string): string => join(extension, 'server/dist/netc.js');

/** The path of the `netc.js` that is started. */
export const serverIn = ({ set, folders, isTrusted, extension }: Where): string => {
  const own = ownServer(extension);
  if (!isTrusted) return own;
  if (set !== '') return set;
  const theirs = folders.map((folder) => join(folder, 'node_modules/netc/dist/netc.js'));
  return theirs.find((path) => existsSync(path)) ?? own;
};
