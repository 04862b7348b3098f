/** Source files on the disk, and the names by which the user knows them. */
import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import { passTable } from '../../rewrite/passes.ts';
import { inWords } from '../../runtime/data/bytes.ts';
import { readSource, resolveImport, type SourceFault } from '../../runtime/disk/files-source.ts';
import { startOf, type Source } from '../../syntax/source.ts';
import type { Files, ReadFault } from '../../typecheck/program/modules.ts';
import { inHome } from '../host/home.ts';
import { namedIn } from './file-and-net.ts';

const rule = 'imports name files of the project by relative paths, with `/` between folders';

/** The fault in words that follow the name of the file. */
const inFewWords = (fault: SourceFault): ReadFault => {
  switch (fault.tag) {
    case 'empty':
      return { code: 'E0005', message: 'is not a file name', notes: [rule] };
    case 'absolute':
      return { code: 'E0005', message: 'is an absolute path', notes: [rule] };
    case 'address':
      return { code: 'E0005', message: 'is an address, not a file of the project', notes: [rule] };
    case 'backslash':
      return {
        code: 'E0005',
        message: 'has `\\` between its folders',
        notes: [`write \`${fault.better}\``],
      };
    case 'outside':
      return { code: 'E0005', message: 'lies outside the project', notes: [rule] };
    case 'missing':
    case 'not a file':
    case 'unreadable':
      return { code: 'E0001', message: `cannot be read: it ${inWords(fault)}` };
    case 'misspelt':
      return {
        code: 'E0001',
        message: 'cannot be read: it does not exist',
        notes: [`the same folder has ${fault.near.map((n) => `\`${n}\``).join(', ')}`],
      };
    case 'too large': {
      const size = (fault.bytes / 2 ** 20).toFixed(1);
      return { code: 'E0002', message: `has ${size} MiB; a source file may have 4 MiB` };
    }
    case 'not text': {
      const notes = fault.looksLike === undefined ? [] : [`it looks like ${fault.looksLike}`];
      return { code: 'E0008', message: 'is not text in UTF-8', notes };
    }
  }
};

const slashes = (path: string): string => path.replaceAll('\\', '/');

/** The prefix of netc's own passes, in imports and on the command line; the same in every project. */
const ofNetc = 'netc:passes/';

const isPass = (path: string): boolean => path.startsWith(ofNetc);

/** Of netc's files only its passes can be read. */
const readOfNetc = (path: string): Or<SourceFault, Source> =>
  Either.map((s: Source) => ({ ...s, path: ofNetc + s.path }))(
    readSource(inHome('passes'), path.slice(ofNetc.length)),
  );

/** Suggests netc's own pass when a file is missing or outside the project. */
const meantOfNetc =
  (written: string) =>
  (fault: SourceFault): ReadFault => {
    const name = basename(slashes(written));
    const isShipped = passTable.some(({ file }) => file === name);
    const said = inFewWords(fault);
    return isShipped ? { ...said, better: ofNetc + name } : said;
  };

/** Says how a part of a file is named, where `FILE.net:NAME` is not there. */
const withPart =
  (path: string) =>
  (fault: ReadFault): ReadFault => {
    const { file, name } = namedIn(path) ?? {};
    if (fault.code !== 'E0001' || name === undefined) return fault;
    const apart = `name the file alone, \`${file}\`, and its part by \`--net ${name}\` or \`--train ${name}\``;
    return { ...fault, notes: [...(fault.notes ?? []), apart] };
  };

/**
 * The files of a project on disk, by paths from its root, and netc's passes. A fault is described in a few words.
 */
export const diskFiles = (root: string): Files => ({
  read: (path) =>
    Either.mapLeft((fault: SourceFault) => withPart(path)(meantOfNetc(path)(fault)))(
      isPass(path) ? readOfNetc(path) : readSource(root, path),
    ),
  resolve: (from, written) =>
    isPass(written)
      ? Either.right(written)
      : Either.mapLeft(meantOfNetc(written))(resolveImport(from, written)),
  shipped: (pass) => {
    const row = passTable.find(({ name }) => name === pass);
    return row && ofNetc + row.file;
  },
});

/**
 * A file named on the command line: the project it belongs to is the folder netc was started in, or,
 * when the file lies elsewhere, the file's own folder. `shown` gives paths of the project as the user
 * would write them: absolute if the file was named so, else from where netc was started.
 */
export type Located = {
  readonly root: string;
  readonly entry: string;
  readonly shown: (path: string) => string;
};

/** With links followed; a file that does not exist keeps its path, and reading it will report that. */
export const real = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

/** Finds the root of a file's project, and the names of its files. */
export const locate = (cwd: string, file: string): Located => {
  const here = real(cwd);
  if (isPass(file)) return { root: here, entry: file, shown: (path) => path };
  const full = resolve(cwd, file);
  const folder = real(dirname(full));
  const inside = relative(here, folder);
  const within = !inside.startsWith('..') && !isAbsolute(inside);
  const root = within ? here : folder;
  const name = full.slice(dirname(full).length).replace(/^[/\\]/, '');
  return {
    root,
    entry: slashes(within ? join(inside, name) : name),
    shown: (path) => {
      if (isPass(path)) return path;
      const there = resolve(root, path);
      return isAbsolute(file) ? there : slashes(relative(here, there));
    },
  };
};

/** Where a file of a project lies on the disk; netc's own passes lie with netc. */
export const fileOf = (root: string, path: string): string =>
  isPass(path) ? inHome('passes', path.slice(ofNetc.length)) : resolve(root, path);

/** The file of that name, as its text. */
export const sourceNamed = (cwd: string, file: string): Or<Diagnostic, Source> => {
  const { root, entry } = locate(cwd, file);
  return Either.mapLeft(({ code, message, notes }: ReadFault) =>
    error(code, startOf(file), `\`${file}\` ${message}`, { notes: notes ?? [] }),
  )(diskFiles(root).read(entry));
};
