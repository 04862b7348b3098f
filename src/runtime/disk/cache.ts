/** The folder for what netc fetched or made for this machine, and can fetch or make again. */
import * as os from 'node:os';
import * as nodePath from 'node:path';

/** The variables of the environment, by name. */
export type Environment = { readonly [variable: string]: string | undefined };

/** The user's folder for such things, of all programs; relative paths do not count (XDG Base Directory Specification). */
const folderOfAll = ({ XDG_CACHE_HOME: named, HOME: home }: Environment): string =>
  named !== undefined && nodePath.isAbsolute(named)
    ? named
    : nodePath.join(home ?? os.homedir(), '.cache');

/** The folder that `NETC_CACHE` names, or `netc` in that of all programs; it need not exist. */
export const cacheFolder = (env: Environment = process.env): string => {
  const own = env['NETC_CACHE'] ?? '';
  return own === '' ? nodePath.join(folderOfAll(env), 'netc') : nodePath.resolve(own);
};
