/** Paths of imports: relative ones of the project. Nothing is read here; what a path leads to is another question. */
import * as E from 'fp-ts/lib/Either.js';
import type { ReadFault } from './modules.ts';

const rule = 'imports name files of the project by relative paths, with `/` between folders';

const refused = (message: string, note: string = rule): ReadFault => ({
  code: 'E0005',
  message,
  notes: [note],
});

/** Of a path that leads out of the project, by its folders or by a link. */
export const outside = refused('lies outside the project');

/** The folders of the importer and the names as written, without `.` and `..`; undefined where these lead too far. */
const joined = (importer: string, written: string): readonly string[] | undefined => {
  const found = importer.split('/').slice(0, -1);
  for (const name of written.split('/')) {
    if (name === '' || name === '.') continue;
    if (name !== '..') found.push(name);
    else if (found.pop() === undefined) return undefined;
  }
  return found;
};

/**
 * The path of what is `written` in the file `importer`, both from the root of the project. Only names and `..` are
 * resolved; links are for those who read.
 */
export const resolveImport = (importer: string, written: string): E.Either<ReadFault, string> => {
  if (written === '') return E.left(refused('is not a file name'));
  if (/^[a-z][a-z0-9+.-]*:/i.test(written))
    return E.left(refused('is an address, not a file of the project'));
  if (written.startsWith('/') || written.startsWith('\\'))
    return E.left(refused('is an absolute path'));
  if (written.includes('\\'))
    return E.left(
      refused('has `\\` between its folders', `write \`${written.replaceAll('\\', '/')}\``),
    );
  const names = joined(importer, written);
  return names === undefined ? E.left(outside) : E.right(names.join('/'));
};
