/** Source files on the disk, and the names by which the user knows them. */
import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import * as Either from 'fp-ts/lib/Either.js';
import type { Either as Or } from 'fp-ts/lib/Either.js';
import { error, type Diagnostic } from '../../diagnostic/diagnostic.ts';
import {
  asShipped,
  isShipped,
  shippedFile,
  shippedInstead,
  shippedPasses,
} from '../../rewrite/shipped.ts';
import { inWords } from '../../runtime/data/bytes.ts';
import { readSource, type SourceFault } from '../../runtime/disk/files-source.ts';
import { startOf, type Source } from '../../syntax/source.ts';
import { outside, resolveImport } from '../../typecheck/program/import-path.ts';
import type { Files, ReadFault } from '../../typecheck/program/modules.ts';
import { inHome } from '../host/home.ts';
import { namedIn } from './file-and-net.ts';

/** The fault in words that follow the name of the file. */
const inFewWords = (fault: SourceFault): ReadFault => {
  switch (fault.tag) {
    case 'outside':
      return outside;
    case 'missing':
    case 'not a file':
    case 'unreadable':
      return { code: 'E0001', message: `cannot be read: it ${inWords(fault)}` };
    case 'misspelt':
      return {
        code: 'E0001',
        message: 'cannot be read: it does not exist',
        near: fault.near,
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

/** Of netc's files only its passes can be read. */
const readOfNetc = (path: string): Or<SourceFault, Source> =>
  Either.map((s: Source) => ({ ...s, path: asShipped(s.path) }))(
    readSource(inHome('passes'), shippedFile(path)),
  );

/** Suggests netc's own pass when a file is missing or outside the project. */
const meantOfNetc =
  (written: string) =>
  (fault: ReadFault): ReadFault => {
    const better = shippedInstead(written);
    return better === undefined ? fault : { ...fault, better };
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
    Either.mapLeft((fault: SourceFault) => withPart(path)(meantOfNetc(path)(inFewWords(fault))))(
      isShipped(path) ? readOfNetc(path) : readSource(root, path),
    ),
  resolve: (from, written) =>
    isShipped(written)
      ? Either.right(written)
      : Either.mapLeft(meantOfNetc(written))(resolveImport(from, written)),
  shipped: shippedPasses,
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
  if (isShipped(file)) return { root: here, entry: file, shown: (path) => path };
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
      if (isShipped(path)) return path;
      const there = resolve(root, path);
      return isAbsolute(file) ? there : slashes(relative(here, there));
    },
  };
};

/** Where a file of a project lies on the disk; netc's own passes lie with netc. */
export const fileOf = (root: string, path: string): string =>
  isShipped(path) ? inHome('passes', shippedFile(path)) : resolve(root, path);

/** The file of that name, as its text. */
export const sourceNamed = (cwd: string, file: string): Or<Diagnostic, Source> => {
  const { root, entry } = locate(cwd, file);
  return Either.mapLeft(({ code, message, notes }: ReadFault) =>
    error(code, startOf(file), `\`${file}\` ${message}`, { notes: notes ?? [] }),
  )(diskFiles(root).read(entry));
};
