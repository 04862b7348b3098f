/** The folder for what netc fetched or made for this machine, and can fetch or make again. */
import * as os from 'node:os';
import * as nodePath from 'node:path';

/** The variables of the environment, by name. */
export type Environment = { readonly [variable: string]: string | undefined };

/** Text that names a folder in an environment; relative paths mean nothing there (XDG Base Directory Specification). */
const absolute = (text: string | undefined): string | undefined =>
  text !== undefined && nodePath.isAbsolute(text) ? text : undefined;

/** `NETC_CACHE`, or `netc` in the user's folder for such things; it need not exist. */
export const cacheFolder = (env: Environment = process.env): string =>
  absolute(env['NETC_CACHE']) ??
  nodePath.join(
    absolute(env['XDG_CACHE_HOME']) ?? nodePath.join(env['HOME'] ?? os.homedir(), '.cache'),
    'netc',
  );
