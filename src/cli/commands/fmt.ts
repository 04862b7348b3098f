/** `netc fmt PATH…`: lays out programs in the canonical way. */
import { dirname, join, relative, resolve, sep } from 'node:path';
import { realpathSync } from 'node:fs';
import * as Either from 'fp-ts/lib/Either.js';
import { format } from '../../format/format.ts';
import { ignoring } from '../../format/ignored.ts';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { plural } from '../../numeric/figures.ts';
import { lines } from '../../report/table.ts';
import { unreadable } from '../../runtime/data/bytes.ts';
import { writeFileAtomically } from '../../runtime/disk/files.ts';
import { claim } from '../../runtime/disk/guard.ts';
import { filesBelow, kindOf } from '../../runtime/disk/tree.ts';
import { exit, type Exit } from '../host/exit.ts';
import type { Io } from '../host/io.ts';
import { sourceNamed } from '../program/disk.ts';
import { fail, tell } from '../program/report.ts';

type FmtOptions = { readonly check: boolean; readonly stdinFilepath: string | undefined };

/** Not laid out in search of programs: they are others' sources. */
const isOthers = (name: string): boolean => name.split('/').includes('node_modules');

/** What the files of patterns in the working folder leave out, as for Prettier; paths are relative to that folder. */
const leftOutOf = (cwd: string): ((path: string) => boolean) => {
  const all = ['.gitignore', '.prettierignore'].flatMap((name) => {
    const read = sourceNamed(cwd, name);
    return Either.isRight(read) ? [ignoring(read.right.text)] : [];
  });
  return (path) => !path.startsWith('..') && all.some((isIgnored) => isIgnored(path));
};

/** The programs at a path: a file whatever its name, or all below a folder. */
const programsAt = (
  cwd: string,
  path: string,
  isLeftOut: (path: string) => boolean,
): Either.Either<Diagnostic, readonly string[]> => {
  const at = resolve(cwd, path);
  if (kindOf(at) !== 'folder') return Either.right([path]);
  const found = filesBelow(at);
  if (Either.isLeft(found)) return Either.left(unreadable(path, found.left));
  return Either.right(
    found.right
      .filter(({ name }) => name.endsWith('.net') && !isOthers(name))
      .filter(({ name }) => !isLeftOut(relative(cwd, join(at, name)).replaceAll(sep, '/')))
      .map(({ name }) => (path === '.' ? name : join(path, name))),
  );
};

/** A program with its layout. */
type Laid = { readonly file: string; readonly changed: boolean; readonly left: number };

/** Lays out a file, and writes it unless that is only to be checked. */
const layOutFile = (io: Io, file: string, check: boolean): Either.Either<Diagnostic, Laid> => {
  const source = sourceNamed(io.cwd, file);
  if (Either.isLeft(source)) return source;
  const { text, left } = format(source.right);
  const laid: Laid = { file, changed: text !== source.right.text, left };
  if (check || !laid.changed) return Either.right(laid);
  const path = resolve(io.cwd, file);
  const release = claim(dirname(realpathSync(path)));
  const written = writeFileAtomically(path, [Either.right(Buffer.from(text))]);
  release();
  return Either.map(() => laid)(written);
};

const leftAlone = (left: number): string =>
  left === 1
    ? '1 declaration has errors and stays as it is'
    : `${left} declarations have errors and stay as they are`;

/** The command that shows the errors of what stays as it is. */
const shows = (file: string | undefined): string =>
  `\`netc check ${file ?? 'FILE'}\` shows the errors`;

const layOutAll = (io: Io, files: readonly string[], check: boolean): Exit => {
  const all = files.map((file) => layOutFile(io, file, check));
  const faults = all.flatMap((laid) => (Either.isLeft(laid) ? [laid.left] : []));
  const laid = all.flatMap((l) => (Either.isRight(l) ? [l.right] : []));
  const changed = laid.filter((l) => l.changed);
  tell(io, faults);
  if (changed.length > 0) io.out(lines(...changed.map(({ file }) => file)));
  for (const { file, left } of laid) if (left > 0) io.err(lines(`${file}: ${leftAlone(left)}`));
  const faulty = laid.filter(({ left }) => left > 0).map(({ file }) => file);
  if (faulty.length > 0) io.err(lines(shows(faulty.length === 1 ? faulty[0] : undefined)));
  const count = plural(changed.length, 'file');
  const rest = `${laid.length - changed.length} unchanged`;
  io.err(
    lines(check ? `${count} not in the canonical layout, ${rest}` : `${count} laid out, ${rest}`),
  );
  return faults.length > 0 || (check && changed.length > 0) ? exit.faulty : exit.fine;
};

export const fmt = async (
  paths: readonly string[],
  { check, stdinFilepath }: FmtOptions,
  io: Io,
): Promise<Exit> => {
  if (stdinFilepath !== undefined) {
    const text = await io.input();
    const laid = format({ path: stdinFilepath, text });
    if (!check) io.out(laid.text);
    if (laid.left > 0) io.err(lines(`${stdinFilepath}: ${leftAlone(laid.left)}`));
    return check && laid.text !== text ? exit.faulty : exit.fine;
  }
  if (paths.length === 0 || paths.includes('')) {
    io.err('error: name a file or a folder, such as `netc fmt .`\n');
    return exit.usage;
  }
  const isLeftOut = leftOutOf(io.cwd);
  const found = paths.map((path) => programsAt(io.cwd, path, isLeftOut));
  const faults = found.flatMap((f) => (Either.isLeft(f) ? [f.left] : []));
  if (faults.length > 0) return fail(io, faults);
  const files = [...new Set(found.flatMap((f) => (Either.isRight(f) ? f.right : [])))];
  return layOutAll(io, files, check);
};
