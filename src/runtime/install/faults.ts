/** What can go wrong with an installation. Nothing of this is a fault of a program, so netc ends with 3. */
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { startOf } from '../../syntax/source.ts';

const at = startOf('--install');

/** There is no build for this machine; `where` there is one. */
export const unsupported = (what: string, reason: string, where: string): Diagnostic =>
  error('E0711', at, `${what} cannot be installed here: ${reason}`, {
    notes: [where, 'other engines run everywhere: `netc doctor` lists them'],
  });

/** A program that does part of the work is not there. */
export const missingTool = (message: string, ...notes: readonly string[]): Diagnostic =>
  error('E0712', at, message, { notes });

/** Nothing comes from an index, or not all; the reason is a clause. */
export const notFetched = (what: string, reason: string, notes: readonly string[]): Diagnostic =>
  error('E0713', at, `${what} cannot be fetched: ${reason}`, {
    notes: [...notes, 'the same command goes on where this one ended'],
  });

/** Other bytes than those that netc was tested with; the reason continues "it …". */
export const notAsPinned = (what: string, reason: string): Diagnostic =>
  error('E0714', at, `${what} is not what it should be: it ${reason}`, {
    notes: [
      'nothing of it was used, and it was deleted; the same command fetches it again',
      'if that does not help, a proxy or a mirror gives out another file',
    ],
  });

/** The addon cannot be built, or does not load; the reason continues "it …". */
export const notBuilt = (reason: string, notes: readonly string[]): Diagnostic =>
  error('E0715', at, `the addon of TensorFlow cannot be built: it ${reason}`, { notes });

/** koffi, which stands in for the addon, cannot call the library. */
export const notCalled = (notes: readonly string[]): Diagnostic =>
  error('E0715', at, 'koffi cannot call TensorFlow', { notes });

/** Another process is at work in the folder. */
export const inUse = (
  what: string,
  folder: string,
  { pid, host, file }: { readonly pid: number; readonly host: string; readonly file: string },
): Diagnostic =>
  error('E0716', at, `process ${pid} on \`${host}\` is installing ${what} in \`${folder}\``, {
    notes: ['wait for it', `if no such process is at work, delete \`${folder}/${file}\``],
  });

/** The disk does not take a file; the reason continues "it …". */
export const unwritable = (path: string, reason: string): Diagnostic =>
  error('E0509', startOf(path), `\`${path}\` cannot be written: it ${reason}`, {
    notes: [
      'NETC_CACHE names another folder for what netc fetches',
      'what was fetched stays for the next attempt; `--uninstall` in place of `--install` removes it',
    ],
  });
