/**
 * The kinds of cases. Each is a folder beside this file, in which `NAME.net` is a source and `NAME.txt` the text that a
 * user sees.
 */
import { join } from 'node:path';
import { format } from '../../src/format/format.ts';
import { rendered, splitFiles } from '../typecheck/program.ts';
import { printedAt } from '../cli/session.ts';
import { shown } from '../cli/shown.ts';

/** The expected text for a source of this kind. */
export type Kind = (name: string, source: string) => Promise<string>;

/** The folder of a kind. */
export const folderOf = (kind: string): string => join(import.meta.dirname, kind);

/** The faults as `netc check` shows them. Files but the first stand behind a line `-- ==> name`. */
const check: Kind = async (_, source) => rendered(splitFiles(source)) || 'no faults\n';

/** The output of the command in the first line, `-- dump --after plan --net N`, for the file itself. */
const dump: Kind = async (name, source) => {
  const [, args] = /^-- (dump --after .*)\n/.exec(source) ?? [];
  if (args === undefined) throw new Error(`${name}.net does not begin with \`-- dump --after …\``);
  const { code, printed } = await printedAt(Infinity, folderOf('dump'), [
    ...args.split(' '),
    `${name}.net`,
  ]);
  return shown(code, printed);
};

/** The canonical layout. */
const fmt: Kind = async (name, text) => format({ path: `${name}.net`, text }).text;

/** To add a kind, add a row here and a folder of its name. */
export const kinds: { readonly [kind: string]: Kind } = { check, dump, fmt };
